"""What is told about a step: the mode, what comes next or has to be done, and what that does not prove."""

from datetime import timedelta

import pytest

from guardrail.core.runtimes.finding import Finding
from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.quarantine import deny_call
from guardrail.core.runtimes.reaction import lifetimes, reaction_to
from guardrail.core.runtimes.rules import RuleId
from guardrail.core.runtimes.verdict import judge
from tests.builders import ACCOUNT, NOW, PUBLIC, REGION, RUNTIME_ARN, RUNTIME_ID
from tests.ladder_builders import ZONE, climb, parse_situated, policy, service, step_now, whole

NARROW = deny_call(RUNTIME_ARN, None).otherwise.parameters["policy"]


def finding(runtime, wanted, step=None):
    snapshot = parse_situated(runtime.document())
    verdict = judge(snapshot, ZONE)
    step = step or step_now(runtime, wanted, History(), NOW)
    reaction = reaction_to(snapshot, verdict, wanted, History(), step, at=NOW)
    return Finding(ACCOUNT, REGION, verdict, None, "", "s3://e/x", NOW, reaction, lifetimes(snapshot, verdict))


@pytest.mark.parametrize(
    ("mode", "changes", "kind"),
    [
        ("QUARANTINE", {}, "Runtime Quarantined"),
        ("REPAIR", {}, "Runtime Verdict"),
        ("REPAIR", {"stack": "orders", "policy": NARROW}, "Response Escalated"),
    ],
)
def test_the_kind_of_news_is_its_detail_type(mode, changes, kind):
    assert finding(service({1: PUBLIC}, {"DEFAULT": 1}, **changes), policy(mode)).kind == kind


def test_what_is_contained_is_news_for_people_and_claims_no_health():
    runtime = service({1: PUBLIC}, {"DEFAULT": 1})
    found = finding(runtime, policy(), climb(runtime, policy()).steps[-1])

    assert (found.kind, found.is_for_people) == ("Runtime Contained", True)
    assert found.subject() == f"AgentCore {RUNTIME_ID}: contained"
    assert "READY does not prove that the agent works" in found.message()


def test_the_message_names_mode_step_and_how_long_sessions_may_go_on():
    message = finding(service({3: PUBLIC}, {"DEFAULT": 3}), policy()).message()

    assert "The guardrail runs in REPAIR. deny-invocation: it breaks a rule: no new session may start." in message
    assert "Sessions that started on version 3 may go on for up to 8 h (maxLifetime 28800 s)" in message
    assert "OBSERVE" not in message


def test_an_escalation_says_what_a_person_has_to_do_and_what_the_denial_leaves_open():
    found = finding(service({1: PUBLIC}, {"DEFAULT": 1}, stack="orders", policy=NARROW), policy())

    assert "escalate: CloudFormation stack orders owns it" in found.message()
    assert "InvokeAgentRuntimeCommand stays open" in found.message()
    assert found.subject().endswith(": a person has to act")


def test_a_warning_names_its_day():
    wanted = policy(grace={RuleId.NETWORK_MODE: timedelta(days=1)})
    found = finding(service({1: PUBLIC}, {"DEFAULT": 1}), wanted)

    assert "network-mode is only warned about until 2026-11-21 12:31:20Z; then it is acted on." in found.message()
    assert found.document()["reaction"]["acted_on_from"] == {"network-mode": "2026-11-21T12:31:20+00:00"}


def test_session_storage_is_mentioned_before_it_is_wiped():
    runtime = service({}, {})
    runtime.versions = {1: whole(1, PUBLIC, filesystemConfigurations=[{"sessionStorage": {"mountPath": "/mnt/s"}}])}

    assert "wipe managed session storage" in finding(runtime, policy(may_wipe_session_storage=True)).message()
    assert "wipe managed session storage" not in finding(runtime, policy("QUARANTINE")).message()


def test_the_event_for_machines_holds_the_reaction():
    assert finding(service({1: PUBLIC}, {"DEFAULT": 1}), policy("QUARANTINE")).document()["reaction"] == {
        "mode": "QUARANTINE",
        "did": "deny-invocation: it breaks a rule: no new session may start",
        "acted_on_from": {},
        "wipes_session_storage": False,
        "leaves_commands_open": False,
    }
