import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

import botocore.session
import pytest

from benches.account import RUNTIME_ID, SECURITY_GROUPS, SUBNETS, ZONE, endpoints, listed, runtime
from benches.canned import Answers, CannedAws
from benches.process import ROOT
from benches.scene import ENVIRONMENT, many_runtimes, queue_event, trail_event, unchanged_runtime
from guardrail.core.runtimes.landing_zone import parse_landing_zone
from guardrail.core.runtimes.message import parse_message
from guardrail.core.runtimes.verdict import Compliance, judge
from guardrail.flows.sweep_runtimes import Swept, World, sweep_runtimes
from guardrail.gateways.agentcore import AgentCoreGateway
from guardrail.gateways.evidence import EvidenceGateway
from guardrail.gateways.queue import QueueGateway
from guardrail.gateways.state import StateGateway


def clients_of(answers: Answers) -> Callable[[str], Any]:
    """Real botocore clients whose requests never leave: botocore lets a handler answer before anything is sent."""
    aws = CannedAws(answers)
    session = botocore.session.Session()
    session.register("before-send", lambda request, **_: aws.send(request))

    @cache
    def client(service: str) -> Any:
        return session.create_client(
            service, region_name="us-east-1", aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="canned"
        )

    return client


def as_parsed(answer: dict[str, Any]) -> dict[str, Any]:
    """What botocore makes of a document: times for texts."""
    return {key: datetime.fromisoformat(value) if key.endswith("At") else value for key, value in answer.items()}


AGENTCORE_CALLS = [
    pytest.param("GetAgentRuntime", {}, as_parsed(runtime(2)), id="the newest version"),
    pytest.param("GetAgentRuntime", {"agentRuntimeVersion": "1"}, as_parsed(runtime(1)), id="an older version"),
    pytest.param(
        "ListAgentRuntimeEndpoints",
        {},
        {"runtimeEndpoints": [as_parsed(endpoint) for endpoint in endpoints(2)]},
        id="the endpoints",
    ),
]


@pytest.mark.parametrize(("operation", "arguments", "expected"), AGENTCORE_CALLS)
def test_botocore_reads_every_member_of_a_canned_answer(operation, arguments, expected):
    client = clients_of(unchanged_runtime(versions=2))("bedrock-agentcore-control")
    method = {"GetAgentRuntime": "get_agent_runtime", "ListAgentRuntimeEndpoints": "list_agent_runtime_endpoints"}

    answer = getattr(client, method[operation])(agentRuntimeId=RUNTIME_ID, **arguments)

    del answer["ResponseMetadata"]
    assert answer == expected


@pytest.mark.parametrize(
    ("operation", "document"),
    [
        ("GetAgentRuntime", runtime(1)),
        ("ListAgentRuntimeEndpoints", {"runtimeEndpoints": endpoints(1)}),
        ("ListAgentRuntimes", {"agentRuntimes": [listed()]}),
    ],
)
def test_a_canned_answer_has_every_member_that_the_service_promises(operation, document):
    model = botocore.session.Session().get_service_model("bedrock-agentcore-control")
    assert missing(document, model.operation_model(operation).output_shape) == []


def missing(value: Any, shape: Any) -> list[str]:
    if shape.type_name == "list":
        return [name for item in value for name in missing(item, shape.member)]
    if shape.type_name != "structure":
        return []
    absent = [name for name in shape.required_members if name not in value]
    return absent + [name for key in value for name in missing(value[key], shape.members[key])]


@pytest.mark.parametrize("versions", [1, 3])
def test_the_recorded_verdict_is_the_one_that_live_state_gives(versions):
    clients = clients_of(unchanged_runtime(versions))

    snapshot = AgentCoreGateway(clients, ZONE.account, ZONE.region).snapshot(RUNTIME_ID)
    verdict = judge(snapshot, ZONE)

    assert verdict.compliance is Compliance.COMPLIANT
    assert len(snapshot.reachable()) == versions
    assert StateGateway(clients, "state").history(RUNTIME_ID).digest == verdict.document()["digest"]


def test_a_sweep_lists_every_runtime_once_and_can_queue_all_of_them():
    clients = clients_of(many_runtimes(250))
    agentcore, queue = AgentCoreGateway(clients, "", ""), QueueGateway(clients, ENVIRONMENT["LOOKS_QUEUE_URL"])
    world = World(agentcore, StateGateway(clients, "state"), EvidenceGateway(clients, "evidence"), queue)

    assert len(set(agentcore.runtime_ids(None, 3_600)[0])) == 250
    assert sweep_runtimes(world) == Swept(250, skipped=False, continues=False)


def test_the_message_on_the_queue_is_the_event_that_custodian_gets():
    body = json.loads(queue_event()["Records"][0]["body"])

    assert body == trail_event()
    assert parse_message(body, ZONE.account, ZONE.region).runtime_id == RUNTIME_ID


def test_every_contender_judges_by_the_same_landing_zone():
    policy = (ROOT / "benches/peers/custodian/config.json").read_text()

    assert parse_landing_zone(json.loads(ENVIRONMENT["LANDING_ZONE"])) == ZONE
    assert json.dumps(SUBNETS) in policy
    assert json.dumps(SECURITY_GROUPS) in policy
