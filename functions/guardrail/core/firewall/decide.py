"""How a flow is decided: by the first enforcing rule that matches; what is not known never passes for knowledge."""

from collections.abc import Mapping

from guardrail.core.firewall.addresses import PUBLIC, Extent, extent
from guardrail.core.firewall.answer import Answer, Decision, Note, Shadow
from guardrail.core.firewall.bypass import Bypass
from guardrail.core.firewall.flow import Flow
from guardrail.core.firewall.matching import Matcher, Seen, chosen
from guardrail.core.firewall.membership import Bits, positions
from guardrail.core.firewall.objects import (
    ANYWHERE,
    DEFAULT_ACTION,
    PUBLIC_INTERNET,
    Action,
    Decrypt,
    Enforcement,
    Rule,
    SmartGroup,
)
from guardrail.core.firewall.policy import Policy
from guardrail.core.firewall.site import NOWHERE, Site

_MOST_NAMED = 5
"""Rules that notes name one by one; more of them would hide the rest."""


class Decider:
    """A policy at a site, indexed once and then asked about any number of flows."""

    def __init__(self, policy: Policy, site: Site = NOWHERE) -> None:
        """Index the policy.

        Args:
            site: What is known of the addresses behind subnets, VPCs and endpoint names.
        """
        groups = {name: SmartGroup(name) for name in (ANYWHERE, PUBLIC_INTERNET)} | dict(policy.smart_groups)
        self.extents: Mapping[str, Extent] = {name: extent(group, site) for name, group in groups.items()}
        self._rules = tuple(rule for rule in policy.rules() if rule.enforcement is not Enforcement.DISABLE)
        self._default = policy.default_action
        self._matcher = Matcher(self._rules, groups, self.extents, policy.web_groups)
        self._bypass = Bypass(self.extents, site)
        self._enforcing = chosen(self._rules, lambda rule: rule.enforcement is Enforcement.ENFORCE)
        self._unverified = chosen(self._rules, self._trusts_names)

    def decide(self, flow: Flow) -> Answer:
        """Decide a flow.

        Raises:
            InvalidInput: It names a smart group that the policy does not have.
        """
        answer, bypass = self._by_rules(flow), self._bypass.reason(flow)
        if bypass is None:
            return answer
        told = f"{answer.decision} by {answer.by}" if answer.by else answer.decision
        return Answer(Decision.NOT_INSPECTED, None, notes=(f"not-inspected: {bypass}", f"if-inspected: {told}"))

    def _by_rules(self, flow: Flow) -> Answer:
        """Decide with everything unknown as no, then see what the unknown rules ahead of the decider would change."""
        seen = self._matcher.seen(flow)
        hits = seen.sure & self._enforcing
        first = hits & -hits
        earlier = first - 1  # without any hit that is -1: every rule
        denied = bool(first & seen.denying) if first else self._default.action is Action.DENY
        doubtful = seen.possible & ~seen.sure & self._enforcing & earlier
        contrary = doubtful & (~seen.denying if denied else seen.denying)
        watching = seen.sure & ~self._enforcing & earlier
        notes = self._assumptions(flow)
        if contrary:
            decision, by = Decision.INDETERMINATE, None
            notes += [f"unknown: {rule.name} would {_word(seen, bit)}" for bit, rule in self._named(contrary)]
        else:
            decision = Decision.DENY if denied else Decision.PERMIT
            by = self._rule(first).name if first else DEFAULT_ACTION
            notes += self._reservations(seen, first)
            notes += [f"may-be-by: {rule.name}" for _, rule in self._named(doubtful)] if doubtful else []
        if watching and decision is not Decision.PERMIT:
            notes.append(Note.WATCH_AMBIGUOUS.value)
        return Answer(decision, by, self._shadow(seen, watching), tuple(notes), self._logged(first, contrary))

    def _assumptions(self, flow: Flow) -> list[str]:
        return [Note.FQDN_BY_NAME.value] if flow.dst is None and self._matcher.by_fqdn else []

    def _reservations(self, seen: Seen, first: Bits) -> list[str]:
        """Return what somebody should know who relies on the decision of a rule."""
        notes = []
        if first & seen.not_tls:
            notes.append(Note.NOT_TLS.value)
        elif first & self._unverified:
            notes.append(Note.SNI_UNVERIFIED.value)
        if first & seen.assumed:
            notes.append(Note.PATH_CASE_ASSUMED.value)
        return notes

    def _trusts_names(self, rule: Rule) -> bool:
        """Say whether the rule permits, by name, what it does not open, to more addresses than the name has."""
        broad = any(self.extents[name].sure.covers(PUBLIC) for name in rule.dst)
        return rule.action is Action.PERMIT and bool(rule.web) and rule.decrypt is not Decrypt.ALLOWED and broad

    def _shadow(self, seen: Seen, watching: Bits) -> tuple[Shadow, ...]:
        if not watching:
            return ()
        return tuple(Shadow(self._rules[at].name, _word(seen, 1 << at)) for at in positions(watching))

    def _logged(self, first: Bits, contrary: Bits) -> bool:
        """Say whether a log line is certain: whoever decides, it logs."""
        logged = self._rule(first).logging if first else self._default.logging
        return logged and all(self._rules[at].logging for at in positions(contrary)) if contrary else logged

    def _named(self, rules: Bits) -> list[tuple[Bits, Rule]]:
        return [(1 << at, self._rules[at]) for at in positions(rules)[:_MOST_NAMED]]

    def _rule(self, bit: Bits) -> Rule:
        return self._rules[bit.bit_length() - 1]


def _word(seen: Seen, bit: Bits) -> Decision:
    return Decision.DENY if bit & seen.denying else Decision.PERMIT
