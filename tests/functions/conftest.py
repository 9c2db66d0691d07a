"""AWS on this machine: moto for what it does well, a server of our own for AgentCore, and never the network."""

import gc
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from moto import mock_aws

from tests.agentcore_server import ENDPOINT_VARIABLE, AgentCoreServer, agentcore_server
from tests.builders import REGION

Clients = Callable[[str], Any]
_ACCOUNTS = count(1)
_KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


@pytest.fixture(scope="session")
def running_agentcore() -> Iterator[AgentCoreServer]:
    with agentcore_server() as server:
        yield server


@pytest.fixture
def agentcore(running_agentcore: AgentCoreServer) -> AgentCoreServer:
    """AgentCore's control plane in an empty account."""
    running_agentcore.forget()
    return running_agentcore


@pytest.fixture(scope="session")
def clients(running_agentcore: AgentCoreServer) -> Clients:
    """Clients that try each call once, so that a failure is not waited for."""
    session = botocore.session.Session()
    shared: dict[str, Any] = {"region_name": REGION, "config": Config(retries={"total_max_attempts": 1}), **_KEYS}
    urls = {"bedrock-agentcore-control": running_agentcore.url}
    return cache(lambda service: session.create_client(service, endpoint_url=urls.get(service), **shared))


@pytest.fixture
def aws(clients: Clients, running_agentcore: AgentCoreServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    """An account in which nothing but AgentCore has anything yet, for these clients and for those made from now on."""
    environment = {"AWS_DEFAULT_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true"}
    for name, value in {**environment, ENDPOINT_VARIABLE: running_agentcore.url}.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield clients
    gc.unfreeze()  # what makes a client freezes all there is: without this no account of any test is ever freed
    if next(_ACCOUNTS) % 10 == 0:
        gc.collect()
