"""Evidence of a change names the call and what it is about, and holds no value that was sent."""

import json

from guardrail.core.evidence import digest
from guardrail.core.runtimes.act_record import intent_body, outcome_body
from guardrail.core.runtimes.response import ResponseMode
from tests.builders import ACCOUNT, OLD, PUBLIC, REGION
from tests.ladder_builders import climb, parse_situated, policy, service, whole
from tests.strategies import CANARY

SECRET = '{ "Statement" : [{"Sid":"' + CANARY + '","Effect":"Allow","Principal":"*","Action":"*"}] }'


def ladder():
    runtime = service({}, {}, policy=SECRET, old=True)
    runtime.versions = {
        1: whole(1, PUBLIC, createdAt=OLD, environmentVariables={"TOKEN": CANARY}, description=CANARY),
    }
    runtime.endpoints = {name: {"live": 1, "target": 1, "status": "READY"} for name in ("DEFAULT", "prod")}
    return parse_situated(runtime.document()), climb(runtime, policy()).steps


def test_every_step_is_recorded_without_what_it_sends():
    snapshot, steps = ladder()
    intents = [intent_body(snapshot, "sha256:v", step, ResponseMode.REPAIR) for step in steps]
    records = [*intents, *(outcome_body(intent, "done", new_version=2) for intent in intents)]

    assert [each["step"] for each in intents] == ["deny-invocation", "repair-network", "move-endpoint", "lift-denial"]
    assert CANARY not in json.dumps(records)
    assert [(each["version"], each["endpoint"]) for each in intents] == [
        (None, None),
        ("1", None),
        ("2", "prod"),
        (None, None),
    ]


def test_the_record_names_the_call_its_members_and_their_digest():
    snapshot, steps = ladder()
    body = intent_body(snapshot, "sha256:v", steps[1], ResponseMode.REPAIR)

    assert (body["account"], body["region"], body["mode"], body["verdict_digest"]) == (
        ACCOUNT,
        REGION,
        "REPAIR",
        "sha256:v",
    )
    assert body["call"]["operation"] == "UpdateAgentRuntime"
    assert body["call"]["members"] == sorted(steps[1].call.parameters)
    assert body["call"]["digest"] == digest(steps[1].call.parameters)
    assert body["call"]["otherwise"]["digest"] == digest(steps[1].call.otherwise.parameters)


def test_the_outcome_repeats_the_intent_and_says_what_became_of_it():
    snapshot, steps = ladder()
    intent = intent_body(snapshot, "sha256:v", steps[1], ResponseMode.REPAIR)

    assert outcome_body(intent, "done-otherwise", new_version=2) == {
        **intent,
        "outcome": "done-otherwise",
        "code": None,
        "new_version": "2",
    }
    assert outcome_body(intent, "refused", "ValidationException")["code"] == "ValidationException"
