"""`guardrail controller probe`, on the simulated controller and on one that is not as believed."""

import json
from collections.abc import Iterator

import pytest

from guardrail_lab.controller.web import WebReply, json_reply
from tests.controller_lab import PASSWORD, ControllerLab, controller_lab


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[ControllerLab]:
    with controller_lab(tmp_path_factory.mktemp("controller")) as lab:
        yield lab


@pytest.fixture
def lab(running, monkeypatch) -> ControllerLab:
    monkeypatch.setenv("AVIATRIX_PASSWORD", PASSWORD)
    running.renew()
    return running


def probe(guardrail, lab, *options):
    return guardrail("controller", "probe", "--controller", lab.url, "--ca", lab.ca_file, *options)


def findings(guardrail, lab):
    shown = probe(guardrail, lab, "--format", "json")
    return shown.code, {finding["fact"]: finding for finding in json.loads(shown.out)["findings"]}


@pytest.mark.parametrize("release", ["8.1", "9.0", "10.1"])
def test_a_controller_that_is_as_believed_is_fine(guardrail, lab, release):
    lab.renew(release)
    code, found = findings(guardrail, lab)

    assert (code, {finding["status"] for finding in found.values()} - {"not shown"}) == (0, {"confirmed"})
    assert len(found) > 20


def test_the_wrong_ids_of_8_2_are_found(guardrail, lab):
    lab.renew("8.2")
    code, found = findings(guardrail, lab)

    assert code == 2
    assert [fact for fact, finding in found.items() if finding["status"] == "differs"] == [
        "TERRAFORM_BEFORE_UI_MANAGED has its fixed id",
        "TERRAFORM_AFTER_UI_MANAGED has its fixed id",
    ]


def test_text_says_what_was_expected_where_it_differs(guardrail, lab):
    lab.simulator.sim.world.features["microseg"] = False
    shown = probe(guardrail, lab)
    lines = shown.out.decode().splitlines()

    assert shown.code == 2
    assert "confirmed  get_api_token, a GET with a form body, gives a token" in lines
    assert "differs    DCF (feature microseg) is on" in lines
    assert f"{'':<11}expected yes, observed no" in lines


def test_a_rule_shows_more(guardrail, lab):
    rule = {"name": "r", "action": "DENY", "port_ranges": [{"lo": 53}], "protocol": "UDP"}
    lab.simulator.write_as_somebody_else(
        {"method": "PUT", "path": "microseg/policy-list", "document": {"policies": [rule]}}
    )

    assert findings(guardrail, lab)[1]["a single port is shown with hi = lo"]["status"] == "confirmed"


def test_it_only_reads(guardrail, lab):
    revision = lab.simulator.sim.revision
    probe(guardrail, lab)
    actions = {call.get("action", call["method"]) for call in lab.simulator.calls}

    assert lab.simulator.sim.revision == revision
    assert actions == {
        "GET", "get_api_token", "login", "list_version_info", "guardrail_probe_no_such_action", "get_gateway_info",
        "list_vpcs_summary", "get_controller_feature", "get_all_controller_features",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "fact"),
    [
        (json_reply(200, {"return": False, "reason": "go away"}), "a dead session is recognised, form"),
        (WebReply(200, b"<html>"), "a dead session is told in the expected words, rest"),
    ],
)
def test_other_words_for_a_dead_session_are_found(guardrail, lab, answer, fact):
    lab.answer = lambda request: (
        answer if b"guardrail-probe-no-session" in str(request).encode() else lab.simulator.handle(request)
    )

    assert findings(guardrail, lab)[1][fact]["status"] == "differs"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (
            ["--controller", "http://127.0.0.1"],
            "--controller: expected https://HOST or https://HOST:PORT, nothing else",
        ),
        (
            ["--controller", "https://127.0.0.1", "--password-env", "NOT_SET"],
            "--password-env: expected the name of an ",
        ),
        (["--controller", "https://127.0.0.1", "--ca", "nowhere.pem"], "CA file: expected a readable file with PEM "),
        (["--controller", "https://127.0.0.1", "--ca", "x", "--insecure"], "--insecure: expected no --ca beside it"),
    ],
)
def test_an_option_that_is_wrong_is_one_line(guardrail, lab, options, complaint):
    assert guardrail("controller", "probe", *options).complaint.startswith(complaint)


def test_a_wrong_password_is_one_line_that_does_not_show_it(guardrail, lab, monkeypatch):
    monkeypatch.setenv("AVIATRIX_PASSWORD", "canary")
    complaint = probe(guardrail, lab).complaint

    assert complaint == "controller:login failed: login-rejected"


def test_a_certificate_that_is_not_trusted_is_one_line_and_can_be_let_pass(guardrail, lab):
    refused = guardrail("controller", "probe", "--controller", lab.url)
    passed = guardrail("controller", "probe", "--controller", lab.url, "--insecure")

    assert refused.complaint == "controller:login failed: certificate-not-trusted"
    assert (passed.code, passed.err) == (0, b"")
