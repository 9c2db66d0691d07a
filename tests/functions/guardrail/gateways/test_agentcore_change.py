"""A change on the wire: what is read before it, what is sent, and what is made of every refusal."""

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.step import Call, Step, StepKind
from guardrail.gateways.agentcore import AgentCoreGateway
from guardrail.ports.runtimes import Effect, Taken
from tests.builders import ACCOUNT, PUBLIC, REGION, RUNTIME_ARN, RUNTIME_ID, answer, snapshot_document
from tests.strategies import CANARY

POLICY, TAGS, UPDATE = "GET /resourcepolicy/", "GET /tags/", f"PUT /runtimes/{RUNTIME_ID}/"
PUT_POLICY = "PUT /resourcepolicy/"
LIST_HARNESSES, HARNESS = "GET /harnesses?", "GET /harnesses/"
NEWEST = answer(2, PUBLIC, lastUpdatedAt="2026-11-20T12:00:00Z", environmentVariables={"TOKEN": CANARY})
DRIFTED = snapshot_document({1: PUBLIC, 2: PUBLIC}, {"DEFAULT": 2, "prod": 1}, runtime=NEWEST)


def refused(code, message="no reason", status=400):
    return status, {"__type": code, "message": message}


@pytest.fixture
def gateway(agentcore, clients):
    agentcore.runtimes[RUNTIME_ID] = DRIFTED
    agentcore.answers |= {POLICY: (200, {"policy": "{}"}), TAGS: (200, {"tags": {}})}
    return AgentCoreGateway(clients, ACCOUNT, REGION)


def situation(gateway):
    return gateway.situated(RUNTIME_ID).situation


def deny(**otherwise):
    call = {"resourceArn": RUNTIME_ARN, "policy": "first"}
    return Step(StepKind.DENY_INVOCATION, "why", Call("PutResourcePolicy", call, **otherwise))


def update(seen=None, **otherwise):
    parameters = {
        "agentRuntimeId": RUNTIME_ID,
        "agentRuntimeArtifact": {"containerConfiguration": {"containerUri": "x"}},
        "roleArn": "arn:aws:iam::111122223333:role/a",
        "description": CANARY,
    }
    return Step(StepKind.REPAIR_NETWORK, "why", Call("UpdateAgentRuntime", parameters, **otherwise), 2, seen=seen or {})


MADE = {
    "agentRuntimeArn": RUNTIME_ARN,
    "agentRuntimeId": RUNTIME_ID,
    "agentRuntimeVersion": "3",
    "createdAt": "2026-11-20T10:00:00Z",
    "lastUpdatedAt": "2026-11-20T10:00:00Z",
    "status": "UPDATING",
}


def test_a_situated_look_costs_two_calls_more_reads_nothing_twice_and_the_policy_last(agentcore, gateway):
    found = gateway.situated(RUNTIME_ID)

    assert agentcore.calls == [
        "GetAgentRuntime", "ListAgentRuntimeEndpoints", "GetAgentRuntime 1", TAGS, POLICY
    ]  # fmt: skip
    assert found.versions == gateway.snapshot(RUNTIME_ID).versions
    assert found.situation.newest["environmentVariables"] == {"TOKEN": CANARY}
    assert [item["name"] for item in found.situation.endpoints] == ["DEFAULT", "prod"]
    assert CANARY not in repr(found)


def test_members_that_the_sdk_does_not_know_are_seen_and_null_is_absent(agentcore, gateway):
    new = {"sandboxConfiguration": {"kind": "x"}, "description": None}
    nested = {"lifecycleConfiguration": {"maxLifetime": 60, "newTimeout": 1, "old": None}}
    agentcore.runtimes[RUNTIME_ID] = {**DRIFTED, "runtime": {**NEWEST, **new, **nested}}

    newest = situation(gateway).newest

    assert newest["sandboxConfiguration"] == {"kind": "x"}
    assert newest["lifecycleConfiguration"] == {"maxLifetime": 60, "newTimeout": 1}
    assert "description" not in newest
    assert "sandboxConfiguration" not in situation(gateway).updatable


@pytest.mark.parametrize(
    "none", [(404, {"__type": "ResourceNotFoundException", "message": ""}), (200, {})], ids=["404", "no member"]
)
def test_a_runtime_without_a_resource_policy_has_none_in_both_forms(agentcore, gateway, none):
    agentcore.answers[POLICY] = none

    assert situation(gateway).resource_policy is None
    assert not situation(gateway).unreadable


def test_what_is_refused_is_unreadable_and_never_absent(agentcore, gateway):
    agentcore.answers |= {POLICY: refused("AccessDeniedException", status=403), TAGS: refused("X", status=403)}

    assert situation(gateway).unreadable == {"resource_policy": "AccessDeniedException", "stack": "X"}


def test_the_stack_that_owns_the_runtime_is_read_from_its_tags(agentcore, gateway):
    agentcore.answers[TAGS] = (200, {"tags": {"aws:cloudformation:stack-name": "orders"}})

    assert situation(gateway).stack == "orders"


def test_a_tag_that_somebody_calls_error_is_no_refusal(agentcore, gateway):
    agentcore.answers[TAGS] = (200, {"tags": {"error": "look at http://evil.example"}})

    assert situation(gateway).unreadable == {}


def harness(harness_id, runtime_id):
    environment = {"agentCoreRuntimeEnvironment": {"agentRuntimeId": runtime_id}}
    return {"harness": {"harnessId": harness_id, "environment": environment}}


def test_a_harness_is_looked_for_only_where_the_name_suggests_one(agentcore, gateway):
    assert situation(gateway).harness is None
    named = {**NEWEST, "agentRuntimeName": "harness_orders"}
    agentcore.runtimes[RUNTIME_ID] = {**DRIFTED, "runtime": named}
    listed = [{"harnessId": f"{name}-0123456789", "harnessName": name} for name in ("other", "orders")]
    agentcore.answers |= {
        f"{HARNESS}orders": (200, harness("orders-0123456789", RUNTIME_ID)),
        "GET /harnesses": (200, {"harnesses": listed}),
        "POST /harnesses": (200, {"harnesses": listed}),
    }

    assert situation(gateway).harness == "orders-0123456789"
    assert len([call for call in agentcore.calls if call.startswith(HARNESS)]) == 1


def test_of_many_harnesses_only_so_many_are_asked_and_which_one_it_is_stays_unknown(agentcore, gateway):
    agentcore.runtimes[RUNTIME_ID] = {**DRIFTED, "runtime": {**NEWEST, "agentRuntimeName": "harness_x"}}
    listed = [{"harnessId": f"h{number}-0123456789", "harnessName": f"h{number}"} for number in range(300)]
    page = (200, {"harnesses": listed, "nextToken": "more"})
    asked = {f"{HARNESS}h{number}": (200, harness(f"h{number}-0123456789", "else")) for number in range(300)}
    agentcore.answers |= {**asked, "GET /harnesses": page, "POST /harnesses": page}

    assert situation(gateway).unreadable == {"harness": "too many harnesses to ask each"}
    assert len(agentcore.calls) < 40


def test_a_list_of_harnesses_that_is_refused_is_unreadable(agentcore, gateway):
    agentcore.runtimes[RUNTIME_ID] = {**DRIFTED, "runtime": {**NEWEST, "agentRuntimeName": "harness_x"}}
    agentcore.answers |= {"GET /harnesses": refused("Denied", status=403), "POST /harnesses": refused("Denied")}

    assert situation(gateway).unreadable == {"harness": "Denied"}


def test_what_was_made_names_its_version(agentcore, gateway):
    agentcore.answers[UPDATE] = (202, MADE)

    assert gateway.take(update()) == Taken(Effect.MADE, version=3)


@pytest.mark.parametrize("member", ["agentRuntimeVersion", "lastUpdatedAt"])
def test_an_update_is_not_sent_when_the_runtime_is_not_the_one_that_was_judged(agentcore, gateway, member):
    seen = {"agentRuntimeVersion": "2", "lastUpdatedAt": "2026-11-20T12:00:00Z", member: "else"}

    assert gateway.take(update(seen)) == Taken(Effect.OVERTAKEN)
    assert agentcore.calls == ["GetAgentRuntime"]


@pytest.mark.parametrize("fault", [(429, "ThrottlingException"), (500, "InternalServerException")])
def test_when_that_cannot_be_read_nothing_is_sent_and_it_may_succeed_later(agentcore, gateway, fault):
    agentcore.faults["GetAgentRuntime"] = fault

    assert gateway.take(update({"agentRuntimeVersion": "2"})) == Taken(Effect.NOT_NOW, fault[1])
    assert agentcore.calls == ["GetAgentRuntime"]


def test_it_is_sent_when_it_still_is(agentcore, gateway):
    agentcore.answers[UPDATE] = (202, MADE)
    taken = gateway.take(update({"agentRuntimeVersion": "2", "lastUpdatedAt": "2026-11-20T12:00:00Z"}))

    assert taken.effect is Effect.MADE
    assert agentcore.calls == ["GetAgentRuntime", UPDATE]


def lift(seen):
    return Step(StepKind.LIFT_DENIAL, "why", Call("DeleteResourcePolicy", {"resourceArn": RUNTIME_ARN}), seen=seen)


NO_POLICY = (404, {"__type": "ResourceNotFoundException", "message": ""})


@pytest.mark.parametrize(
    ("answered", "seen", "effect"),
    [
        ((200, {"policy": "ours"}), "ours", Effect.MADE),
        ((200, {"policy": "theirs"}), "ours", Effect.OVERTAKEN),
        ((200, {"policy": "theirs"}), None, Effect.OVERTAKEN),
        (NO_POLICY, "ours", Effect.OVERTAKEN),
        (NO_POLICY, None, Effect.MADE),
        ((200, {}), None, Effect.MADE),
        (refused("AccessDeniedException", status=403), None, Effect.REFUSED),
        (refused("InternalServerException", status=500), "ours", Effect.NOT_NOW),
    ],
    ids=lambda value: str(value),
)
def test_a_resource_policy_is_replaced_only_while_it_is_the_one_that_was_read(
    agentcore, gateway, answered, seen, effect
):
    agentcore.answers |= {POLICY: answered, "DELETE /resourcepolicy/": (204, {})}

    assert gateway.take(lift({"policy": seen})).effect is effect
    assert ("DELETE /resourcepolicy/" in agentcore.calls) is (effect is Effect.MADE)


def test_what_may_not_be_read_right_before_a_change_is_named_and_nothing_is_sent(agentcore, gateway):
    agentcore.answers[POLICY] = refused("AccessDeniedException", status=403)

    taken = gateway.take(lift({"policy": "ours"}))

    assert taken == Taken(Effect.REFUSED, "AccessDeniedException", operation="GetResourcePolicy")


ENDPOINT = f"GET /runtimes/{RUNTIME_ID}/runtime-endpoints/prod"
MOVE = f"PUT /runtimes/{RUNTIME_ID}/runtime-endpoints/prod"
SERVED = {"liveVersion": "1", "targetVersion": "1", "name": "prod", "description": "of the owner"}


@pytest.mark.parametrize(
    ("answered", "effect"),
    [
        ((200, SERVED), Effect.MADE),
        ((200, {**SERVED, "targetVersion": "3"}), Effect.OVERTAKEN),
        ((200, {**SERVED, "liveVersion": "3", "targetVersion": "3"}), Effect.OVERTAKEN),
        ((200, {**SERVED, "description": "changed"}), Effect.OVERTAKEN),
        (NO_POLICY, Effect.OVERTAKEN),
        (refused("AccessDeniedException", status=403), Effect.REFUSED),
        (refused("ThrottlingException", status=429), Effect.NOT_NOW),
    ],
)
def test_an_endpoint_is_moved_only_while_it_serves_what_was_read(agentcore, gateway, answered, effect):
    agentcore.answers |= {ENDPOINT: answered, MOVE: (202, {"status": "UPDATING"})}
    seen = {member: SERVED[member] for member in ("liveVersion", "targetVersion", "description")}
    parameters = {"agentRuntimeId": RUNTIME_ID, "endpointName": "prod", "agentRuntimeVersion": "2"}
    step = Step(StepKind.MOVE_ENDPOINT, "why", Call("UpdateAgentRuntimeEndpoint", parameters), 2, "prod", seen=seen)

    assert gateway.take(step).effect is effect
    assert (MOVE in agentcore.calls) is (effect is Effect.MADE)


OTHER = Call("PutResourcePolicy", {"resourceArn": RUNTIME_ARN, "policy": "second"})


def test_a_refused_form_is_followed_by_the_other_one(agentcore, gateway):
    agentcore.answers[PUT_POLICY] = [refused("ValidationException"), (201, {"policy": "second"})]

    assert gateway.take(deny(otherwise=OTHER)).effect is Effect.MADE_OTHERWISE
    assert [body["policy"] for body in agentcore.bodies] == ["first", "second"]


@pytest.mark.parametrize(
    ("message", "sent"),
    [("requireServiceS3Endpoint is not allowed", 2), ("description is too long", 1)],
)
def test_an_update_is_sent_otherwise_only_when_the_refusal_names_the_member(agentcore, gateway, message, sent):
    agentcore.answers[UPDATE] = [refused("ValidationException", message), (202, MADE)]
    other = update().call

    gateway.take(update(otherwise=other, otherwise_if="requireServiceS3Endpoint"))

    assert agentcore.calls == [UPDATE] * sent


def test_a_member_that_is_named_in_the_list_of_fields_counts(agentcore, gateway):
    named = {"fieldList": [{"name": "x.requireServiceS3Endpoint", "message": "no"}]}
    agentcore.answers[UPDATE] = [(400, {**refused("ValidationException")[1], **named}), (202, MADE)]

    taken = gateway.take(update(otherwise=update().call, otherwise_if="requireServiceS3Endpoint"))

    assert taken.effect is Effect.MADE_OTHERWISE


@pytest.mark.parametrize(
    ("answered", "taken"),
    [
        (refused("ValidationException"), Taken(Effect.REFUSED, "ValidationException")),
        (
            refused("ValidationException", f"Authorizer already exists for resourceId {CANARY}"),
            Taken(Effect.REFUSED, "ValidationException: Authorizer already exists"),
        ),
        (refused("AccessDeniedException", status=403), Taken(Effect.REFUSED, "AccessDeniedException")),
        (refused("ServiceQuotaExceededException", status=402), Taken(Effect.REFUSED, "ServiceQuotaExceededException")),
        (refused("ConflictException", status=409), Taken(Effect.NOT_NOW, "ConflictException")),
        (refused("ThrottlingException", status=429), Taken(Effect.NOT_NOW, "ThrottlingException")),
        (refused("ResourceNotFoundException", status=404), Taken(Effect.NOT_NOW, "ResourceNotFoundException")),
    ],
    ids=lambda value: value.code if isinstance(value, Taken) else "",
)
def test_every_refusal_has_its_meaning_and_quotes_nothing(agentcore, gateway, answered, taken):
    agentcore.answers[UPDATE] = answered

    assert gateway.take(update()) == taken


@pytest.mark.parametrize("status", [500, 503])
def test_a_failure_of_the_service_leaves_it_unknown_whether_the_change_was_made(agentcore, gateway, status):
    agentcore.answers[UPDATE] = refused("InternalServerException", CANARY, status)

    with pytest.raises(GatewayError) as failed:
        gateway.take(update())

    assert failed.value.retryable
    assert CANARY not in str(failed.value)


def test_what_the_sdk_itself_does_not_take_is_a_refusal_and_quotes_nothing(agentcore, gateway):
    step = Step(StepKind.REPAIR_NETWORK, "why", Call("UpdateAgentRuntime", {"agentRuntimeId": RUNTIME_ID, CANARY: 1}))

    assert gateway.take(step) == Taken(Effect.REFUSED, "ParamValidationError")
    assert agentcore.calls == []


def test_a_step_that_changes_nothing_cannot_be_taken(gateway):
    with pytest.raises(ValueError, match="wait"):
        gateway.take(Step(StepKind.WAIT, "why"))
