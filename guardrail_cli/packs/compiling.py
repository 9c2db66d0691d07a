"""What `guardrail pack compile` does: prints the state that a controller is to have, and the requests that say so."""

from typing import Any

from guardrail.core.firewall import wire
from guardrail.core.firewall.check import unproven
from guardrail.core.firewall.compile import DesiredState
from guardrail.core.firewall.deployable import Deployable
from guardrail.core.firewall.pack import Mode
from guardrail.core.firewall.versions import CURRENT, ControllerVersion, parse_version
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.output import write_document
from guardrail_cli.packs.bound import bound_pack
from policy_pack.bindings import Bindings


def compile_pack(given: str | None, bindings: str, version: str | None, mode: Mode | None) -> ExitCode:
    """Compile a pack for a controller version and a mode, and print the result.

    Raises:
        GuardrailError: Something cannot be read, or anything at all is wrong with the pack.
    """
    target = CURRENT if version is None else parse_version("--controller-version", version)
    bound, loaded = bound_pack(given, bindings, mode)
    document = _document(bound.fitting(target), bound.desired(target), loaded.bindings, target, bound.mode)
    write_document(document)
    return ExitCode.FINE


def _document(
    fitting: Deployable, desired: DesiredState, bindings: Bindings, version: ControllerVersion, mode: Mode
) -> dict[str, Any]:
    document = desired.document()
    document["default_action"]["managed"] = bindings.manage_default_action
    return {
        "pack": fitting.pack.name,
        "controller_version": str(version),
        "mode": mode.value,
        **document,
        "omitted": [{"rule": omission.rule, "why": omission.why} for omission in fitting.omitted],
        "adjusted": list(fitting.adjusted),
        "unproven": [_unproven(fitting, each.position, each.why) for each in unproven(fitting, bindings.site)],
        "wire": _wire(desired, bindings, version),
    }


def _unproven(fitting: Deployable, position: int, why: str) -> dict[str, Any]:
    expected = fitting.pack.expectations[position]
    told = {"from": expected.source, "to": dict(expected.target)}
    return {"expectation": {**told, "decision": expected.decision.value, "by": expected.by}, "why": why}


def _wire(desired: DesiredState, bindings: Bindings, version: ControllerVersion) -> dict[str, Any]:
    """Return the request bodies. Addresses of groups stand for their uuids, which the controller gives out."""
    uuids = {group.name: f"smart_group/{group.name}" for group in desired.smart_groups}
    uuids |= {group.name: f"web_group/{group.name}" for group in desired.web_groups}
    point = bindings.one("attachment_point") or wire.FIRST_ATTACHMENT_POINT
    return {
        "app_domains": [
            *map(wire.smart_group_body, desired.smart_groups),
            *map(wire.web_group_body, desired.web_groups),
        ],
        "policy_list": wire.policy_list_body(desired, uuids, version),
        "ruleset": (
            wire.ruleset_body(desired, uuids, version, wire.ATTACHMENT_POINTS.get(point, point))
            if version.has_rulesets
            else None
        ),
        "default_action": wire.default_action_body(desired.default_action) if bindings.manage_default_action else None,
    }
