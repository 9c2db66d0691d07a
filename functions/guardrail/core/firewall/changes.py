"""What people read of a plan: one change for each object of ours that will not be as it is now."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.draft import Draft
from guardrail.core.firewall.group_form import group_view, kind, live_form
from guardrail.core.firewall.holdings import Holdings
from guardrail.core.firewall.live import LiveState
from guardrail.core.firewall.ownership import final_name
from guardrail.core.firewall.placement import Placement, point_name
from guardrail.core.firewall.plan import Change
from guardrail.core.firewall.planned_call import Verb
from guardrail.core.firewall.rule_form import RuleForm, ShapedRule, rule_view


@dataclass(frozen=True, slots=True)
class Comparison:
    """A live state beside what is to become of it.

    Attributes:
        ruleset: What ours is to be called.
    """

    bound: BoundPack
    live: LiveState
    held: Holdings
    placed: Placement
    draft: Draft
    ruleset: str

    def changes(self) -> tuple[Change, ...]:
        """Return the changes: groups, ruleset, rules, each sorted by name; new ones, then old ones."""
        groups = [each.change for each in self.draft.replacements if each.change]
        groups += self._groups_deleted()
        rules = (
            self._rules() if self.draft.writes or self.held.more_rulesets else ()
        )  # without a write they are as they should be
        return (*sorted(groups, key=lambda change: change.address), *self._rulesets(), *rules)

    def _groups_deleted(self) -> Iterator[Change]:
        for call in self.draft.leftovers:
            if call.verb is Verb.DELETE_GROUP:
                form = live_form(self.held.groups[call.name])
                yield Change(f"{kind(form)}/{call.name}", group_view(call.name, form), None)

    def _rulesets(self) -> Iterator[Change]:
        """Return the change of our ruleset, and of what else has our prefix; rules that move change their ruleset."""
        if self.draft.writes:
            before, after = self._ruleset_before(), self._ruleset_after()
            if before != after:
                yield Change(f"ruleset/{self.ruleset}", before, after)
        for call in self.draft.leftovers:
            if call.verb is Verb.DELETE_RULESET:
                yield Change(f"ruleset/{call.name}", {"name": call.name, "attached_to": None, "rules_to_move": 0}, None)

    def _ruleset_before(self) -> dict[str, Any] | None:
        ruleset = self.held.ruleset
        if ruleset is None:
            return None
        moving = len(self.held.ruleset_rules if self.placed.point is None else self.held.listed)
        point = point_name(self.bound, self.live, ruleset["attach_to"])
        return {"name": ruleset["name"], "attached_to": point, "rules_to_move": moving}

    def _ruleset_after(self) -> dict[str, Any] | None:
        if self.placed.point is None:
            return None
        point = point_name(self.bound, self.live, self.placed.point)
        return {"name": self.ruleset, "attached_to": point, "rules_to_move": 0}

    def _rules(self) -> Iterator[Change]:
        names, versions, current = self._names(), self._versions(), self._current()
        for target in self.draft.rules:
            rule = current.get(target.form.name)
            if rule is None or not _alike(rule.form, target.form, versions):
                before = None if rule is None else rule_view(rule.form.named(names))
                yield Change(f"rule/{target.form.name}", before, rule_view(target.form.named(names)))
        for form in self._deleted_rules():
            yield Change(f"rule/{form.name}", rule_view(form.named(names)), None)

    def _current(self) -> dict[str, ShapedRule]:
        """Return our rules by name; where a rule stands in two places, the one that stays."""
        stays, goes = self.held.ruleset_rules, self.held.listed
        if self.placed.point is None:
            stays, goes = goes, stays
        return {rule.form.name: rule for rules in (goes, stays) for rule in reversed(rules)}

    def _deleted_rules(self) -> list[RuleForm]:
        """Return our rules that will be gone: those that nothing names, and what is there twice in one list."""
        wanted = {target.form.name for target in self.draft.rules}
        gone = {rule.form.name: rule.form for rule in self.held.rules() if rule.form.name not in wanted}
        twice = [form for rules in (self.held.ruleset_rules, self.held.listed) for form in _repeated(rules, wanted)]
        return sorted((*gone.values(), *twice), key=lambda form: form.name)

    def _names(self) -> dict[str, str]:
        """Return names for uuids and references: our groups have their final ones, whatever they are called now.

        What is not ours is marked, so that no group of somebody's reads like one of ours or of the controller's own.
        """
        names = {uuid: f"{name} (not ours)" for uuid, name in self.held.names.items()}
        names |= {group["uuid"]: final_name(name) for name, group in self.held.groups.items()}
        return names | self._versions()

    def _versions(self) -> dict[str, str]:
        """Return the pack's groups by every uuid and reference that stands for them, now or in between."""
        return {uuid: each.name for each in self.draft.replacements for uuid in each.aliases}


def _alike(form: RuleForm, target: RuleForm, versions: Mapping[str, str]) -> bool:
    """A rule that is only to name another version of a group of ours is no change: the group is one."""
    return form == target or form.renamed(versions) == target.renamed(versions)


def _repeated(rules: Sequence[ShapedRule], wanted: Set[str]) -> Iterator[RuleForm]:
    seen: set[str] = set()
    for rule in rules:
        if rule.form.name in seen and rule.form.name in wanted:
            yield rule.form
        seen.add(rule.form.name)
