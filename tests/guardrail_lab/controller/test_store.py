import json

import pytest

from guardrail_lab.controller.store import Store
from guardrail_lab.process import LabError


def test_what_was_done_is_there_after_a_restart_and_sessions_are_not(desk_of, tmp_path):
    store = Store(tmp_path / "state.json")
    before = desk_of(store=store)
    uuid = before.group("kept", {"cidr": "10.0.0.0/8"})
    before.json({"action": "enable_controller_feature", "feature": "ipv6"})

    after = desk_of(store=Store(tmp_path / "state.json"))

    assert after.rest("GET", f"app-domains/{uuid}")[1]["name"] == "kept"
    assert after.json({"action": "get_controller_feature", "feature": "ipv6"})["results"]["enabled"] is True
    after.cid = before.cid
    assert after.rest("GET", "app-domains")[0] == 403


def test_a_write_leaves_one_whole_file(desk_of, tmp_path):
    desk = desk_of(store=Store(tmp_path / "state.json"))
    desk.group("kept", {"cidr": "10.0.0.0/8"})

    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]
    assert json.loads((tmp_path / "state.json").read_text())["release"] == "9.0"


def test_a_refused_request_writes_nothing(desk_of, tmp_path):
    desk = desk_of(store=Store(tmp_path / "state.json"))
    desk.rest("POST", "app-domains", {"name": ""})
    (tmp_path / "state.json").unlink()
    desk.rest("GET", "app-domains")

    assert not (tmp_path / "state.json").exists()


def test_an_upgrade_keeps_everything_else(desk_of, tmp_path):
    rule = {"name": "r", "action": "DENY", "watch": True}
    desk_of("9.0", store=Store(tmp_path / "s")).rest("PUT", "microseg/policy-list", {"policies": [rule]})
    upgraded = desk_of("10.1", store=Store(tmp_path / "s"))

    assert upgraded.rest("GET", "microseg/policy-list")[1]["policies"][0]["enforcement"] == "MONITOR"
    assert desk_of(store=Store(tmp_path / "s")).simulator.sim.world.release == "10.1"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"release": "1.0"}', '{"release": "9.0", "more": 1}', "{}"])
def test_a_file_that_holds_something_else_is_said_in_one_line(tmp_path, text):
    (tmp_path / "state.json").write_text(text)

    with pytest.raises(LabError, match=r"state\.json: expected the state of a simulated controller$"):
        Store(tmp_path / "state.json").load(None)


def test_a_directory_is_no_file(tmp_path):
    with pytest.raises(LabError, match="Is a directory, expected a readable file"):
        Store(tmp_path).load(None)


def test_a_place_that_is_not_there_is_said(desk_of, tmp_path):
    with pytest.raises(LabError, match="expected a file that can be written"):
        desk_of(store=Store(tmp_path / "no" / "state.json"))
