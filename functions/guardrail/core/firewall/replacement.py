"""How one group gets to hold what it is to hold, without a moment in which a rule means something else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guardrail.core.firewall.group_form import GroupForm, expressions, group_view, kind, live_form, wanted_form
from guardrail.core.firewall.holdings import Holdings
from guardrail.core.firewall.objects import SmartGroup, WebGroup
from guardrail.core.firewall.ownership import temporary_names
from guardrail.core.firewall.plan import Change
from guardrail.core.firewall.planned_call import PlannedCall, Verb, reference

Document = Mapping[str, Any]
Group = SmartGroup | WebGroup


@dataclass(frozen=True, slots=True)
class Replacement:
    """One group of ours.

    Attributes:
        uses: Uuid or reference that rules are to name.
        aliases: Every uuid or reference under which the group stands on the controller, now or in between.
        prepare: Calls before any rule names what they write: they change nothing that is decided.
        at_once: The call that changes it while rules name it, if it is changed in place.
        finish: Calls after no rule names what they delete: they change nothing that is decided either.
        fresh: Whether rules that name the group now are to name a new one in its place.
        change: What people read; None if nothing is to be done.
    """

    name: str
    uses: str
    aliases: frozenset[str]
    prepare: tuple[PlannedCall, ...] = ()
    at_once: PlannedCall | None = None
    finish: tuple[PlannedCall, ...] = ()
    fresh: bool = False
    change: Change | None = None


def replacement(group: Group, held: Holdings, taken: frozenset[str], *, in_place: bool = False) -> Replacement:
    """Return how a group gets what it is to hold.

    What an earlier run left under a temporary name is used if it holds the right thing, changed if no rule names it.

    Args:
        taken: Names of the pack, which are nobody's temporary names.
        in_place: Whether the group may be changed under the rules that name it: as the only such call of a plan.
    """
    wanted = _Wanted(group, wanted_form(group), held, taken)
    candidates = wanted.candidates()
    right = [each for each in candidates if live_form(each) == wanted.form]
    free = [each for each in candidates if not wanted.used(each)]
    if right:
        chosen = min(right, key=lambda each: (each["name"] != group.name, not wanted.used(each)))
        return wanted.taken_over(chosen, candidates)
    if free:
        return wanted.taken_over(free[0], candidates, rewrite=True)
    if candidates and in_place:
        return wanted.changed_in_place(candidates)
    return wanted.created(candidates)


@dataclass(frozen=True, slots=True)
class _Wanted:
    group: Group
    form: GroupForm
    held: Holdings
    taken: frozenset[str]

    def candidates(self) -> list[Document]:
        """Return what stands under the group's name, then what stands under its temporary ones."""
        return [self.held.groups[name] for name in (self.group.name, *self._temporaries()) if name in self.held.groups]

    def used(self, group: Document) -> bool:
        return group["uuid"] in self.held.our_uses or group["uuid"] in self.held.foreign_uses

    def taken_over(self, chosen: Document, candidates: Sequence[Document], *, rewrite: bool = False) -> Replacement:
        """Let rules name a group that is there already, perhaps with new content."""
        others = [each for each in candidates if each is not chosen]
        hindered = any(each["name"] == self.group.name for each in others)
        name = self.group.name if rewrite and not hindered else chosen["name"]
        prepare = (self._put(chosen["uuid"], name),) if rewrite else ()
        return self._made(candidates, chosen["uuid"], name, others, prepare=prepare)

    def changed_in_place(self, candidates: Sequence[Document]) -> Replacement:
        """Change the one group that rules name."""
        chosen, *others = candidates
        at_once = self._put(chosen["uuid"], chosen["name"])
        return self._made(candidates, chosen["uuid"], chosen["name"], others, at_once=at_once)

    def created(self, candidates: Sequence[Document]) -> Replacement:
        """Create the group, under a temporary name while the old one has its own."""
        has = {each["name"] for each in candidates}
        name = next(each for each in (self.group.name, *self._temporaries()) if each not in has)
        call = PlannedCall(Verb.CREATE_GROUP, name, selectors=tuple(expressions(self.group)))
        return self._made(candidates, reference(name), name, candidates, prepare=(call,), fresh=bool(candidates))

    def _made(
        self,
        candidates: Sequence[Document],
        uses: str,
        name: str,
        others: Sequence[Document],
        *,
        prepare: tuple[PlannedCall, ...] = (),
        at_once: PlannedCall | None = None,
        fresh: bool = False,
    ) -> Replacement:
        renamed = (self._put(uses, self.group.name),) if name != self.group.name else ()
        finish = (*map(deletion, others), *renamed)
        change = self._change(candidates, name, others)
        aliases = frozenset((uses, *(each["uuid"] for each in candidates)))
        return Replacement(self.group.name, uses, aliases, prepare, at_once, finish, fresh, change)

    def _change(self, candidates: Sequence[Document], name: str, others: Sequence[Document]) -> Change | None:
        """Return what people read: what the rules meant by the group until now, and what they mean from now on."""
        address, after = f"{kind(self.form)}/{self.group.name}", group_view(self.group.name, self.form)
        if not candidates:
            return Change(address, None, after)
        current = min(candidates, key=lambda each: (not self.used(each), live_form(each) == self.form))
        if live_form(current) != self.form:
            return Change(address, group_view(self.group.name, live_form(current)), after)
        if name == self.group.name and not others:
            return None
        left = others[0] if name == self.group.name else current
        return Change(address, group_view(left["name"], live_form(left)), after)

    def _put(self, uuid: str, name: str) -> PlannedCall:
        return PlannedCall(Verb.REPLACE_GROUP, name, uuid, selectors=tuple(expressions(self.group)))

    def _temporaries(self) -> tuple[str, ...]:
        return tuple(name for name in temporary_names(self.group.name) if name not in self.taken)


def deletion(group: Document) -> PlannedCall:
    """Return the call that deletes a group."""
    return PlannedCall(Verb.DELETE_GROUP, group["name"], group["uuid"])
