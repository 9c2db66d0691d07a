"""The serial oracle: where one patient guardrail, alone in the world, would leave a runtime that nobody else changes.

Written separately from the code: from the issue, contracts/agentcore.md §1.3-1.5, §2, §8 and the laws. It takes a
runtime as it is once everybody else has stopped, in the middle of a ladder too, and says how it has to end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.chaos.judge import Answer, Approved, Sight, served

SESSIONS, PROVIDER, AUTHORIZER = "filesystemConfigurations", "capacityProviderConfiguration", "authorizerConfiguration"
STACK = "aws:cloudformation:stack-name"
LONGEST_POLICY = 20_480
DENIAL_AT_LEAST = 150
"""Characters that the shortest denial adds to a policy, about."""


class End(StrEnum):
    """How a runtime ends."""

    AS_IT_IS = "nothing was wrong, or nothing may be done: nothing of ours is on it"
    CONTAINED = "every endpoint on a compliant version, the denial lifted"
    QUARANTINED = "the denial in place, nothing else changed"
    ESCALATED = "the denial in place, a person told why, nothing else changed"
    OPEN = "no denial possible, a person told why"
    NOT_JUDGED = "deleted, being deleted or never created: nobody's business"


@dataclass(frozen=True)
class Terms:
    """What the guardrail may do."""

    mode: str
    approved: Approved
    subnets: tuple[str, ...]
    groups: tuple[str, ...]
    may_wipe_sessions: bool = False


@dataclass(frozen=True)
class Circumstances:
    """What nobody reads from the snapshot, and what decides all the same.

    Attributes:
        refuses_authorizer: The service answers "Authorizer already exists".
        next_update_fails: The next update ends in UPDATE_FAILED.
        this_update_fails: The newest version is in UPDATE_FAILED, or on its way there.
        unknown_member: GetAgentRuntime shows a member that the SDK's Update lacks.
        harness: A harness manages it.
    """

    refuses_authorizer: bool = False
    next_update_fails: bool = False
    this_update_fails: bool = False
    unknown_member: bool = False
    harness: bool = False


@dataclass(frozen=True)
class Expected:
    """The end.

    Attributes:
        ends: Any of these; more than one where the issue leaves it open.
        newest: Number of the newest version; None where `ends` leaves it open.
        placement: What the newest version's networkConfiguration has to be; None if it is the one it has.
        endpoints: Which version each named endpoint must serve in the end, if contained.
        why: A word that the escalation has to contain, or "".
    """

    ends: frozenset[End]
    newest: int | None = None
    placement: Mapping[str, Any] | None = None
    endpoints: Mapping[str, int] = field(default_factory=dict)
    why: str = ""


def serial_end(sight: Sight | None, terms: Terms, about: Circumstances) -> Expected:
    """Say how this runtime has to end."""
    if sight is None or sight.status in ("DELETING", "CREATE_FAILED", "DELETE_FAILED"):
        return Expected(frozenset({End.NOT_JUDGED}))
    settled = {endpoint["name"]: _settled(endpoint, sight, about) for endpoint in sight.endpoints}
    drifted = frozenset(number for number in {sight.newest, *settled.values()} if _is_wrong(number, sight, terms))
    if about.this_update_fails:  # DEFAULT still names the failed version as its target: it counts as reached
        drifted |= sight.escapes(terms.approved)
    if terms.mode == "OBSERVE":
        return Expected(frozenset({End.AS_IT_IS}), sight.newest, None, settled)
    if not drifted:
        return Expected(frozenset({End.AS_IT_IS, End.CONTAINED}), sight.newest, None, settled)
    if _denial_too_long(sight):
        return Expected(frozenset({End.OPEN, End.CONTAINED}), why="resource policy")
    if terms.mode == "QUARANTINE":
        return Expected(frozenset({End.QUARANTINED, End.ESCALATED}), sight.newest, None, settled)
    return _repaired(sight, terms, about, settled)


def _repaired(sight: Sight, terms: Terms, about: Circumstances, settled: dict[str, int]) -> Expected:
    newest_breaks = bool(sight.breaks(sight.newest, terms.approved))
    hard, soft = blockers(sight, terms, about, newest_breaks=newest_breaks)
    if _is_wrong(settled["DEFAULT"], sight, terms) and not newest_breaks:  # nobody but AgentCore moves it
        hard = hard or soft or "DEFAULT"
    if hard:
        return Expected(frozenset({End.ESCALATED}), sight.newest, None, settled, hard)
    if newest_breaks and about.next_update_fails:
        return Expected(frozenset({End.ESCALATED}), sight.newest + 1, _placement(terms), settled, "UPDATE_FAILED")
    ends = frozenset({End.CONTAINED, End.ESCALATED}) if soft else frozenset({End.CONTAINED})
    final = sight.newest + newest_breaks
    moved = {
        name: final if name == "DEFAULT" or _is_wrong(number, sight, terms) else number
        for name, number in settled.items()
    }
    return Expected(ends, final, _placement(terms) if newest_breaks else None, moved, soft)


def blockers(sight: Sight, terms: Terms, about: Circumstances, *, newest_breaks: bool) -> tuple[str, str]:
    """Return what makes a repair a person's task, and what only may, where the newest version is fine; words or ""."""
    newest = sight.versions[sight.newest]
    found = [
        ("UPDATE_FAILED", about.this_update_fails),
        ("harness", about.harness),
        ("capacity", PROVIDER in newest),
        ("stack", STACK in sight.tags),
        ("session", _keeps_sessions(newest) and not terms.may_wipe_sessions),
        ("member", about.unknown_member),
        ("uthorizer", about.refuses_authorizer and AUTHORIZER in newest),
    ]
    words = [word for word, holds in found if holds]
    if newest_breaks or "harness" in words:
        return ("|".join(words), "")
    return ("", "|".join(words))


def _is_wrong(number: int, sight: Sight, terms: Terms) -> bool:
    """Whether a version that is served breaks a rule, does not exist, or soon will not (law 1: unknown is no pass)."""
    leaving = number != sight.newest and sight.versions.get(number, {}).get("status") == "DELETING"
    return bool(sight.breaks(number, terms.approved)) or leaving


def _settled(endpoint: Answer, sight: Sight, about: Circumstances) -> int:
    """The version that an endpoint serves once nothing is in transit."""
    if about.this_update_fails and endpoint["name"] == "DEFAULT":
        return int(endpoint.get("liveVersion", endpoint["targetVersion"]))
    return int(endpoint["targetVersion"]) if "targetVersion" in endpoint else max(served(endpoint) | {sight.newest})


def _keeps_sessions(newest: Answer) -> bool:
    return any("sessionStorage" in each for each in newest.get(SESSIONS, ()))


def _denial_too_long(sight: Sight) -> bool:
    from tests.chaos.judge import is_denied

    text = sight.policy or ""
    return not is_denied(sight.policy) and len(text) + DENIAL_AT_LEAST > LONGEST_POLICY


def _placement(terms: Terms) -> dict[str, Any]:
    return {"networkMode": "VPC", "subnets": set(terms.subnets), "securityGroups": set(terms.groups)}
