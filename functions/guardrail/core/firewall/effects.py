"""What a change of the rules means for a few flows, in words: how each was decided, and how it is now."""

from collections.abc import Iterable

from guardrail.core.firewall.answer import Answer, Decision
from guardrail.core.firewall.decide import Decider
from guardrail.core.firewall.flow import Flow, parse_flow
from guardrail.core.firewall.objects import Action
from guardrail.core.firewall.policy import Policy
from guardrail.core.firewall.target import parse_target

TARGETS = ("https://catbox.moe/", "https://api.openai.com/", "udp://8.8.8.8:53")
"""Flows that are explained: an upload that nobody sanctioned, a model, and a DNS server outside."""


def effects(before: Policy, after: Policy, prefix: str, targets: Iterable[str] = TARGETS) -> list[str]:
    """Return a line for each flow from the sources of our last deny, as decided by the rules before and after.

    They are decided as if they crossed an enforcing gateway; what does not, no rule sees.
    """
    sources = _sources(before, prefix)
    if not sources:
        return []
    was, now = Decider(before), Decider(after)
    logging = frozenset(rule.name for rule in after.rules() if rule.logging)
    lines = []
    for target in targets:
        flow = _flow(target, sources)
        becomes = now.decide(flow)
        told = f"was {_decided(was.decide(flow), prefix)}, now {_decided(becomes, prefix)}"
        lines.append(f"{_host(target)}: {told}{_logged(becomes, logging)}")
    return lines


def _sources(policy: Policy, prefix: str) -> tuple[str, ...]:
    ours = [rule for rule in policy.rules() if rule.name.startswith(f"{prefix}-") and rule.action is Action.DENY]
    return ours[-1].src if ours else ()


def _flow(target: str, sources: tuple[str, ...]) -> Flow:
    return parse_flow({**parse_target("flow", target), "src_groups": list(sources)})


def _host(target: str) -> str:
    scheme, _, rest = target.partition("://")
    return rest.rstrip("/") if scheme == "https" else target


def _decided(answer: Answer, prefix: str) -> str:
    by = "nothing known" if answer.by is None else answer.by.removeprefix(f"{prefix}-")
    return f"{answer.decision} by {by}"


def _logged(answer: Answer, logging: frozenset[str]) -> str:
    """A rule on Watch that logs says what it would have done."""
    denies = any(shadow.would is Decision.DENY and shadow.rule in logging for shadow in answer.shadow)
    return ", logged as would-deny" if denies and answer.decision is Decision.PERMIT else ""
