"""Over the wire, with the real SDK: in OBSERVE, in a dry run, and while backed out nothing that changes is sent."""

import json
from dataclasses import replace

import botocore.session
import pytest

from guardrail.gateways.agentcore import AgentCoreGateway
from guardrail_cli.main import run
from tests.builders import ACCOUNT, REGION, zone_document
from tests.chaos.history import Conditions, History
from tests.chaos.scene import drifted_with_two_endpoints
from tests.chaos.wire import Recorded, recording
from tests.chaos.world import World

SETTLES = {"settle_seconds": 20.0, "endpoint_settle_seconds": 5.0}


@pytest.fixture(autouse=True)
def _credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")


def over_the_wire(mode: str, *, backed_out: bool = False) -> Recorded:
    """A drifted runtime, and a guardrail whose calls to AgentCore are real requests."""
    world = World(Conditions(mode=mode, behaviour=SETTLES))
    drifted_with_two_endpoints(world)
    world.switch(engaged=not backed_out)
    with recording(world.plane) as recorded:
        client = botocore.session.Session().create_client(
            "bedrock-agentcore-control", region_name=REGION, endpoint_url=recorded.url
        )
        guardrail = world.guardrails[0]
        real = AgentCoreGateway(lambda _: client, ACCOUNT, REGION)
        guardrail.world = replace(guardrail.world, agentcore=real)
        if backed_out:
            guardrail.sweep()
            world.loop.run(world.now + 600)
            world.loop.close()
        else:
            world.run(History(0, world.conditions, ()))
    return recorded


def test_observe_reads_and_sends_nothing_that_changes():
    recorded = over_the_wire("OBSERVE")

    assert "GetAgentRuntime" in recorded.requests
    assert recorded.changing() == []


def test_a_response_that_is_backed_out_sends_nothing_that_changes():
    recorded = over_the_wire("REPAIR", backed_out=True)

    assert "GetResourcePolicy" in recorded.requests
    assert recorded.changing() == []


def test_repair_sends_the_ladder_and_nothing_else():
    recorded = over_the_wire("REPAIR")

    ladder = ["PutResourcePolicy", "UpdateAgentRuntime", "UpdateAgentRuntimeEndpoint", "DeleteResourcePolicy"]
    assert recorded.changing() == ladder


@pytest.mark.parametrize("mode", ["observe", "quarantine", "repair"])
def test_a_dry_run_sends_nothing_at_all(mode, tmp_path, monkeypatch, capsys):
    world = World(Conditions())
    runtime_id = drifted_with_two_endpoints(world)
    sight = world.sight(runtime_id)
    document = {
        "account": ACCOUNT,
        "region": REGION,
        "runtime": sight.versions[1],
        "endpoints": list(sight.endpoints),
        "versions": {"1": sight.versions[1]},
    }
    detail = {"eventName": "UpdateAgentRuntime", "requestParameters": {"agentRuntimeId": runtime_id}}
    event = {"source": "aws.bedrock-agentcore", "account": ACCOUNT, "region": REGION, "detail": detail}
    for name, content in (("event", event), ("snapshot", document), ("zone", zone_document())):
        (tmp_path / name).write_text(json.dumps(content))
    with recording(world.plane) as recorded:
        monkeypatch.setenv("AWS_ENDPOINT_URL", recorded.url)
        files = [str(tmp_path / name) for name in ("event", "snapshot", "zone")]
        code = run(["replay", files[0], "--snapshot", files[1], "--zone", files[2], "--mode", mode])
    world.loop.close()

    assert code == 2
    assert bool(json.loads(capsys.readouterr().out)["steps"]) == (mode != "observe")
    assert recorded.requests == []
