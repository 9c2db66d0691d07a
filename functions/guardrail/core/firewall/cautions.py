"""What of the place and of the groups of our rules somebody should know who reads a plan or a drift."""

from collections.abc import Iterator

from guardrail.core.firewall.changes import Comparison
from guardrail.core.firewall.shown import shown

DCF_OFF = "the controller's feature microseg (Distributed Cloud Firewall) is off, expected on: no rule is enforced"


def cautions(comparison: Comparison) -> Iterator[str]:
    """Yield one line for each: enforcement that is off, a place that was not asked for, rules of others that change."""
    if not comparison.live.dcf_on:
        yield DCF_OFF
    if comparison.placed.warning:
        yield comparison.placed.warning
    for call in (each.at_once for each in comparison.draft.replacements):
        rule = comparison.held.foreign_uses.get(call.uuid or "") if call else None
        if call and rule is not None:
            yield f"group {shown(call.name)} changes under rule {shown(rule)}, which is not ours and names it too"
