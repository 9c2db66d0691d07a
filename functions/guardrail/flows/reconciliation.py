"""What a run of the reconciler needs, is asked to do, and reports."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.live import LiveState
from guardrail.core.firewall.ownership import Ownership
from guardrail.core.firewall.plan import Plan, SyncStatus
from guardrail.core.firewall.saved_plan import SavedPlan, saved
from guardrail.core.switch import Scope
from guardrail.ports.firewall import ControllerLease, Firewall
from guardrail.ports.shared import Clock, Evidence


@dataclass(frozen=True, slots=True)
class World:
    """What the use case needs. `engaged` says whether a loop may act, and is asked before every call."""

    firewall: Firewall
    engaged: Callable[[Scope], bool]
    evidence: Evidence
    lease: ControllerLease
    clock: Clock


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done.

    Attributes:
        accept_controller_wide: The default action may become DENY for every gateway.
        only_tighten: A plan that may permit more than now is refused.
        expected: The plan that is to be applied, and no other.
        subject: Of the evidence: the controller's host; the name prefix if it is empty.
    """

    bound: BoundPack
    ownership: Ownership
    accept_controller_wide: bool = False
    only_tighten: bool = False
    expected: SavedPlan | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found and did.

    Attributes:
        plan: The first one: what differed when the run began.
        sync: Of what was read last.
        refused: Why nothing was done, or why it was stopped half-way; None otherwise.
        applied: Whether anything was written.
        writes: How many requests changed something, or may have.
        rules: Names of our rules by uuid, as they were read last.
        known: Names that the next run needs to know as ours.
        error: What failed, in one line; None if nothing did.
    """

    plan: Plan
    sync: SyncStatus
    refused: str | None = None
    applied: bool = False
    writes: int = 0
    rules: Mapping[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    error: str | None = None

    def document(self, calls: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
        """Return it as JSON values.

        Args:
            calls: All requests that were made but logins, as `method` and `path` or `action`.
        """
        return {
            **self.plan.document(),
            "sync": self.sync.value,
            "refused": self.refused,
            "error": self.error,
            "writes": self.writes,
            "saved": saved(self.plan).document(),
            "calls": list(calls),
        }


def unread(error: str) -> Report:
    """Return the report about a controller that could not be read."""
    nothing = Plan((), 0, 0, None, (), (), (), None)
    return Report(nothing, SyncStatus.UNKNOWN, error=error)


def our_rules(task: Task, live: LiveState) -> dict[str, str]:
    """Return the names of our rules by uuid, wherever they stand."""
    rules = [*live.policies, *(rule for each in live.rulesets or () for rule in each.get("policies") or ())]
    return {rule["uuid"]: rule["name"] for rule in rules if task.ownership.owns(rule["name"])}


def known_names(task: Task, live: LiveState) -> frozenset[str]:
    """Return the names to know as ours: the pack's, and earlier ones that still stand somewhere."""
    objects = (*live.groups, *(live.rulesets or ()))
    standing = {*(each["name"] for each in objects), *our_rules(task, live).values()}
    return task.bound.names() | (task.ownership.known & standing)
