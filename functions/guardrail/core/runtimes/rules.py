"""The five rules on where a version may run, each one question with one answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.runtime import PlacementMember, RuntimeVersion

SERVICE_S3_CUT_OFF = datetime(2026, 6, 11, tzinfo=UTC)
"""Runtimes made before it have a service-managed way to S3 outside the VPC until an update switches it off."""

Observed = str | bool | tuple[str, ...]


class RuleId(StrEnum):
    """The rules, in the order in which broken ones are reported."""

    NETWORK_MODE = "network-mode"
    SUBNETS = "subnets"
    SECURITY_GROUPS = "security-groups"
    CAPACITY_PROVIDER = "capacity-provider"
    SERVICE_S3_ENDPOINT = "service-s3-endpoint"


class Severity(StrEnum):
    """How bad a broken rule is: HIGH leaves the landing zone, MEDIUM stays in its subnets with a side door."""

    HIGH = "HIGH"
    MEDIUM = "MEDIUM"


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """One rule that one version breaks: what was observed, and what the landing zone allows instead."""

    rule: RuleId
    observed: Observed
    allowed: Observed


SEVERITY = {
    RuleId.NETWORK_MODE: Severity.HIGH,
    RuleId.SUBNETS: Severity.HIGH,
    RuleId.SECURITY_GROUPS: Severity.MEDIUM,
    RuleId.CAPACITY_PROVIDER: Severity.HIGH,
    RuleId.SERVICE_S3_ENDPOINT: Severity.MEDIUM,
}


def broken_rules(version: RuntimeVersion, zone: LandingZone) -> tuple[BrokenRule, ...]:
    """Return every rule that the version breaks, in rule order. A malformed member breaks none: it is unknown."""
    return tuple([broken for rule in _RULES if (broken := rule(version, zone)) is not None])


def _network_mode(version: RuntimeVersion, zone: LandingZone) -> BrokenRule | None:
    placement = version.placement
    if placement.mode == "VPC" or PlacementMember.NETWORK_MODE in placement.malformed:
        return None
    if placement.mode is None and placement.capacity_provider in zone.capacity_providers:
        return None
    return BrokenRule(RuleId.NETWORK_MODE, "absent" if placement.mode is None else placement.mode, "VPC")


def _subnets(version: RuntimeVersion, zone: LandingZone) -> BrokenRule | None:
    placement = version.placement
    if placement.mode != "VPC" or PlacementMember.SUBNETS in placement.malformed:
        return None
    return _foreign(RuleId.SUBNETS, placement.subnets, zone.subnet_set, zone.subnets)


def _security_groups(version: RuntimeVersion, zone: LandingZone) -> BrokenRule | None:
    placement = version.placement
    if placement.mode != "VPC" or PlacementMember.SECURITY_GROUPS in placement.malformed:
        return None
    return _foreign(RuleId.SECURITY_GROUPS, placement.security_groups, zone.security_group_set, zone.security_groups)


def _foreign(
    rule: RuleId, used: frozenset[str], approved: frozenset[str], allowed: tuple[str, ...]
) -> BrokenRule | None:
    if used and used <= approved:
        return None
    return BrokenRule(rule, tuple(sorted(used - approved)), allowed)


def _capacity_provider(version: RuntimeVersion, zone: LandingZone) -> BrokenRule | None:
    provider = version.placement.capacity_provider
    if provider is None or provider in zone.capacity_providers:
        return None
    return BrokenRule(RuleId.CAPACITY_PROVIDER, provider, zone.capacity_providers)


def _service_s3_endpoint(version: RuntimeVersion, _zone: LandingZone) -> BrokenRule | None:
    placement = version.placement
    if placement.mode != "VPC" or PlacementMember.SERVICE_S3_ENDPOINT in placement.malformed:
        return None
    if placement.service_s3_endpoint is True:
        return BrokenRule(RuleId.SERVICE_S3_ENDPOINT, True, False)
    if placement.service_s3_endpoint is None and predates_service_s3_cut_off(version):
        return BrokenRule(RuleId.SERVICE_S3_ENDPOINT, "absent", False)
    return None


def predates_service_s3_cut_off(version: RuntimeVersion) -> bool:
    """Say whether the version may have the service-managed way to S3; one of unknown age may."""
    return version.created_at is None or version.created_at < SERVICE_S3_CUT_OFF


_RULES: tuple[Callable[[RuntimeVersion, LandingZone], BrokenRule | None], ...] = (
    _network_mode,
    _subnets,
    _security_groups,
    _capacity_provider,
    _service_s3_endpoint,
)
