"""What undoing a drift would let through, decided by the evaluator on flows that try every part of our rules."""

from collections.abc import Iterator
from dataclasses import replace

from guardrail.core.errors import GuardrailError
from guardrail.core.firewall.answer import Decision
from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.difference import difference
from guardrail.core.firewall.live import LiveState
from guardrail.core.firewall.objects import Action, DefaultAction, Enforcement, Rule
from guardrail.core.firewall.overlap import Overlaps
from guardrail.core.firewall.pack import PolicyPack
from guardrail.core.firewall.policy import Policy
from guardrail.core.firewall.site import NOWHERE


def lets_more_through(bound: BoundPack, live: LiveState) -> bool:
    """Say whether some flow that our rules deny now would no longer be denied; what cannot be decided might be.

    A flow that no rule of ours decides any more falls to those of others and to the default action: if one of them may
    permit it, it counts as permitted. Every part of every rule of ours is tried; that no other flow is let through
    cannot be proven so.
    """
    try:
        policy = live.policy()
        ours, wanted = _ours(bound, policy), _wanted(bound, live)
        return any(_lets_through(ours, wanted, rest) for rest in _rests(bound, policy))
    except (GuardrailError, KeyError, ValueError):  # a rule of a form, or with a group, that nobody knows
        return True


def _lets_through(ours: PolicyPack, wanted: PolicyPack, rest: DefaultAction) -> bool:
    before, after = replace(ours, default_action=rest), replace(wanted, default_action=rest)
    return any(change.after.decision is not Decision.DENY for change in difference(before, after, NOWHERE).changes)


def _rests(bound: BoundPack, policy: Policy) -> Iterator[DefaultAction]:
    """Yield what may be done to flows that no rule of ours decides; to change the default action is not healing."""
    yield policy.default_action
    if policy.default_action.action is Action.DENY and _others_permit(bound, policy):
        yield replace(policy.default_action, action=Action.PERMIT)


def _others_permit(bound: BoundPack, policy: Policy) -> bool:
    """Say whether a rule of others may permit what one of ours denies now."""
    acting = [rule for rule in policy.rules() if rule.enforcement is not Enforcement.DISABLE]
    denying = [rule for rule in acting if _is_ours(rule, bound) and rule.action is Action.DENY]
    theirs = [rule for rule in acting if not _is_ours(rule, bound) and rule.action is Action.PERMIT]
    overlaps = Overlaps(policy.smart_groups, policy.web_groups)
    return any(overlaps.meet(ours, other) for ours in denying for other in theirs)


def _ours(bound: BoundPack, policy: Policy) -> PolicyPack:
    return PolicyPack(
        name="live",
        smart_groups=policy.smart_groups,
        web_groups=policy.web_groups,
        rules=tuple(rule for rule in policy.rules() if _is_ours(rule, bound)),
    )


def _wanted(bound: BoundPack, live: LiveState) -> PolicyPack:
    desired = bound.desired(live.version)
    return PolicyPack(
        name="pack",
        smart_groups={group.name: group for group in desired.smart_groups},
        web_groups={group.name: group for group in desired.web_groups},
        rules=desired.rules,
    )


def _is_ours(rule: Rule, bound: BoundPack) -> bool:
    return rule.name.startswith(f"{bound.prefix}-")
