"""Why a plan is not carried out: each reason in one line that says what was found, what was expected, what to do."""

from collections.abc import Callable
from dataclasses import dataclass

from guardrail.core.firewall.cautions import DCF_OFF
from guardrail.core.firewall.changes import Comparison
from guardrail.core.firewall.compile import DesiredState
from guardrail.core.firewall.enforced import is_enforced
from guardrail.core.firewall.group_form import is_web, live_form, wanted_form
from guardrail.core.firewall.installations import installations
from guardrail.core.firewall.live import is_system
from guardrail.core.firewall.objects import SmartGroup, WebGroup
from guardrail.core.firewall.overtaking import in_the_way
from guardrail.core.firewall.ownership import Ownership
from guardrail.core.firewall.plan import Change, ChangeAction
from guardrail.core.firewall.planned_call import Verb
from guardrail.core.firewall.shown import shown
from guardrail.core.firewall.versions import WEB_GROUPS

_MOST_NAMED = 10
NOTHING_DONE = "nothing was applied"


@dataclass(frozen=True, slots=True)
class Case:
    """What the reasons are about."""

    comparison: Comparison
    desired: DesiredState
    ownership: Ownership
    changes: tuple[Change, ...]


def refusal(case: Case) -> str | None:
    """Return the first reason not to carry a plan out, or None."""
    return next((f"{why}; {NOTHING_DONE}" for reason in _REASONS for why in [reason(case)] if why), None)


def _too_old(case: Case) -> str | None:
    version = case.comparison.live.version
    return f"controller {version} has no web groups, expected {WEB_GROUPS} or newer" if version < WEB_GROUPS else None


def _off(case: Case) -> str | None:
    return None if case.comparison.live.dcf_on else DCF_OFF


def _prefix(case: Case) -> str | None:
    live, prefix = case.comparison.live, case.ownership.prefix
    own = [name.removeprefix(f"{prefix}-") for name in case.comparison.bound.names()]
    objects = (*live.groups, *live.policies, *(live.rulesets or ()))
    in_use = () if _is_settled(case) else installations(live).values()
    other = case.ownership.extended((each["name"] for each in objects), own, in_use)
    if other is None:
        return None
    return f"name_prefix {prefix} extends {other}, which is in use: expected one that no other installation owns"


def _is_settled(case: Case) -> bool:
    """Who has rules here already, or had some by the record, keeps them: the other one came later, and is refused."""
    return any(map(case.ownership.owns, case.ownership.known)) or any(True for _ in case.comparison.held.rules())


def _clash(case: Case) -> str | None:
    live, held = case.comparison.live, case.comparison.held
    wanted = {group.name: group for group in case.desired.groups()}
    for group in live.groups:
        mine = wanted.get(group["name"])
        if mine and (is_system(group) or _other_kind(group["name"], mine, case)):
            return f"group {shown(group['name'])} exists and is of another kind or the controller's own; rename one"
    named = [each for each in live.rulesets or () if each["name"] == case.desired.ruleset]
    if len(named) > 1 or any(each is not held.ruleset for each in named):
        return f"{shown(case.desired.ruleset)} exists and is no ruleset of ours; rename the pack or that object"
    attached = [each["name"] for each in held.more_rulesets if each.get("attach_to") and _is_known(each["name"], case)]
    return f"a second ruleset has our prefix and is attached: {_listed(attached)}; detach it" if attached else None


def _other_kind(name: str, wanted: SmartGroup | WebGroup, case: Case) -> bool:
    group = case.comparison.held.groups.get(name)
    form = live_form(group) if group else frozenset()
    return bool(form) and is_web(form) is not is_web(wanted_form(wanted))


def _no_point(case: Case) -> str | None:
    placed = case.comparison.placed
    return None if placed.possible else placed.warning


def _unknown(case: Case) -> str | None:
    gone = (change for change in case.changes if change.action is ChangeAction.DELETE)
    unknown = [each.address for each in gone if not _is_known(_name(each), case)]
    if not unknown:
        return None
    return (
        f"{_extended_by(case)}not ours by any record, though the prefix is: {_listed(unknown)}; expected objects that "
        "this or an earlier version of the pack names; rename what is somebody else's, or pass --adopt NAME for what "
        "is ours"
    )


def _extended_by(case: Case) -> str:
    """Say whose objects they seem to be, where the prefix of another installation begins with ours."""
    prefix = case.ownership.prefix
    others = (other for rule, other in installations(case.comparison.live).items() if not _is_known(rule, case))
    longer = min((other for other in others if other.startswith(f"{prefix}-")), default=None)
    return f"name_prefix {prefix} is extended by {shown(longer)}, which is in use: choose another; " if longer else ""


def _is_known(name: str, case: Case) -> bool:
    return case.ownership.may_delete(name, case.comparison.bound.names())


def _too_many(case: Case) -> str | None:
    gone = [change.address for change in case.changes if change.action is ChangeAction.DELETE]
    if case.comparison.placed.point is None:
        gone = [address for address in gone if address != f"ruleset/{case.desired.ruleset}"]
    limit = case.comparison.bound.pack.max_deletes
    if len(gone) <= limit:
        return None
    return (
        f"plan deletes {len(gone)} owned objects, the limit is {limit}: {_listed(gone)}; "
        "if this is meant, raise max_deletes in pack.yaml"
    )


def _foreign_use(case: Case) -> str | None:
    uses = case.comparison.held.foreign_uses
    for call in case.comparison.draft.calls():
        if call.verb is Verb.DELETE_GROUP and call.uuid and call.uuid in uses:
            rule = shown(uses[call.uuid])
            return f"group {shown(call.name)} must be replaced or deleted, but rule {rule}, which is not ours, names it"
    return None


def _overtakes(case: Case) -> str | None:
    """A move from one place to the other changes who is asked first: ours, or rules of others in the V1 list."""
    held, placed = case.comparison.held, case.comparison.placed
    rulesets = case.comparison.live.rulesets or ()
    attached = held.ruleset is not None and is_enforced(held.ruleset, rulesets)
    moves_up = placed.point is not None and bool(held.listed) and not attached
    moves_down = placed.point is None and attached and bool(held.ruleset_rules)
    if not (moves_up or moves_down):
        return None
    where = "before" if moves_up else "behind"
    return in_the_way(case.desired, case.comparison.live, held.others_listed, where)


_REASONS: tuple[Callable[[Case], str | None], ...] = (
    _too_old, _off, _prefix, _clash, _no_point, _unknown, _too_many, _foreign_use, _overtakes,
)  # fmt: skip


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(map(shown, names[:_MOST_NAMED])) + (f" and {more} more" if more > 0 else "")


def _name(change: Change) -> str:
    return change.address.partition("/")[2]
