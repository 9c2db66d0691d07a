"""Broken rules in words, for the forms that want a sentence."""

from guardrail.core.runtimes.rules import BrokenRule, Observed, RuleId
from guardrail.core.runtimes.verdict import Violation

TITLES = {
    RuleId.NETWORK_MODE: "The runtime's network mode is not VPC",
    RuleId.SUBNETS: "The runtime is in subnets outside the landing zone, or in none",
    RuleId.SECURITY_GROUPS: "The runtime has security groups outside the landing zone, or none",
    RuleId.CAPACITY_PROVIDER: "The runtime runs on a capacity provider that is not approved",
    RuleId.SERVICE_S3_ENDPOINT: "The runtime may reach S3 through the service's own gateway, outside the VPC",
}


def violation_sentence(violation: Violation) -> str:
    """Say what a reachable version has, and what it may have."""
    served = f"served by {', '.join(violation.endpoints)}" if violation.endpoints else "the newest, not served yet"
    return _sentence(violation.version, served, violation.broken)


def dormant_sentence(version: int, broken: BrokenRule) -> str:
    """Say what a version has that no endpoint serves now, and what it may have."""
    return _sentence(version, "dormant", broken)


def _sentence(version: int, state: str, broken: BrokenRule) -> str:
    return f"Version {version} ({state}) has {_words(broken.observed)}; allowed is {_words(broken.allowed)}."


def _words(value: Observed) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return str(value).lower() if isinstance(value, bool) else value
