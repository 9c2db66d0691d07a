"""A control plane of its own for each test, on a clock that stands still."""

import pytest
from botocore.loaders import Loader

from guardrail_lab.agentcore.client import InMemoryClient
from guardrail_lab.agentcore.clock import VirtualClock
from guardrail_lab.agentcore.control_plane import ControlPlane
from guardrail_lab.agentcore.model import AgentCoreModel
from tests.guardrail_lab.agentcore.arrange import ACCOUNT, REGION


@pytest.fixture(scope="session")
def model():
    return AgentCoreModel(Loader().load_service_model("bedrock-agentcore-control", "service-2"))


@pytest.fixture
def clock():
    return VirtualClock()


@pytest.fixture
def plane(model, clock):
    return ControlPlane(model, clock, ACCOUNT, REGION)


@pytest.fixture
def agentcore(plane):
    return InMemoryClient(plane)
