"""A deployed back-out function: moto's account, a VPC whose routes follow, a simulated controller with our rules."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from back_out.handler import handler
from guardrail.world.back_out import back_out_world
from guardrail_lab.controller.network import LabNetwork, build_network
from guardrail_lab.controller.seed import SPOKE
from tests.back_out_cloud import ANYWHERE
from tests.builders import EVENTS, Json
from tests.controller_lab import PASSWORD, USER, ControllerLab
from tests.deployed import Deployed, deploy

ARN = "arn:aws:lambda:us-east-1:111122223333:function:back_out"
ROLE = "arn:aws:iam::111122223333:role/scheduler"
RULES = (("28-deny-known-exfil", "DENY"), ("30-allow-models", "PERMIT"), ("100-default-deny", "DENY"))


@dataclass
class BackOutFunction:
    """The function, what it works on, and what it left."""

    deployed: Deployed
    lab: ControllerLab
    network: LabNetwork

    def invoke(self, event: str | Json, arn: str = ARN) -> Json:
        asked = json.loads((EVENTS / f"back_out__{event}.json").read_text()) if isinstance(event, str) else event
        context = SimpleNamespace(
            function_name="back_out", memory_limit_in_mb=512, invoked_function_arn=arn, aws_request_id="id"
        )
        answer: Json = handler(asked, context)  # type: ignore[arg-type]
        json.dumps(answer)
        return answer

    def default_route(self) -> Json:
        return self.network.default_route() or {}

    def snat(self) -> bool:
        return bool(self.lab.simulator.sim.world.gateways[SPOKE]["snat"])

    def schedules(self) -> dict[str, Any]:
        scheduler = self.deployed.clients("scheduler")
        names = [each["Name"] for each in scheduler.list_schedules(GroupName="back-out")["Schedules"]]
        return {name: scheduler.get_schedule(GroupName="back-out", Name=name) for name in names}


@contextmanager
def back_out_function(
    aws: Callable[[str], Any], lab: ControllerLab, setenv: Callable[[str, str], None]
) -> Iterator[BackOutFunction]:
    """Deploy it into an empty account."""
    lab.renew()
    deployed, network = deploy(aws), build_network(aws("ec2"))
    _arrange(lab, network)
    aws("scheduler").create_schedule_group(Name="back-out")
    login = {"url": lab.url, "username": USER, "password": PASSWORD, "ca_certificate": Path(lab.ca_file).read_text()}
    aws("secretsmanager").create_secret(Name="controller", SecretString=json.dumps(login))
    environment = deployed.environment() | {
        "SCOPES": "response,policy,insertion",
        "SCHEDULE_GROUP": "back-out",
        "SCHEDULE_ROLE_ARN": ROLE,
        "DEAD_LETTERS_ARN": "arn:aws:sqs:us-east-1:111122223333:dead",
        "CONTROLLER": lab.url,
        "CONTROLLER_SECRET": "controller",
        "NAME_PREFIX": "agentcore",
        "GATEWAYS": SPOKE,
        "RUNTIME_SUBNETS": network.runtime_subnet,
        "LEASE_TABLE": "state",
    }
    for name, value in environment.items():
        setenv(name, value)
    back_out_world.cache_clear()
    yield BackOutFunction(deployed, lab, network)


def _arrange(lab: ControllerLab, network: LabNetwork) -> None:
    network.put_into(lab.simulator.sim.world)
    lab.simulator.follow(network.follow)
    client = lab.client()
    runtimes = client.groups.create("agentcore-runtimes", [{"cidr": "10.50.10.0/24"}])
    shared = {"src_ads": [runtimes], "dst_ads": [ANYWHERE], "protocol": "TCP", "logging": True}
    rules = [
        {"name": f"agentcore-{name}", "action": action, "priority": int(name.split("-")[0]), **shared}
        for name, action in RULES
    ]
    rules[0] |= {"port_ranges": [{"lo": 25}]}
    rules[1] |= {"port_ranges": [{"lo": 8443}]}
    foreign = {"name": "other-team", "action": "PERMIT", "priority": 5, **shared, "port_ranges": [{"lo": 22}]}
    client.policies.replace([foreign, *rules], client.posture.version())
    lab.requests.clear()
