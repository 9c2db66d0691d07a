import pytest

from guardrail_lab.agentcore.clock import read
from tests.guardrail_lab.agentcore.arrange import ADA, endpoints, made, refusal, updated
from tests.guardrail_lab.arrange import PUBLIC, VPC, new_runtime, new_version

OLD = read("2026-05-01T00:00:00+00:00")


def placed(**details):
    return {"networkMode": "VPC", "networkModeConfig": {**VPC["networkModeConfig"], **details}}


def status(agentcore, runtime_id, **version):
    return agentcore.get_agent_runtime(agentRuntimeId=runtime_id, **version)["status"]


def test_a_runtime_is_ready_after_a_while_and_its_default_endpoint_later(agentcore, clock):
    runtime_id = agentcore.create_agent_runtime(**new_runtime())["agentRuntimeId"]
    seen = []
    for seconds in (0, 59, 1, 9, 1):
        clock.advance(seconds)
        seen.append((status(agentcore, runtime_id), *endpoints(agentcore, runtime_id)["DEFAULT"]))

    assert seen == [
        ("CREATING", None, "1", "CREATING"),
        ("CREATING", None, "1", "CREATING"),
        ("READY", None, "1", "CREATING"),
        ("READY", None, "1", "CREATING"),
        ("READY", "1", "1", "READY"),
    ]


def test_an_update_is_a_new_version_that_default_follows_and_nobody_else(agentcore, clock):
    runtime_id, _ = made(agentcore, clock)
    agentcore.create_agent_runtime_endpoint(agentRuntimeId=runtime_id, name="prod")
    clock.advance(10)

    answer = agentcore.update_agent_runtime(**new_version(runtime_id, networkConfiguration=VPC))

    assert (answer["agentRuntimeVersion"], answer["status"]) == ("2", "UPDATING")
    assert endpoints(agentcore, runtime_id)["DEFAULT"] == ("1", "2", "UPDATING")
    clock.advance(70)
    assert endpoints(agentcore, runtime_id) == {"DEFAULT": ("2", "2", "READY"), "prod": ("1", "1", "READY")}
    networks = {
        version: agentcore.get_agent_runtime(agentRuntimeId=runtime_id, agentRuntimeVersion=version)[
            "networkConfiguration"
        ]["networkMode"]
        for version in ("1", "2")
    }
    assert networks == {"1": "PUBLIC", "2": "VPC"}


def test_what_an_update_leaves_out_is_dropped(agentcore, clock):
    runtime_id, _ = made(agentcore, clock, description="orders", allowedPorts=[{"port": 8080}])

    updated(agentcore, clock, runtime_id)

    newest = agentcore.get_agent_runtime(agentRuntimeId=runtime_id)
    assert not {"description", "allowedPorts", "networkConfiguration"} & newest.keys()
    assert newest["lifecycleConfiguration"] == {"idleRuntimeSessionTimeout": 900, "maxLifetime": 28800}


def test_a_failed_update_leaves_default_where_it_was(agentcore, clock, plane):
    runtime_id, _ = made(agentcore, clock)
    plane.faults.fail_next_update(runtime_id, "no addresses left")

    updated(agentcore, clock, runtime_id)

    newest = agentcore.get_agent_runtime(agentRuntimeId=runtime_id)
    assert (newest["status"], newest["failureReason"]) == ("UPDATE_FAILED", "no addresses left")
    assert endpoints(agentcore, runtime_id)["DEFAULT"] == ("1", "2", "UPDATE_FAILED")
    assert status(agentcore, runtime_id, agentRuntimeVersion="1") == "READY"


@pytest.mark.parametrize(
    ("behaviour", "code"), [({}, "ConflictException"), ({"update_after_failure": True}, "not refused")]
)
def test_whether_a_failed_runtime_takes_another_update_can_be_set(agentcore, clock, plane, behaviour, code):
    runtime_id, _ = made(agentcore, clock)
    plane.faults.fail_next_update(runtime_id, "no addresses left")
    updated(agentcore, clock, runtime_id)
    plane.behave(**behaviour)

    assert refusal(agentcore.update_agent_runtime, **new_version(runtime_id)) == code


def test_a_creation_can_fail(agentcore, clock, plane):
    plane.faults.fail_next_update("orders", "internal error")

    runtime_id, _ = made(agentcore, clock)

    assert status(agentcore, runtime_id) == "CREATE_FAILED"
    assert endpoints(agentcore, runtime_id)["DEFAULT"] == (None, "1", "CREATE_FAILED")


def test_what_is_changing_cannot_be_changed(agentcore, clock):
    runtime_id, _ = made(agentcore, clock)
    agentcore.update_agent_runtime(**new_version(runtime_id))
    runtime = {"agentRuntimeId": runtime_id}

    refused = [
        refusal(agentcore.update_agent_runtime, **new_version(runtime_id)),
        refusal(agentcore.create_agent_runtime_endpoint, **runtime, name="prod"),
        refusal(agentcore.delete_agent_runtime, **runtime),
    ]

    assert refused == ["ConflictException"] * 3


def test_two_runtimes_have_two_names(agentcore, clock):
    made(agentcore, clock)

    assert refusal(agentcore.create_agent_runtime, **new_runtime()) == "ConflictException"


def test_a_deleted_runtime_is_there_until_it_is_gone(agentcore, clock):
    runtime_id, _ = made(agentcore, clock)

    agentcore.delete_agent_runtime(agentRuntimeId=runtime_id)

    assert status(agentcore, runtime_id) == "DELETING"
    assert refusal(agentcore.create_agent_runtime, **new_runtime()) == "ConflictException"
    clock.advance(60)
    assert refusal(agentcore.get_agent_runtime, agentRuntimeId=runtime_id) == "ResourceNotFoundException"
    assert agentcore.list_agent_runtimes()["agentRuntimes"] == []
    assert agentcore.list_agent_runtime_endpoints(agentRuntimeId=runtime_id)["runtimeEndpoints"] == []


def test_only_a_version_that_nothing_uses_can_be_deleted(agentcore, clock):
    runtime_id, _ = made(agentcore, clock)
    agentcore.create_agent_runtime_endpoint(agentRuntimeId=runtime_id, name="prod")
    for _ in range(2):
        updated(agentcore, clock, runtime_id)

    codes = {
        version: refusal(agentcore.delete_agent_runtime, agentRuntimeId=runtime_id, agentRuntimeVersion=version)
        for version in ("1", "2", "3", "4")
    }
    clock.advance(60)

    assert codes == {
        "1": "ConflictException",
        "2": "not refused",
        "3": "ConflictException",
        "4": "ResourceNotFoundException",
    }
    left = agentcore.list_agent_runtime_versions(agentRuntimeId=runtime_id)["agentRuntimes"]
    assert [version["agentRuntimeVersion"] for version in left] == ["1", "3"]
    assert refusal(agentcore.get_agent_runtime, agentRuntimeId=runtime_id, agentRuntimeVersion="2") != "not refused"


def test_where_that_is_allowed_a_version_that_an_endpoint_serves_can_be_deleted_and_goes_on_serving(
    plane, agentcore, clock
):
    plane.behave(served_versions_deletable=True)
    runtime_id, _ = made(agentcore, clock)
    agentcore.create_agent_runtime_endpoint(agentRuntimeId=runtime_id, name="prod")
    updated(agentcore, clock, runtime_id)
    version = {"agentRuntimeId": runtime_id, "agentRuntimeVersion": "1"}
    clock.advance(60)

    newest = refusal(agentcore.delete_agent_runtime, agentRuntimeId=runtime_id, agentRuntimeVersion="2")
    agentcore.delete_agent_runtime(**version)
    deleting = agentcore.get_agent_runtime(**version)["status"]
    clock.advance(60)

    served = agentcore.get_agent_runtime_endpoint(agentRuntimeId=runtime_id, endpointName="prod")
    assert (newest, deleting) == ("ConflictException", "DELETING")
    assert refusal(agentcore.get_agent_runtime, **version) == "ResourceNotFoundException"
    assert (served["liveVersion"], served["status"]) == ("1", "READY")
    assert plane.may_invoke(runtime_id, "prod", ADA).version == 1


def test_a_number_is_never_used_twice(agentcore, clock):
    runtime_id, _ = made(agentcore, clock)
    updated(agentcore, clock, runtime_id)
    agentcore.delete_agent_runtime(agentRuntimeId=runtime_id, agentRuntimeVersion="1")
    clock.advance(60)

    assert agentcore.update_agent_runtime(**new_version(runtime_id))["agentRuntimeVersion"] == "3"


@pytest.mark.parametrize("value", [True, False])
def test_a_new_runtime_shows_that_it_lacks_the_service_s3_path_and_takes_no_word_about_it(agentcore, clock, value):
    sent = placed(requireServiceS3Endpoint=value)
    assert refusal(agentcore.create_agent_runtime, **new_runtime(networkConfiguration=sent)) == "ValidationException"
    runtime_id, _ = made(agentcore, clock, networkConfiguration=VPC)

    shown = agentcore.get_agent_runtime(agentRuntimeId=runtime_id)["networkConfiguration"]["networkModeConfig"]

    assert shown["requireServiceS3Endpoint"] is False
    refused = refusal(agentcore.update_agent_runtime, **new_version(runtime_id, networkConfiguration=sent))
    assert refused == "ValidationException"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [({}, True), ({"requireServiceS3Endpoint": True}, True), ({"requireServiceS3Endpoint": False}, False)],
)
def test_an_old_runtime_keeps_the_service_s3_path_unless_an_update_says_false(agentcore, clock, plane, sent, kept):
    runtime_id, _ = made(agentcore, clock)
    plane.backdate(runtime_id, OLD)

    updated(agentcore, clock, runtime_id, networkConfiguration=placed(**sent))

    shown = agentcore.get_agent_runtime(agentRuntimeId=runtime_id)["networkConfiguration"]["networkModeConfig"]
    assert shown["requireServiceS3Endpoint"] is kept


@pytest.mark.parametrize(
    "network",
    [
        pytest.param({"networkMode": "VPC"}, id="vpc without its details"),
        pytest.param({**VPC, "networkMode": "PUBLIC"}, id="details without vpc"),
    ],
)
def test_a_placement_that_contradicts_itself_is_refused(agentcore, network):
    assert refusal(agentcore.create_agent_runtime, **new_runtime(networkConfiguration=network)) == "ValidationException"


@pytest.mark.parametrize(
    ("limit", "call"),
    [
        (
            "runtimes_per_account",
            lambda agentcore, _: agentcore.create_agent_runtime(**new_runtime(agentRuntimeName="b")),
        ),
        ("versions_per_runtime", lambda agentcore, runtime: agentcore.update_agent_runtime(**new_version(runtime))),
        (
            "endpoints_per_runtime",
            lambda agentcore, runtime: agentcore.create_agent_runtime_endpoint(agentRuntimeId=runtime, name="prod"),
        ),
    ],
)
def test_quotas_end_it(agentcore, clock, plane, limit, call):
    runtime_id, _ = made(agentcore, clock)
    plane.behave(**{limit: 1})

    assert refusal(lambda: call(agentcore, runtime_id)) == "ServiceQuotaExceededException"
    plane.behave(**{limit: 2})
    assert refusal(lambda: call(agentcore, runtime_id)) == "not refused"


def test_an_authorizer_can_be_refused_as_the_service_once_did(agentcore, clock, plane):
    token = {"customJWTAuthorizer": {"discoveryUrl": "https://id.example/.well-known/openid-configuration"}}
    runtime_id, _ = made(agentcore, clock, authorizerConfiguration=token)
    plane.faults.refuse_authorizer(runtime_id)

    refused = refusal(agentcore.update_agent_runtime, **new_version(runtime_id, authorizerConfiguration=token))

    assert refused == "ValidationException"
    assert refusal(agentcore.update_agent_runtime, **new_version(runtime_id)) == "not refused"


def test_what_is_sent_and_what_is_answered_is_copied(agentcore, clock, plane):
    sent = {"STAGE": "prod"}
    runtime_id, _ = made(agentcore, clock, environmentVariables=sent)
    sent["STAGE"] = "changed"
    plane.call("GetAgentRuntime", {"agentRuntimeId": runtime_id})["environmentVariables"]["STAGE"] = "changed"

    assert agentcore.get_agent_runtime(agentRuntimeId=runtime_id)["environmentVariables"] == {"STAGE": "prod"}


def test_networks_may_be_left_out(agentcore, clock):
    runtime_id = agentcore.create_agent_runtime(**new_runtime())["agentRuntimeId"]
    clock.advance(60)
    assert "networkConfiguration" not in agentcore.get_agent_runtime(agentRuntimeId=runtime_id)

    updated(agentcore, clock, runtime_id, networkConfiguration=PUBLIC)
    updated(agentcore, clock, runtime_id)

    assert "networkConfiguration" not in agentcore.get_agent_runtime(agentRuntimeId=runtime_id)
