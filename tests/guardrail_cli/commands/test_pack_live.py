"""`guardrail pack plan|apply|drift`, against a simulated controller over the wire."""

import json
import os
import pty
import re
import select
import subprocess

import pytest

from guardrail_cli.formats.changes import UNKNOWN
from guardrail_lab.controller.faults import Fault, Kind
from policy_pack.load import SHIPPED
from tests.controller_lab import PASSWORD
from tests.guardrail_cli.arrange import GUARDRAIL, environment, left_on

FOREIGN = {"name": "colleague", "action": "PERMIT", "port_ranges": [{"lo": 22}], "protocol": "TCP", "logging": True}
RULE = "rule/agentcore-vca-100-default-deny"


@pytest.fixture
def pack(at):
    """Runs `guardrail pack …` with the bindings."""
    return lambda command, *options: at("pack", command, "--bindings", "b.json", *options)


def document(outcome):
    return json.loads(outcome.out)


def on_watch(lab, name="agentcore-vca-100-default-deny"):
    """Somebody puts a rule of ours on Watch by hand."""
    [found] = [each for each in lab.client().rulesets.list() if not each["system_resource"]]
    rules = [{**rule, "watch": True} if rule["name"] == name else rule for rule in found["policies"]]
    sent = [{key: value for key, value in rule.items() if key != "enforcement"} for rule in rules]
    lab.simulator.write_as_somebody_else(
        {
            "method": "PUT",
            "path": f"microseg/policy-list3/{found['uuid']}",
            "document": {**{key: found[key] for key in ("uuid", "name", "attach_to")}, "policies": sent},
        }
    )


def writes(lab):
    return [call for call in lab.simulator.calls if call["method"] in ("PUT", "POST", "DELETE") and "path" in call]


def test_plan_shows_what_apply_would_change_and_changes_nothing(pack, lab):
    shown = pack("plan")
    lines = shown.out.decode().splitlines()

    assert (shown.code, shown.err) == (2, b"")
    assert "+ web_group/agentcore-vca-models" in lines
    assert "    sni bedrock-runtime.us-east-1.amazonaws.com" in lines
    assert "+ rule/agentcore-vca-30-allow-models   (lets more through)" in lines
    assert lines[-1] == "21 to change (21 create, 0 update, 0 delete), 0 unchanged; 0 objects of others left alone"
    assert writes(lab) == []


def test_apply_makes_it_so_and_then_there_is_nothing_to_do(pack, lab):
    lab.simulator.write_as_somebody_else(
        {"method": "PUT", "path": "microseg/policy-list", "document": {"policies": [FOREIGN]}}
    )
    applied, again, planned = pack("apply"), pack("apply", "--format", "json"), pack("plan")

    assert (applied.code, again.code, planned.code) == (0, 0, 0)
    assert applied.out.decode().splitlines()[-1] == (
        "21 changed (21 create, 0 update, 0 delete), 0 unchanged; 1 object of others left alone; "
        "read again, it is as the pack says"
    )
    assert (document(again)["sync"], document(again)["changes"], document(again)["writes"]) == ("Synced", [], 0)
    assert planned.out == b"nothing to change, 20 unchanged; 1 object of others left alone\n"


def test_json_has_the_members_of_the_interface_and_every_call_but_the_login(pack, lab):
    shown = document(pack("plan", "--format", "json"))

    assert {"sync", "changes", "unchanged", "foreign", "refused", "calls"} <= shown.keys()
    assert (shown["sync"], shown["unchanged"], shown["foreign"], shown["refused"]) == ("OutOfSync", 0, 0, None)
    assert set(shown["changes"][0]) == {"action", "address", "before", "after"}
    assert {"method": "GET", "path": "/v2.5/api/app-domains"} in shown["calls"]
    assert {"method": "GET", "action": "list_version_info"} in shown["calls"]
    assert len(shown["calls"]) <= 7
    assert not any("login" in str(call) or "token" in str(call) for call in shown["calls"])


def test_drift_tells_it_from_the_side_of_the_controller(pack, lab):
    pack("apply")
    fine = pack("drift")
    on_watch(lab)
    drifted, planned = pack("drift"), pack("plan")

    assert (fine.code, fine.out) == (0, b"no drift, 20 as in the pack; 0 objects of others left alone\n")
    assert drifted.code == 2
    assert drifted.out.decode().splitlines() == [
        f"changed  {RULE}   enforcement: MONITOR, the pack says ENFORCE",
        "1 not as in the pack (0 missing, 1 changed, 0 extra), 19 as in the pack; 0 objects of others left alone",
    ]
    assert planned.out.decode().splitlines() == [
        f"~ {RULE}   enforcement: MONITOR -> ENFORCE",
        "1 to change (0 create, 1 update, 0 delete), 19 unchanged; 0 objects of others left alone",
    ]


def test_drift_says_so_even_where_a_plan_is_refused(pack, lab):
    pack("apply")
    on_watch(lab)
    lab.simulator.sim.world.features["microseg"] = False
    planned, drifted = pack("plan", "--format", "json"), pack("drift", "--format", "json")

    assert (planned.code, drifted.code, drifted.err) == (1, 2, b"")
    assert document(planned)["refused"] in planned.err.decode()
    assert [change["address"] for change in document(drifted)["changes"]] == [RULE]
    assert not {"refused", "planned", "saved", "writes"} & document(drifted).keys()


def test_rules_that_are_as_they_should_be_while_nothing_is_enforced_are_a_drift(pack, lab):
    pack("apply")
    lab.simulator.sim.world.features["microseg"] = False
    shown, read = pack("drift"), pack("drift", "--format", "json")

    told, last = shown.out.decode().splitlines()
    assert (shown.code, read.code, shown.err, read.err) == (2, 2, b"", b"")
    assert told.startswith("warning: the controller's feature microseg (Distributed Cloud Firewall) is off")
    assert last == "no group or rule differs, 20 as in the pack; 0 objects of others left alone"
    assert document(read)["warnings"] == [told.removeprefix("warning: ")]
    assert document(read)["changes"] == []


def test_a_rule_that_names_a_group_of_somebodys_is_a_drift_however_that_group_is_called(pack, lab):
    pack("apply")
    group = {"name": "Anywhere", "selector": {"any": [{"all": {"cidr": "192.0.2.77/32"}}]}}
    lab.simulator.write_as_somebody_else({"method": "POST", "path": "app-domains", "document": group})
    [uuid] = [each["uuid"] for each in lab.simulator.sim.world.groups.values() if each["name"] == "Anywhere"]
    [edited] = [each for each in lab.simulator.sim.all_rules() if f"rule/{each['name']}" == RULE]
    edited["dst_ads"] = [uuid]
    lab.simulator.sim.changed()
    drifted, planned = pack("drift"), pack("plan")

    assert (drifted.code, planned.code) == (2, 2)
    line = f"changed  {RULE}   dst: lacks Anywhere, has besides Anywhere (not ours)"
    assert drifted.out.decode().splitlines()[0] == line
    assert planned.out.decode().splitlines()[-1].startswith("1 to change (0 create, 1 update, 0 delete)")


def test_a_group_that_changes_under_a_rule_of_somebodys_is_told_in_every_form(pack, lab, files):
    pack("apply")
    [uuid] = [uuid for uuid, each in lab.simulator.sim.world.groups.items() if each["name"] == "agentcore-vca-models"]
    theirs = {"policies": [{**FOREIGN, "web_filters": [uuid]}]}
    lab.simulator.write_as_somebody_else({"method": "PUT", "path": "microseg/policy-list", "document": theirs})
    bindings = json.loads((files / "b.json").read_text()) | {"models": ["bedrock-runtime.eu-central-1.amazonaws.com"]}
    (files / "b.json").write_text(json.dumps(bindings))
    told = "group agentcore-vca-models changes under rule colleague, which is not ours and names it too"
    text, markdown, read = pack("plan"), pack("plan", "--format", "markdown"), pack("plan", "--format", "json")
    applied = pack("apply")

    assert (text.code, applied.code) == (2, 0)
    assert f"warning: {told}" in text.out.decode().splitlines()
    assert f"> **Warning:** `{told}`" in markdown.out.decode().splitlines()
    assert document(read)["warnings"] == [told]
    assert f"warning: {told}" in applied.out.decode().splitlines()


def test_an_attachment_point_that_is_not_there_is_said_to_be_missing(pack, lab, files):
    bindings = json.loads((files / "b.json").read_text()) | {"attachment_point": "NOPE"}
    (files / "b.json").write_text(json.dumps(bindings))
    planned, drifted = pack("plan"), pack("drift", "--format", "json")

    told = "attachment_point NOPE: the controller has none of that name"
    assert (planned.code, drifted.code) == (1, 2)
    assert planned.err.decode() == f"{told}; nothing was applied\n"
    assert document(drifted)["warnings"] == [told]


def test_markdown_is_for_a_pull_request(pack, lab):
    pack("apply")
    on_watch(lab)
    shown = pack("plan", "--format", "markdown").out.decode()

    assert shown.startswith("### Firewall plan: changes pending\n")
    assert f"| update | `{RULE}` | `enforcement: MONITOR -> ENFORCE` |" in shown.splitlines()


def test_a_saved_plan_is_applied_exactly_and_holds_no_secret(pack, lab, files):
    assert pack("plan", "--out", "plan.json").code == 2
    kept = (files / "plan.json").read_text()
    applied = pack("apply", "--plan", "plan.json", "--format", "json")

    assert applied.code == 0
    assert document(applied)["changes"] == json.loads(kept)["changes"]
    assert PASSWORD not in kept
    assert (files / "plan.json").stat().st_mode & 0o077 == 0


def test_a_saved_plan_is_not_applied_to_a_controller_that_has_changed_since(pack, lab):
    pack("plan", "--out", "plan.json")
    pack("apply")
    on_watch(lab)
    before = len(writes(lab))
    refused = pack("apply", "--plan", "plan.json")

    assert refused.code == 1
    assert b"the controller has changed since the plan was made" in refused.err
    assert len(writes(lab)) == before


def test_a_file_that_is_no_plan_is_refused_by_name(pack, lab, files):
    (files / "none.json").write_text("{}")

    assert pack("apply", "--plan", "none.json").complaint.startswith("none.json: plan: expected a file that ")
    assert list(lab.requests) == []


def test_a_plan_that_is_refused_is_printed_and_not_kept(pack, lab, files):
    lab.simulator.sim.world.features["microseg"] = False
    shown = pack("plan", "--out", "plan.json", "--format", "json")

    assert (shown.code, (files / "plan.json").exists()) == (1, False)
    assert document(shown)["refused"]
    assert document(shown)["changes"]


def test_a_controller_that_does_not_answer_is_unknown_and_printed_all_the_same(pack, lab, monkeypatch):
    monkeypatch.setenv("AVIATRIX_PASSWORD", "canary-wrong")
    shown = pack("plan", "--format", "json")

    assert (shown.code, document(shown)["sync"]) == (1, "Unknown")
    assert shown.err == f"{lab.url}: controller:login failed: login-rejected\n".encode()


@pytest.mark.parametrize("command", ["plan", "drift", "apply"])
def test_of_a_controller_that_does_not_answer_nothing_is_claimed(pack, lab, monkeypatch, command):
    monkeypatch.setenv("AVIATRIX_PASSWORD", "canary-wrong")
    shown = pack(command)

    assert (shown.code, shown.out.decode()) == (1, f"{UNKNOWN}\n")


def test_what_an_earlier_pack_made_is_deleted_only_if_a_record_or_a_person_knows_it(pack, lab, files):
    pack("apply", "--record", "record.json")
    known = json.loads((files / "record.json").read_text())
    bindings = json.loads((files / "b.json").read_text()) | {"mode": "discover"}
    lab.simulator.write_as_somebody_else(
        {
            "method": "POST",
            "path": "app-domains",
            "document": {"name": "agentcore-vca-old", "selector": {"any": [{"all": {"cidr": "10.0.0.0/8"}}]}},
        }
    )
    (files / "b.json").write_text(json.dumps(bindings))

    refused = pack("plan")
    adopted = pack("plan", "--adopt", "agentcore-vca-old")
    known["registry"]["names"].append("agentcore-vca-old")
    (files / "record.json").write_text(json.dumps(known))
    recorded = pack("plan", "--record", "record.json")

    assert refused.code == 1
    assert b"agentcore-vca-old" in refused.err
    assert (adopted.code, recorded.code) == (2, 2)
    assert b"- smart_group/agentcore-vca-old" in recorded.out


def test_a_rule_that_is_taken_out_of_the_pack_is_the_one_thing_that_is_deleted(at, lab, files):
    lacking = (SHIPPED / "pack.yaml").read_text()
    rule = re.search(r"  - name: 52-deny-quic\n(?:    .*\n)+\n?", lacking)
    (files / "lacking").mkdir()
    (files / "lacking" / "pack.yaml").write_text(
        lacking.replace(rule[0], "").replace("52-deny-quic", "100-default-deny")
    )
    told = ("--bindings", "b.json", "--record", "record.json", "--format", "json")
    at("pack", "apply", *told)
    before = {each["name"]: each["uuid"] for each in lab.simulator.sim.all_rules()}
    planned, applied = at("pack", "plan", "lacking", *told), at("pack", "apply", "lacking", *told)
    after = {each["name"]: each["uuid"] for each in lab.simulator.sim.all_rules()}

    gone = [("delete", "rule/agentcore-vca-52-deny-quic")]
    assert [(each["action"], each["address"]) for each in document(planned)["changes"]] == gone
    assert (applied.code, document(applied)["writes"], document(applied)["sync"]) == (0, 1, "Synced")
    assert before.items() - after.items() == {(name, uuid) for name, uuid in before.items() if "52-deny-quic" in name}
    assert after.keys() < before.keys()
    assert document(at("pack", "plan", "lacking", *told))["changes"] == []


def test_a_record_that_cannot_be_written_is_noticed_before_anything_is(pack, lab):
    shown = pack("apply", "--record", "nowhere/record.json", "--format", "json")

    assert shown.complaint == (
        "nowhere/record.json: No such file or directory, expected a file that can be written; nothing was applied"
    )
    assert writes(lab) == []


def test_of_an_apply_that_fails_half_way_the_record_knows_every_name(pack, lab, files):
    lab.simulator.faults.add(Fault(Kind.STATUS, at=1, times=99, only="policy-list3", status=400))
    half = pack("apply", "--record", "record.json", "--format", "json")

    assert (half.code, document(half)["sync"]) == (1, "Unknown")
    made = {
        each["name"] for each in lab.simulator.sim.world.groups.values() if each["name"].startswith("agentcore-vca")
    }
    assert made
    assert made < {*json.loads((files / "record.json").read_text())["registry"]["names"]}


def test_a_record_that_cannot_be_written_afterwards_takes_nothing_from_what_is_printed(pack, lab, files):
    """The names are known already; a file beside it, which is written first, would have too long a name."""
    pack("apply", "--record", "record.json")
    known = json.loads((files / "record.json").read_text())
    known["registry"]["rules"] = []
    full = "r" * 250
    (files / full).write_text(json.dumps(known))
    on_watch(lab)
    shown = pack("apply", "--record", full, "--format", "json")

    assert (shown.code, document(shown)["sync"], document(shown)["writes"]) == (1, "Synced", 1)
    assert shown.err.decode() == f"{full}: File name too long, expected a file that can be written\n"


def test_a_saved_plan_that_the_controller_overtakes_is_not_exchanged_for_another(pack, lab, files):
    pack("apply")
    bindings = json.loads((files / "b.json").read_text()) | {"models": ["bedrock-runtime.eu-central-1.amazonaws.com"]}
    (files / "b.json").write_text(json.dumps(bindings | {"mode": "discover"}))
    pack("plan", "--out", "plan.json")
    [ours] = [each for each in lab.simulator.sim.world.rulesets.values() if each["name"] == "agentcore-vca-agentcore"]
    edited = {**ours, "policies": [{**each, "logging": False} for each in ours["policies"]]}
    request = {"method": "PUT", "path": f"microseg/policy-list3/{ours['uuid']}", "document": edited}
    lab.simulator.faults.add(Fault(Kind.WRITER, only=ours["uuid"], request=request))
    stopped = pack("apply", "--plan", "plan.json", "--format", "json")

    told = document(stopped)
    assert (stopped.code, told["sync"], told["error"]) == (1, "OutOfSync", None)
    assert stopped.err.decode() == f"{told['refused']}\n"
    assert "the controller changed while the plan was carried out" in told["refused"]
    assert f"; {told['writes']} calls were made before; plan again" in told["refused"]
    assert not any(each["method"] == "PUT" and "policy-list3" in each["path"] for each in told["calls"][6:])


def test_a_record_is_one_controllers(pack, lab, files):
    (files / "record.json").write_text('{"version": 1, "controller": "other.example", "registry": {}}')

    assert pack("plan", "--record", "record.json").complaint == (
        "record.json: record: expected the record of this controller; it is another one's"
    )


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--bindings", "nowhere.json"], "nowhere.json: No such file or directory, expected a readable file"),
        (["--bindings", "b.json", "--plan", "zone.json"], "expected a file that `guardrail pack plan --out` wrote"),
        (["--bindings", "b.json", "--insecure"], "--insecure: expected no --ca beside it"),
    ],
)
def test_an_option_that_is_wrong_is_one_line_and_nothing_is_called(at, lab, options, complaint):
    assert complaint in at("pack", "apply", *options).complaint
    assert list(lab.simulator.calls) == []


def typed(lab, answer):
    """Run `pack apply` as on a terminal, and give the answer when the question comes."""
    main, terminal = pty.openpty()
    command = [GUARDRAIL, "pack", "apply", "--bindings", "b.json", "--controller", lab.url, "--ca", lab.ca_file]
    with subprocess.Popen(command, stdin=terminal, stderr=terminal, stdout=-1, env=environment()) as process:
        os.close(terminal)
        seen = b""
        while b"[y/N]" not in seen and select.select([main], [], [], 60)[0]:
            seen += os.read(main, 65536)
        os.write(main, answer)
        out = process.stdout.read()
        process.wait()
        seen += left_on(main)
    os.close(main)
    return process.returncode, out.decode(), seen.decode()


def test_on_a_terminal_apply_asks_and_a_no_changes_nothing(lab):
    code, out, seen = typed(lab, b"n\n")

    assert (code, out) == (1, "")
    assert "+ web_group/agentcore-vca-models" in seen
    assert "not confirmed; nothing was changed" in seen
    assert writes(lab) == []


def test_on_a_terminal_what_was_shown_and_confirmed_is_applied(lab):
    code, out, _ = typed(lab, b"y\n")

    assert code == 0
    assert out.startswith("21 changed (21 create, 0 update, 0 delete)")
