"""Backing out straight at a controller, for when AWS does not answer: nothing ends it but `restore`."""

from collections.abc import Callable

from guardrail.core.errors import GuardrailError
from guardrail.core.firewall.effects import effects
from guardrail.core.firewall.insertion import Refused
from guardrail.core.firewall.routes import Proof
from guardrail.core.order import Order
from guardrail.core.switch import Scope
from guardrail.core.undo import Side, Undo, labels
from guardrail.flows.answer import Answer, proof
from guardrail.flows.change import Look, PathSight, RulesSight, Sight, make

UNSEEN = "the routes were not looked at: check them in the AWS console"


def hold(look: Look, order: Order, scope: Scope, keep: Callable[[Undo], None]) -> Answer:
    """Make the one change, or say what it would be.

    Args:
        keep: Given what takes the change back, before it is made; what it raises stops everything.

    Raises:
        Refused: One call does not do it; nothing was changed.
        GatewayError: The controller failed, or does not say that the change is made.
    """
    sight = look()
    undo = sight.plan(order)
    if order.dry_run:
        return Answer(done=False, before=sight.shown(), after=sight.shown(), would=tuple(sight.would(undo, Side.AFTER)))
    if undo.fields:
        keep(undo)
    after, failed = make(look, sight, undo, Side.AFTER)
    if failed is not None:
        raise failed
    return _answer(scope, sight, after, undo)


def repeat(undo: Undo, scope: Scope) -> Answer:
    """Return the answer for somebody who asks for what is already done: nothing is called."""
    note = ("this is done already; nothing was called",)
    return Answer(
        before=undo.side(Side.BEFORE), after=undo.side(Side.AFTER), proof=_proof(scope), undo=undo, notes=note
    )


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


def explained(before: Sight, after: Sight) -> list[str]:
    """Return what a change of rules means for a few flows; nothing if that cannot be told."""
    if not isinstance(before, RulesSight) or not isinstance(after, RulesSight):
        return []
    try:
        was, now = after.controller.policies(before.live, after.live)
        return effects(was, now, after.prefix)
    except GuardrailError:
        return []


def _answer(scope: Scope, before: Sight, after: Sight, undo: Undo) -> Answer:
    found = _proof(scope) | {"effects": explained(before, after)}
    notes = (UNSEEN,) if isinstance(after, PathSight) else ()
    return Answer(before=before.shown(), after=after.shown(), proof=found, undo=undo, notes=notes)


def _proof(scope: Scope) -> dict[str, object]:
    """Rules that were read back are proven; where routes go, only AWS can tell."""
    return proof(Proof.ACCEPTED if scope is Scope.INSERTION else Proof.PROVEN)
