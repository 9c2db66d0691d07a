"""What the roles may do is what the functions were seen to do: nothing is missing, and nothing is left over."""

import json
from contextlib import contextmanager

import pytest

from guardrail.core.evidence import EvidenceRecord, RecordKind
from guardrail.core.runtimes.message import Look, Reason
from guardrail.core.runtimes.response import ResponseMode
from guardrail.core.runtimes.tool import ToolKind
from guardrail.flows.handle_message import handle_message
from guardrail.flows.runtime_world import World
from guardrail.flows.sweep_runtimes import World as SweepWorld
from guardrail.flows.sweep_runtimes import sweep_runtimes
from guardrail.gateways.agentcore import AgentCoreGateway
from guardrail.gateways.evidence import EvidenceGateway
from guardrail.gateways.findings import FindingsGateway
from guardrail.gateways.queue import QueueGateway
from guardrail.gateways.state import StateGateway
from guardrail.gateways.switches import SwitchesReader
from guardrail_lab.agentcore.client import InMemoryClient
from tests.builders import ACCOUNT, NOW, PUBLIC, REGION, event, vpc
from tests.deployed import deploy
from tests.functions.guardrail.flows.test_contain_runtime import Scene
from tests.stacks.constructs.test_response_permissions import actions, stack, statements, verify

SERVICES = ("bedrock-agentcore", "dynamodb", "events", "s3", "sns", "sqs")
IAM_NAMES = {"sqs:SendMessageBatch": "sqs:SendMessage"}
LAMBDA_TAKES = {
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueUrl",
    "sqs:GetQueueAttributes",
}
"""Lambda itself reads the queue, with the function's role."""


class Recorded:
    """Both functions over real gateways, with every call of theirs written down as the IAM action that it needs."""

    def __init__(self, clients, mode):
        self.called, self._clients = set(), clients
        self.scene = Scene(mode)
        self.deployed = deploy(clients)
        call = self.scene.plane.call

        def noted(operation, parameters):
            self.called.add(f"bedrock-agentcore:{operation}")
            return call(operation, parameters)

        self._note = noted
        self._agentcore = AgentCoreGateway(lambda _: InMemoryClient(self.scene.plane), ACCOUNT, REGION)

    @contextmanager
    def recording(self):
        """Only what the functions do is written down."""
        made, scene_call = [], self.scene.plane.call
        self.called, self.scene.plane.call = set(), self._note

        def note(model, **_):
            name = f"{model.service_model.signing_name}:{model.name}"
            made.append(IAM_NAMES.get(name, name))

        names = ("dynamodb", "events", "s3", "sns", "sqs")
        for name in names:
            self._clients(name).meta.events.register(f"before-call.{name}", note)
        try:
            yield
        finally:
            for name in names:
                self._clients(name).meta.events.unregister(f"before-call.{name}", note)
            self.called |= set(made)
            self.scene.plane.call = scene_call

    def world(self):
        cloud, deployed = self.scene.cloud, self.deployed
        return World(
            agentcore=self._agentcore,
            state=StateGateway(self._clients, "state"),
            evidence=EvidenceGateway(self._clients, "evidence"),
            findings=FindingsGateway(self._clients, "findings", deployed.topic_arn),
            queue=QueueGateway(self._clients, deployed.looks_url, deployed.dead_letter_url),
            switches=SwitchesReader(self._clients, "switches", lambda: cloud.now),
            clock=lambda: cloud.now,
        )

    def handle(self, body):
        text = body if isinstance(body, str) else json.dumps(body)
        return handle_message(text, self.scene.cloud.policy, self.world())

    def sweep(self):
        world = self.world()
        return sweep_runtimes(SweepWorld(world.agentcore, world.state, world.evidence, world.queue))

    def climb(self, runtime_id):
        """Look at a runtime until there is nothing left to do."""
        for _ in range(12):
            self.handle(Look(runtime_id, Reason.AGAIN).document())
            self.scene.cloud.wait(91)

    def everything(self):
        """All that messages and schedules can lead to."""
        harness = self.scene.ask(
            "CreateHarness",
            harnessName="managed",
            executionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/agents/managed",
            environment={"agentCoreRuntimeEnvironment": {"networkConfiguration": PUBLIC}},
        )["harness"]
        managed = harness["environment"]["agentCoreRuntimeEnvironment"]["agentRuntimeId"]
        tools = {kind: self._made(kind) for kind in ToolKind}
        self.scene.cloud.wait(91)
        with self.recording():
            self.handle("junk")
            self.handle(event("create_denied"))
            self.handle(Look(self.scene.runtime_id, Reason.SWEEP).document())
            self.climb(self.scene.runtime_id)
            self.climb(managed)
            for kind, tool_id in tools.items():
                self.handle(Look(tool_id, Reason.OPERATOR, tool=kind).document())
        self._repair_as_its_owner()
        called = self.called
        with self.recording():
            self.climb(self.scene.runtime_id)
        self.called |= called

    def _made(self, kind):
        tool = self.scene.ask(f"Create{kind.noun}", name="tool", networkConfiguration=PUBLIC)
        return tool[f"{kind.member}Id"]

    def _repair_as_its_owner(self):
        self.scene.drift(vpc())
        newest = self.scene.version()["agentRuntimeVersion"]
        prod = {"agentRuntimeId": self.scene.runtime_id, "endpointName": "prod"}
        self.scene.ask("UpdateAgentRuntimeEndpoint", **prod, agentRuntimeVersion=newest)
        self.scene.cloud.wait(91)


@pytest.fixture
def clients(aws):
    return aws


def allowed(mode, role):
    found = verify(stack(mode)) if role == "verify" else statements(stack(mode), "AWS::IAM::Policy", "SweepRuntimes")
    return {f"{service}:{action}" for service in SERVICES for action in actions(found, service)}


@pytest.mark.parametrize("mode", list(ResponseMode))
def test_verify_runtime_may_do_what_it_does_and_nothing_else(clients, mode):
    recorded = Recorded(clients, mode)
    recorded.everything()

    assert recorded.called == allowed(mode, "verify") - LAMBDA_TAKES


def test_sweep_runtimes_may_do_what_it_does_and_nothing_else(clients):
    recorded = Recorded(clients, ResponseMode.REPAIR)
    record = EvidenceRecord(RecordKind.INTENT, recorded.scene.runtime_id, "000001-x", NOW, {})
    recorded.world().state.park(record)
    recorded.world().state.save_cursor("a cursor that AgentCore no longer knows")

    with recorded.recording():
        recorded.sweep()

    assert recorded.called == allowed(ResponseMode.REPAIR, "sweep")
    assert list(recorded.deployed.evidence()) == [record.key]
