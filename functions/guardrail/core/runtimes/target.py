"""The placement that breaks no rule: where a runtime that drifted belongs."""

from dataclasses import dataclass

from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.rules import RuleId, broken_rules, predates_service_s3_cut_off
from guardrail.core.runtimes.runtime import RuntimeVersion

MAX_IDS = 16
"""AgentCore takes at most this many subnets, and as many security groups."""


@dataclass(frozen=True, slots=True)
class Target:
    """The placement that breaks no rule.

    Attributes:
        service_s3_off: `requireServiceS3Endpoint` must be sent as false; newer runtimes, which report false unasked,
            refuse the member.
        capacity_provider: The approved ARN to use instead, "" to leave Instances compute, None to leave it alone.
    """

    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    service_s3_off: bool = False
    capacity_provider: str | None = None


def target_of(newest: RuntimeVersion | None, zone: LandingZone) -> Target:
    """Return the zone's ids, the first sixteen; a list of the newest version that is already right stays as it is."""
    subnets, groups = zone.subnets[:MAX_IDS], zone.security_groups[:MAX_IDS]
    if newest is None:
        return Target(subnets, groups)
    placement = newest.placement
    broken = {each.rule for each in broken_rules(newest, zone)}
    if placement.mode == "VPC" and RuleId.SUBNETS not in broken and placement.subnets:
        subnets = tuple(sorted(placement.subnets))
    if placement.mode == "VPC" and RuleId.SECURITY_GROUPS not in broken and placement.security_groups:
        groups = tuple(sorted(placement.security_groups))
    return Target(
        subnets,
        groups,
        service_s3_off=placement.service_s3_endpoint is True or predates_service_s3_cut_off(newest),
        capacity_provider=next(iter(zone.capacity_providers), "") if RuleId.CAPACITY_PROVIDER in broken else None,
    )
