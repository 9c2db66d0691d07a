"""Answers of several scopes are one answer: done if all are, and as well proven as the worst of them."""

from datetime import timedelta

import pytest

from guardrail.core.firewall.routes import Proof
from guardrail.core.undo import Undo
from guardrail.flows.answer import Answer, proof, together
from tests.builders import NOW

GOOD = Answer(before={"a": 1}, until=NOW, proof=proof(Proof.PROVEN, effects=["x"]), undo=Undo(), notes=("fine",))
REFUSED = Answer(done=False, refused="why", proof=proof(Proof.ACCEPTED))
LATER = Answer(until=NOW + timedelta(hours=1), proof={"status": "wrong", "routes": [{"subnet": "s"}]})


def test_one_answer_stays_what_it_is():
    assert together({"policy": GOOD}) is GOOD


def test_what_one_refuses_does_not_hide_what_another_did():
    document = together({"insertion": REFUSED, "policy": GOOD}).document(calls=4, caller=None)

    assert document["done"] is False
    assert document["refused"] == "why"
    assert document["before"] == {"insertion": {}, "policy": {"a": 1}}
    assert document["undo"] == {"policy": Undo().document()}
    assert document["notes"] == ["policy: fine"]
    assert document["calls"] == 4


@pytest.mark.parametrize(
    ("answers", "status"),
    [((GOOD, GOOD), "proven"), ((GOOD, REFUSED), "accepted"), ((GOOD, REFUSED, LATER), "wrong"), ((), "proven")],
)
def test_the_worst_proof_counts(answers, status):
    found = together({str(number): answer for number, answer in enumerate(answers)})

    assert found.proof["status"] == status


def test_the_last_end_counts_and_the_routes_of_all_are_there():
    found = together({"a": GOOD, "b": LATER})

    assert found.until == LATER.until
    assert found.proof["routes"] == [{"subnet": "s"}]
    assert found.proof["effects"] == ["x"]


def test_a_document_has_every_member_that_the_interface_names():
    document = Answer().document(calls=0, caller="arn")

    assert {"done", "before", "after", "calls", "until", "proof", "caller", "undo"} <= document.keys()
    assert {"status", "routes"} <= document["proof"].keys()
