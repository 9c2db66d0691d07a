"""What machines and people are told of a drift."""

import json

import pytest

from guardrail.core.firewall.drift import MOST_LISTED, Drift, DriftState
from guardrail.core.firewall.plan import Change
from tests.builders import EVENTS, NOW

RULE = {"name": "x-12-deny", "action": "DENY", "enforcement": "ENFORCE", "src": ["x-agents"], "priority": 12}
EDITED = Change("rule/x-12-deny", {**RULE, "action": "PERMIT", "src": ["x-agents", "x-more"]}, RULE)
CHANGES = (
    Change("rule/x-10-allow", None, RULE),
    EDITED,
    Change("web_group/x-handmade", {"sni": ["evil.example"]}, None),
)


def drift(state=DriftState.FOUND, changes=CHANGES, **said):
    told = {"loosens": (), "refused": None, "evidence": "s3://evidence/x", "at": NOW, **said}
    return Drift(state, "192.0.2.1", "agentcore", "sha256:abc", changes, **told)


def test_machines_are_told_what_differs_and_that_nobody_knows_who_did_it():
    document = json.loads(json.dumps(drift().document()))

    assert (document["state"], document["controller"]) == ("found", "192.0.2.1")
    assert document["pack"] == {"name": "agentcore", "digest": "sha256:abc"}
    assert document["who"]["actor"] == "unknown"
    assert document["evidence"] == "s3://evidence/x"
    assert [(each["action"], each["address"]) for each in document["changes"]] == [
        ("create", "rule/x-10-allow"),
        ("update", "rule/x-12-deny"),
        ("delete", "web_group/x-handmade"),
    ]


def test_words_are_told_with_both_values_and_lists_by_name_only():
    [_, edited, _] = drift().document()["changes"]

    assert edited["fields"] == {"action": {"live": "PERMIT", "pack": "DENY"}, "src": None}


def test_people_are_told_what_differs_what_was_done_and_where_the_evidence_is():
    message = drift().message()

    assert "rule/x-10-allow: missing" in message
    assert "rule/x-12-deny: changed (action is PERMIT, expected DENY; src)" in message
    assert "web_group/x-handmade: not in the pack" in message
    assert "Nothing was changed: healing is off" in message
    assert "its own audit log does" in message
    assert message.endswith("Evidence: s3://evidence/x")


def test_a_refusal_is_told_with_its_reason():
    message = drift(DriftState.REFUSED, refused="plan deletes 7 owned objects, the limit is 5").message()

    assert "Refused: plan deletes 7 owned objects, the limit is 5" in message


@pytest.mark.parametrize("state", DriftState)
def test_every_state_has_words_and_a_subject_that_sns_takes(state):
    found = drift(state)

    assert found.message().count("\n\n") >= 3
    assert found.subject() == f"Firewall drift {state} on 192.0.2.1"
    assert len(drift(state, changes=()).subject()) <= 100


def test_every_state_stands_in_the_reference_and_in_the_run_book():
    for document in ("reference.md", "run-books/firewall_drift.md"):
        text = (EVENTS.parent / "docs" / document).read_text()
        assert [state.value for state in DriftState if f"| `{state}` |" not in text] == [], document


def test_a_thousand_changes_fit_and_what_is_left_out_is_counted():
    many = tuple(Change(f"rule/x-{n}", None, RULE) for n in range(1_000))
    found = drift(changes=many)

    assert len(found.document()["changes"]) == MOST_LISTED
    assert found.document()["not_listed"] == 1_000 - MOST_LISTED
    assert f"and {1_000 - MOST_LISTED} more" in found.message()
    assert len(json.dumps(found.document())) < 200_000


def test_what_a_controller_says_adds_no_line_and_steers_no_terminal():
    found = drift(changes=(Change("rule/x\n\x1b[2Jroot", {"action": "DENY\r\nEvil: 1"}, {"action": "PERMIT"}),))

    assert "\x1b" not in found.message()
    assert "\nroot" not in found.message()
    assert "\nEvil" not in found.message()
