"""The deployed back-out function, unmodified: routes read from EC2, IAM evaluated, schedules that fire."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from guardrail_lab.cloud import LocalCloud
from guardrail_lab.controller.launch import local_controller
from guardrail_lab.controller.network import LabNetwork, build_network
from guardrail_lab.controller.seed import SPOKE
from guardrail_lab.evidence_room import read_evidence
from guardrail_lab.firewall import LOGIN, PREFIX
from tests.end_to_end.deploy import upload_assets
from tests.end_to_end.test_reconcile import AT_ONCE, STACK, Deployed
from tests.firewall_assembly import LAB_ZONE, firewall_assembly


@dataclass
class Backed(Deployed):
    """The firewall stack whose runtime subnet is one that the cloud's EC2 knows."""

    network: LabNetwork | None = None

    def template(self, **environment: str) -> str:
        assert self.network is not None
        text = super().template(**environment)
        return text.replace(",".join(LAB_ZONE.subnets), self.network.runtime_subnet)

    def ask(self, **order: Any) -> dict[str, Any]:
        answer = self.cloud.client("lambda").invoke(
            FunctionName=self.output("BackOutFunction"), Payload=json.dumps(order).encode()
        )
        document: dict[str, Any] = json.loads(answer["Payload"].read())
        assert "errorMessage" not in document, document
        return document

    def output(self, name: str) -> str:
        (stack,) = self.cloud.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return next(each["OutputValue"] for each in stack["Outputs"] if each["OutputKey"] == name)

    def default_route(self) -> dict[str, str]:
        assert self.network is not None
        return self.network.default_route() or {}


@pytest.fixture(scope="module")
def deployed() -> Iterator[Backed]:
    with LocalCloud(auth=True) as cloud:
        network = build_network(cloud.client("ec2"))
        with local_controller(timing=AT_ONCE, network=network) as controller:
            upload_assets(cloud, firewall_assembly(), STACK)
            login = {"url": controller.url, **LOGIN, "ca_certificate": controller.ca_path.read_text()}
            secret = cloud.client("secretsmanager").create_secret(Name="controller", SecretString=json.dumps(login))
            deployed = Backed(cloud, controller, secret["ARN"], network=network)
            deployed.create()
            yield deployed


def test_the_insertion_goes_is_proven_from_ec2_and_comes_back(deployed: Backed):
    network = deployed.network
    assert network is not None
    assert deployed.default_route() == {"InstanceId": network.instance}

    out = deployed.ask(command="back-out", gateway=SPOKE, reason="INC-1", claimed_by="dana")

    assert (out["done"], out["calls"], out["proof"]["status"]) == (True, 3, "proven")
    assert out["proof"]["routes"][0]["target"] == network.nat
    assert deployed.default_route() == {"NatGatewayId": network.nat}

    back = deployed.ask(command="restore")
    assert (back["done"], back["proof"]["status"]) == (True, "proven")
    assert deployed.default_route() == {"InstanceId": network.instance}


def test_while_the_policy_is_backed_out_the_reconciler_changes_nothing_and_afterwards_finds_nothing(deployed: Backed):
    before = deployed.ours()

    out = deployed.ask(command="back-out", scope="policy", reason="INC-1")
    assert out["done"], out
    held = deployed.ours()
    assert held[f"{PREFIX}-99-back-out-permit"]["action"] == "PERMIT"
    deployed.keep()
    assert deployed.ours() == held

    assert deployed.ask(command="restore", scope="policy")["done"]
    assert deployed.ours() == before
    assert deployed.keep()["state"] == "in-sync"


def test_the_schedule_ends_it_by_itself(deployed: Backed):
    """The end is brought forward from an hour away, so that it is this schedule which ends it, however slow we are."""
    network, scheduler = deployed.network, deployed.cloud.client("scheduler")
    assert network is not None
    out = deployed.ask(command="back-out", gateway=SPOKE, reason="INC-1", **{"for": "1h"})
    assert (out["done"], out["notes"]) == (True, [])
    (end,) = (each for each in _schedules(scheduler) if each["Name"].startswith("end-"))
    found = scheduler.get_schedule(GroupName=end["GroupName"], Name=end["Name"])
    kept = ("GroupName", "Name", "FlexibleTimeWindow", "Target", "ActionAfterCompletion")
    now = datetime.now(UTC)
    scheduler.update_schedule(**{key: found[key] for key in kept}, ScheduleExpression=f"at({now:%Y-%m-%dT%H:%M:%S})")

    _wait(lambda: deployed.default_route() == {"InstanceId": network.instance})
    _wait(lambda: not deployed.ask(command="status")["suspensions"])
    _wait(lambda: not [each for each in _schedules(scheduler) if each["Name"].startswith(("end-", "remind-"))])


def _wait(until: Callable[[], bool]) -> None:
    """Wait for what the function does in its own time; the limit is for one that never does it."""
    limit = time.monotonic() + 300
    while not until():
        assert time.monotonic() < limit
        time.sleep(0.2)


def _schedules(scheduler: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scheduler.list_schedules()["Schedules"]
    return found


def test_each_use_is_recorded_before_and_after(deployed: Backed):
    events = {
        each["event"]
        for each in read_evidence(deployed.cloud, deployed.outputs.evidence_bucket)
        if each["kind"] == "back-out"
    }

    assert {"begun", "held", "ending", "ended"} <= events


def test_the_role_is_refused_nothing(deployed: Backed):
    deployed.ask(command="settle")

    calls = [call for call in deployed.cloud.calls() if call.function == deployed.output("BackOutFunction")]
    assert calls
    assert not [call for call in calls if call.status in (401, 403)]
