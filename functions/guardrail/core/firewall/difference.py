"""Two packs compared by what they do to flows, not by their lines."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from guardrail.core.firewall.answer import Answer, Decision
from guardrail.core.firewall.decide import Decider
from guardrail.core.firewall.flow import parse_flow
from guardrail.core.firewall.pack import PolicyPack
from guardrail.core.firewall.samples import sample_flows
from guardrail.core.firewall.site import Site
from guardrail.core.firewall.sources import Sources


@dataclass(frozen=True, slots=True)
class Change:
    """A flow that two packs decide differently."""

    flow: dict[str, Any]
    before: Answer
    after: Answer

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        told = {
            when: {"decision": answer.decision.value, "by": answer.by}
            for when, answer in (("before", self.before), ("after", self.after))
        }
        return {"flow": self.flow, **told}


@dataclass(frozen=True, slots=True)
class Difference:
    """What was found by trying every part of every rule of both packs; more cannot be ruled out.

    Attributes:
        tried: How many flows were decided.
        renamed: How many are decided alike, but by another rule.
    """

    changes: tuple[Change, ...]
    tried: int
    renamed: int

    def newly(self, decision: Decision) -> tuple[Change, ...]:
        """Return the changes to a decision."""
        return tuple(change for change in self.changes if change.after.decision is decision)

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "newly_allowed": [change.document() for change in self.newly(Decision.PERMIT)],
            "newly_denied": [change.document() for change in self.newly(Decision.DENY)],
            "no_longer_decided": [
                change.document()
                for change in self.changes
                if change.after.decision in (Decision.INDETERMINATE, Decision.NOT_INSPECTED)
            ],
            "decided_by_another_rule": self.renamed,
            "tried": self.tried,
            "complete": False,
        }


def difference(before: PolicyPack, after: PolicyPack, site: Site) -> Difference:
    """Compare what two packs decide."""
    deciders = (Decider(before.policy(), site), Decider(after.policy(), site))
    changes, tried, renamed = [], 0, 0
    for flow in _flows((before, after), deciders):
        old, new = (_decided(flow, decider) for decider in deciders)
        tried += 1
        if old.decision is not new.decision:
            changes.append(Change(flow, old, new))
        else:
            renamed += old.by != new.by
    return Difference(tuple(changes), tried, renamed)


def _flows(packs: tuple[PolicyPack, ...], deciders: tuple[Decider, ...]) -> Iterator[dict[str, Any]]:
    """Yield the samples of both packs; of a group that only one of them has so wide, an address in what is more."""
    seen = set()
    for pack, decider, other in zip(packs, deciders, reversed(deciders), strict=True):
        apart = {f"{name} of the other": extent for name, extent in other.extents.items()}
        for flow in sample_flows(pack, Sources(apart | dict(decider.extents))):
            key = json.dumps(flow, sort_keys=True)
            if key not in seen:
                seen.add(key)
                yield flow


def _decided(flow: dict[str, Any], decider: Decider) -> Answer:
    """Decide a flow of either pack; a group that this one lacks says nothing to it."""
    known = {
        key: [name for name in value if name in decider.extents] if key.endswith("_groups") else value
        for key, value in flow.items()
    }
    return decider.decide(parse_flow(known))
