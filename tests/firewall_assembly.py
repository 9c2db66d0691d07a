"""The cloud assembly of the firewall stack, synthesised once, with placeholders for what differs from run to run."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from guardrail_lab.deployment import LAB_ZONE, synthesise
from guardrail_lab.firewall import BINDINGS, firewall_stack
from tests.once import once

STACK = firewall_stack(LAB_ZONE)
CONTROLLER = "https://127.0.0.1:65001"
SECRET = "arn:aws:secretsmanager:us-east-1:000000000000:secret:placeholder-AbCdEf"
KEY = "arn:aws:kms:us-east-1:000000000000:key/0a1b2c3d"
ALERTS_KEY = "arn:aws:kms:us-east-1:000000000000:key/4e5f6a7b"
VARIANTS: dict[str, dict[str, Any]] = {
    "least": {},
    "everything": {
        "account": "222233334444",
        "secret_key_arn": KEY,
        "alerts_key_arn": ALERTS_KEY,
        "spoke_gateway": "agentcore-vca-agentcore-spoke",
        "schedule_minutes": 480,
        "heal": True,
        "change_window": {"days": ["mon", "tue"], "hours": "22:00-04:00", "timezone": "UTC"},
        "accept_controller_wide": True,
        "break_glass_principals": ["arn:aws:iam::000000000000:role/oncall"],
        "vpc": {"subnets": ["subnet-0a1b2c3d"], "security_groups": ["sg-0a1b2c3d"]},
    },
}


def context(directory: Path, **changes: object) -> dict[str, Any]:
    """What stands under `firewall` in the context, and its bindings in the directory."""
    place = {"region": LAB_ZONE.region, "runtime_subnets": list(LAB_ZONE.subnets)}
    file = directory / "bindings.json"
    file.write_text(json.dumps({**BINDINGS, **place}))
    return {"controller": CONTROLLER, "secret_arn": SECRET, "policy_pack": {"bindings": str(file)}, **changes}


@cache
def firewall_assembly(variant: str = "least") -> Path:
    def make(directory: Path) -> None:
        synthesise(LAB_ZONE, directory / "cdk.out", firewall=context(directory, **VARIANTS[variant]))

    return once(f"firewall-{variant}", make) / "cdk.out"


def stack_of(variant: str) -> str:
    return STACK.replace(LAB_ZONE.account, VARIANTS[variant].get("account", LAB_ZONE.account))


def firewall_template(variant: str = "least") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        (firewall_assembly(variant) / f"{stack_of(variant)}.template.json").read_text()
    )
    return document
