"""What undoing a drift would let through, decided by the evaluator on flows that try every part of our rules."""

from guardrail.core.errors import GuardrailError
from guardrail.core.firewall.answer import Decision
from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.difference import difference
from guardrail.core.firewall.live import LiveState
from guardrail.core.firewall.pack import PolicyPack
from guardrail.core.firewall.site import NOWHERE


def lets_more_through(bound: BoundPack, live: LiveState) -> bool:
    """Say whether some flow that our rules deny now would no longer be denied; what cannot be decided might be.

    Our rules are looked at alone: what those of others do to a flow is the same before and after. Every part of every
    rule is tried; that no other flow is let through cannot be proven so.
    """
    try:
        before, after = _ours(bound, live), _wanted(bound, live)
        found = difference(before, after, NOWHERE)
    except (GuardrailError, KeyError, ValueError):  # a rule of a form, or with a group, that nobody knows
        return True
    return any(change.after.decision is not Decision.DENY for change in found.changes)


def _ours(bound: BoundPack, live: LiveState) -> PolicyPack:
    policy = live.policy()
    return PolicyPack(
        name="live",
        smart_groups=policy.smart_groups,
        web_groups=policy.web_groups,
        rules=tuple(rule for rule in policy.rules() if rule.name.startswith(f"{bound.prefix}-")),
        default_action=policy.default_action,
    )


def _wanted(bound: BoundPack, live: LiveState) -> PolicyPack:
    """What the pack says, under the default action that is there: to change that one is not healing."""
    desired = bound.desired(live.version)
    return PolicyPack(
        name="pack",
        smart_groups={group.name: group for group in desired.smart_groups},
        web_groups={group.name: group for group in desired.web_groups},
        rules=desired.rules,
        default_action=live.policy().default_action,
    )
