"""Backing out straight at a controller, for when AWS does not answer: nothing ends it but `restore`."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from guardrail.core.errors import GuardrailError
from guardrail.core.firewall.back_out import live_at
from guardrail.core.firewall.effects import effects
from guardrail.core.firewall.insertion import Refused
from guardrail.core.firewall.routes import Proof
from guardrail.core.order import Order
from guardrail.core.switch import Scope
from guardrail.core.undo import Side, Undo, labels
from guardrail.flows.answer import Answer, proof
from guardrail.flows.change import Look, PathSight, RulesSight, Sight, make

NOTHING = "there is nothing to change"
UNSEEN = "the routes were not looked at: check them in the AWS console"


Shown = Mapping[str, Any]
"""What is there, as an answer shows it."""
Keep = Callable[[Undo, Shown], tuple[Undo, Shown]]


def hold(look: Look, order: Order, scope: Scope, keep: Keep) -> Answer:
    """Make the one change, or say what it would be.

    Args:
        keep: Given what takes the change back and what is there before it; returns the same of the whole order, of
            which an earlier try may have changed a part already. What it raises stops everything.

    Raises:
        Refused: One call does not do it; nothing was changed.
        GatewayError: The controller failed, or does not say that the change is made.
    """
    sight = look()
    undo = sight.plan(order)
    if order.dry_run:
        return rehearsed(sight, undo)
    whole, before = keep(undo, sight.shown())
    after, failed = make(look, sight, undo, Side.AFTER)
    if failed is not None:
        raise failed
    return replace(_answer(scope, undone(sight, whole), after, whole), before=before)


def rehearsed(sight: Sight, undo: Undo) -> Answer:
    """Say which calls would be made."""
    notes, would = () if undo.fields else (NOTHING,), tuple(sight.would(undo, Side.AFTER))
    return Answer(done=False, before=sight.shown(), after=sight.shown(), notes=notes, would=would)


def repeat(undo: Undo, scope: Scope, before: Shown, after: Shown) -> Answer:
    """Return the answer for somebody who asks for what is already done: nothing is called."""
    note = ("this is done already; nothing was called",)
    return Answer(before=before, after=after, proof=proof_by_controller(scope), undo=undo, notes=note)


def give_back(look: Look, undo: Undo, scope: Scope, *, leave_changed: bool = False) -> Answer:
    """Put back what the undo has of each field, if it is still as it was left.

    Raises:
        Refused: Somebody has changed a field since; nothing was changed.
        GatewayError: The controller failed, or refused, or does not say that the change is made.
    """
    sight = look()
    part = returnable(sight, undo, leave_changed=leave_changed)
    after, failed = make(look, sight, part, Side.BEFORE)
    if failed is not None:
        raise failed
    return _answer(scope, sight, after, undo)


def returnable(sight: Sight, undo: Undo, *, leave_changed: bool) -> Undo:
    """Return the part of an undo that is to be put back.

    Raises:
        Refused: Somebody has changed a field since, and that is not to be left alone.
    """
    values = sight.values()
    foreign = undo.foreign(values)
    if foreign and not leave_changed:
        why = f"somebody has changed since the back-out: {labels(foreign)}"
        raise Refused(f"restore: {why}; nothing was changed; leave_changed puts back the rest")
    return undo.to_return(values)


def undone(sight: Sight, undo: Undo) -> Sight:
    """Return what was there before a change of rules of which some may be made already when it was looked at."""
    if not isinstance(sight, RulesSight):
        return sight
    return replace(sight, live=live_at(sight.live, undo, Side.BEFORE))


def explained(before: Sight, after: Sight) -> list[str]:
    """Return what a change of rules means for a few flows; nothing if none was made, or that cannot be told."""
    if not isinstance(before, RulesSight) or not isinstance(after, RulesSight) or before.live == after.live:
        return []
    try:
        was, now = after.controller.policies(before.live, after.live)
        return effects(was, now, after.prefix)
    except GuardrailError:
        return []


def _answer(scope: Scope, before: Sight, after: Sight, undo: Undo) -> Answer:
    found = proof_by_controller(scope) | {"effects": explained(before, after)}
    notes: tuple[str, ...] = () if undo.fields else (NOTHING,)
    notes += (UNSEEN,) if isinstance(after, PathSight) else ()
    return Answer(before=before.shown(), after=after.shown(), proof=found, undo=undo, notes=notes)


def proof_by_controller(scope: Scope) -> dict[str, Any]:
    """Return what the controller alone proves: how rules are, and not where routes go, which only AWS can tell."""
    return proof(Proof.ACCEPTED if scope is Scope.INSERTION else Proof.PROVEN)
