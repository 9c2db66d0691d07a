"""The templates of all stacks that have roles, by name, and what is asked of policies in them."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from aws_cdk import App
from aws_cdk.assertions import Template

from guardrail_lab.deployment import LAB_ZONE
from stacks.prevention import PreventionProps, PreventionStack
from tests.assembly import STACK, responding_assembly, template
from tests.builders import Json
from tests.firewall_assembly import firewall_template


def _responding() -> Json:
    document: Json = json.loads((responding_assembly() / f"{STACK}.template.json").read_text())
    return document


def _prevention() -> Json:
    props = PreventionProps(
        zones=(LAB_ZONE,),
        region=LAB_ZONE.region,
        roles=(),
        path="/developers/",
        cdk_regions=(),
        cdk_qualifier="hnb659fds",
        side_doors=None,
        gateway_targets=False,
    )
    document: Json = Template.from_stack(PreventionStack(App(), "Prevention", props=props)).to_json()
    return document


TEMPLATES: dict[str, Callable[[], Json]] = {
    "guardrail": template,
    "guardrail, repairing": _responding,
    "firewall": firewall_template,
    "firewall, everything": lambda: firewall_template("everything"),
    "prevention": _prevention,
}


@cache
def template_of(name: str) -> Json:
    return TEMPLATES[name]()


def of_type(name: str, resource_type: str) -> dict[str, Any]:
    """Properties of the resources of a type, by logical id."""
    found = template_of(name)["Resources"].items()
    return {key: each["Properties"] for key, each in found if each["Type"] == resource_type}


def actions_of(statement: Json) -> list[str]:
    return _listed(statement["Action"])


def resources_of(statement: Json) -> list[Any]:
    return _listed(statement["Resource"])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
