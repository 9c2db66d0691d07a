"""Live state and bound pack -> plan."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.back_out import PERMIT
from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.cautions import cautions
from guardrail.core.firewall.changes import Comparison
from guardrail.core.firewall.compile import DesiredState
from guardrail.core.firewall.default_action import Permissions, default_action_plan
from guardrail.core.firewall.draft import drafted
from guardrail.core.firewall.held_back import without_loosening
from guardrail.core.firewall.holdings import Holdings, holdings
from guardrail.core.firewall.live import LiveState
from guardrail.core.firewall.loosening import loosening
from guardrail.core.firewall.objects import Enforcement
from guardrail.core.firewall.ownership import Ownership
from guardrail.core.firewall.placement import placement
from guardrail.core.firewall.plan import Change, Plan
from guardrail.core.firewall.refusal import NOTHING_DONE, Case, refusal

NO_EXTRA = Permissions()


def make_plan(bound: BoundPack, live: LiveState, ownership: Ownership, permissions: Permissions = NO_EXTRA) -> Plan:
    """Return what is to be done, or why it is not.

    Equal inputs give equal plans. The default action is never changed together with anything else.
    """
    desired = bound.desired(live.version)
    question = _Question(bound, live, ownership, permissions, holdings(live, ownership, desired.ruleset))
    plan = question.plan(desired)
    if plan.refused or not plan.loosens or not permissions.only_tighten:
        return plan
    return question.tightened(plan, desired)


@dataclass(frozen=True, slots=True)
class _Question:
    bound: BoundPack
    live: LiveState
    ownership: Ownership
    permissions: Permissions
    held: Holdings

    def plan(self, desired: DesiredState) -> Plan:
        """Return what leads to a desired state, however much it loosens."""
        bound, live, held = self.bound, self.live, self.held
        placed = placement(bound, live, held)
        draft = drafted(desired, bound, live, held, placed)
        compared = Comparison(bound, live, held, placed, draft, desired.ruleset)
        default = default_action_plan(bound, live, self.permissions)
        changes, calls = compared.changes(), draft.calls()
        refused = refusal(Case(compared, desired, self.ownership, changes)) or default.refused
        changes = ((default.change,) if default.change else ()) + changes
        return Plan(
            changes=changes,
            unchanged=_unchanged(changes, desired),
            foreign=held.foreign,
            refused=refused,
            warnings=(*cautions(compared), *_watched(desired, live), *_ended(changes, bound.prefix), *default.warnings),
            loosens=_loosens(changes, desired),
            calls=() if refused else calls or default.calls(),
            live=live,
            follow_up=default.call if calls and not refused else None,
        )

    def tightened(self, plan: Plan, desired: DesiredState) -> Plan:
        """Return the part of a plan that does not permit more; nothing of it where the parts do not come apart."""
        try:
            tight = self.plan(without_loosening(desired, self.held, plan.loosens))
        except InvalidInput:
            tight = plan
        if tight.loosens or tight.refused:
            why = (
                f"outside of the change window nothing may be loosened: {', '.join(plan.loosens[:10])}; {NOTHING_DONE}"
            )
            return replace(plan, refused=tight.refused or why, calls=(), follow_up=None)
        return replace(tight, loosens=plan.loosens)


def _unchanged(changes: tuple[Change, ...], desired: DesiredState) -> int:
    changed = {change.address.partition("/")[2] for change in changes if change.address.startswith(("smart", "web"))}
    groups = [group for group in desired.groups() if group.name not in changed]
    rules = {change.address for change in changes}
    return len(groups) + sum(f"rule/{rule.name}" not in rules for rule in desired.rules)


def _loosens(changes: tuple[Change, ...], desired: DesiredState) -> tuple[str, ...]:
    """Groups count for the rules that are to name them, and for those that name them now."""
    if not changes:
        return ()
    now = [change.before for change in changes if change.address.startswith("rule/") and change.before]
    return loosening(changes, [*desired.document()["rules"], *now])


def _watched(desired: DesiredState, live: LiveState) -> Iterator[str]:
    watched = any(rule.enforcement is Enforcement.MONITOR for rule in desired.rules)
    if watched and live.default_action is not None and live.default_action.action == "DENY":
        yield "the live default_action is DENY: that a rule is on Watch does not prove that anything is permitted"


def _ended(changes: tuple[Change, ...], prefix: str) -> Iterator[str]:
    """A deployed guardrail waits until a back-out is over; straight at a controller nothing else tells of it."""
    if any(change.address == f"rule/{prefix}-{PERMIT}" for change in changes):
        yield f"somebody has backed out of these rules: {prefix}-{PERMIT} is there; applying this plan ends that"
