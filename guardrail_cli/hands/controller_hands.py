"""One controller, and the file that takes back what is done to it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from guardrail.core.errors import GatewayError, GuardrailError, InvalidInput
from guardrail.core.firewall.routes import Proof
from guardrail.core.order import Order, in_words
from guardrail.core.switch import Scope
from guardrail.core.undo import Side, Undo
from guardrail.flows.answer import Answer, proof
from guardrail.flows.change import Look, path_look, rules_look
from guardrail.flows.direct import Shown, give_back, hold, repeat
from guardrail.gateways.back_out import BackOutGateway
from guardrail_cli.hands.naming import gateway_name, prefix_of
from guardrail_cli.hands.options import Target
from guardrail_cli.hands.undo_file import Held, Phase, read_undo_file
from guardrail_cli.hands.way_back import restore_command
from guardrail_cli.reach import Reach

ENDS = "nothing ends this by itself; this does: {}"
UNKNOWN = "whether it was done is not known: the same command again finishes it, and this takes it back: {}"
STILL = "it is still backed out, as far as is known; this tries again: {}"
LOOPS = "a deployed guardrail does not know of this and may undo it: once AWS answers, back out there as well"
NOT_LOOKED = "not looked at: whether it still is so is not known"
ANOTHER = "the undo file is of another controller; it says nothing about this one"
NOTHING_HELD = "nothing is backed out, as far as this undo file knows; nothing was called"


@dataclass(frozen=True, slots=True)
class Hands:
    """A controller, and the file that takes back what is done to it."""

    reach: Reach
    path: str
    controller: BackOutGateway

    def change(self, order: Order, target: Target) -> dict[str, Any]:
        """Do what was ordered, once; the undo file is written before the call.

        Raises:
            GuardrailError: What it is about is not named, or the undo file is for something else or cannot be used.
        """
        scope = _only_scope(order)
        about = gateway_name(target) if scope is Scope.INSERTION else prefix_of(target)
        asked = self._asked(order, scope, about)
        kept = self._in_force(asked)
        if kept is not None and kept.phase is Phase.HELD and not order.dry_run:
            return self._document(repeat(kept.undo, scope, kept.before, kept.after), (ENDS, LOOPS), kept)
        return self._made(order, asked, kept)

    def restore(self, order: Order) -> dict[str, Any]:
        """Put back what the undo file has, as far as nobody changed it since.

        Raises:
            GuardrailError: There is no undo file, or it is another controller's.
        """
        kept = self._mine(order)
        if kept.phase is Phase.RESTORED:
            return self._document(Answer(proof=proof(Proof.PROVEN), notes=(NOTHING_HELD,)))
        look = self._look(kept.scope, kept.target)
        answer = self._told_in_one(lambda: give_back(look, kept.undo, kept.scope, leave_changed=order.leave_changed))
        if answer.done:
            kept.at(Phase.RESTORED).write(self.path)
        return self._document(answer) if answer.done else self._document(answer, (STILL,), kept)

    def status(self, target: Target) -> dict[str, Any]:
        """Say what the undo file holds, whether it still is so, and how the controller stands.

        Raises:
            GuardrailError: A file cannot be used, or the controller has no such gateway.
        """
        kept = read_undo_file(self.path)
        other = kept is not None and kept.url != self.reach.url()
        held = [] if kept is None or other or kept.phase is Phase.RESTORED else [kept]
        knows = f"as far as {self.path} says: what another undo file or a deployed guardrail holds is not known here"
        answer = Answer(proof=proof(Proof.PROVEN), notes=(ANOTHER if other else knows,))
        more: dict[str, Any] = {"suspensions": [_suspension(each) for each in held], "exemptions": []}
        try:
            for each, told in zip(held, more["suspensions"], strict=True):
                told["fights"] = self._fights(each)
            more |= self._live(target)
        except GatewayError as error:
            answer = replace(answer, done=False, failed=f"{self.reach.url()}: {error}", proof=proof(Proof.ACCEPTED))
        return answer.document(calls=self.controller.calls, caller=None) | more

    def _fights(self, kept: Held) -> list[str]:
        values = self._look(kept.scope, kept.target)().values()
        lost = [field.label for field in kept.undo.fields if not field.is_at(Side.AFTER, values)]
        return [f"{label} is no longer as the back-out left it" for label in lost]

    def _live(self, target: Target) -> dict[str, Any]:
        """Look at what was named; if nothing was, for the rules with which somebody has backed out of a policy."""
        found: dict[str, Any] = {}
        if target.gateway:
            found["path"] = self._look(Scope.INSERTION, target.gateway)().shown()
        if target.bindings:
            found |= self._look(Scope.POLICY, prefix_of(target))().shown()
        return found or {"rules": self.controller.rules().permits()}

    def _made(self, order: Order, asked: Held, kept: Held | None) -> dict[str, Any]:
        """Make the change. What died between its two writes of the file is planned anew: one call is made or not."""

        def keep(undo: Undo, before: Shown) -> tuple[Undo, Shown]:
            whole = undo if kept is None else _joined(kept.undo, undo)
            held = replace(kept or asked, undo=whole, before=(kept and kept.before) or before)
            if whole.fields:
                held.write(self.path)
            return held.undo, held.before

        answer = self._told_in_one(lambda: hold(self._look(asked.scope, asked.target), order, asked.scope, keep))
        written = read_undo_file(self.path) if not order.dry_run else None
        if written is None or written.phase is Phase.RESTORED:
            return self._document(answer)
        if not answer.done:
            return self._document(answer, (UNKNOWN,), written)
        replace(written, phase=Phase.HELD, after=answer.after).write(self.path)
        return self._document(answer, (ENDS, LOOPS), written)

    def _asked(self, order: Order, scope: Scope, about: str) -> Held:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        url, identity = self.reach.url(), order.identity(scope, about)
        return Held(url, scope, about, identity, now, order.reason, order.claimed_by, Phase.BEGUN, Undo())

    def _in_force(self, asked: Held) -> Held | None:
        kept = read_undo_file(self.path)
        if kept is None or kept.phase is Phase.RESTORED:
            return None
        if not asked.same_as(kept):
            raise GuardrailError(f"{self.path}: expected another --undo-file: {_told(kept)}; restore it first")
        return kept

    def _mine(self, order: Order) -> Held:
        kept = read_undo_file(self.path)
        if kept is None:
            raise GuardrailError(f"{self.path}: expected an undo file; --undo-file names another one")
        if kept.url != self.reach.url():
            raise GuardrailError(f"{self.path}: expected the undo file of this controller; it is another one's")
        if order.scopes and kept.scope not in order.scopes:
            raise GuardrailError(f"{self.path}: expected scope {kept.scope}, which is what it takes back")
        return kept

    def _look(self, scope: Scope, about: str) -> Look:
        return (path_look if scope is Scope.INSERTION else rules_look)(self.controller, about)

    def _document(self, answer: Answer, more: tuple[str, ...] = (), kept: Held | None = None) -> dict[str, Any]:
        """Return the answer as JSON values; if something is kept, with further notes, and the command that ends it."""
        document = answer.document(calls=self.controller.calls, caller=None)
        if kept is None:
            return document
        back = restore_command(self.reach, self.path)
        return document | {"notes": [*document["notes"], *(note.format(back) for note in more)], "restore": back}

    def _told_in_one(self, act: Callable[[], Answer]) -> Answer:
        """Return what came of it, even if it failed: whoever asked for JSON gets it."""
        try:
            return act()
        except GatewayError as error:
            return Answer(done=False, failed=f"{self.reach.url()}: {error}")
        except GuardrailError as error:
            return Answer(done=False, refused=str(error))


def _only_scope(order: Order) -> Scope:
    if len(order.scopes) != 1 or Scope.RESPONSE in order.scopes:
        raise InvalidInput("--scope", "insertion or policy, straight at a controller")
    return order.scopes[0]


def _joined(earlier: Undo, later: Undo) -> Undo:
    """Return what takes both back: of a field that both changed, the earlier state counts.

    Raises:
        GuardrailError: The rules have moved since, so that one change would not take both back.
    """
    if earlier.place != later.place:
        raise GuardrailError("the rules have moved to another list since the first try; restore that first")
    known = {field.key for field in earlier.fields}
    return replace(earlier, fields=(*earlier.fields, *(field for field in later.fields if field.key not in known)))


def _told(kept: Held) -> str:
    return f"it holds scope {kept.scope} of {kept.target}, {in_words(kept.order)} since {kept.since}"


def _suspension(kept: Held) -> dict[str, Any]:
    """Return what the file alone says."""
    fields = [each.label for each in kept.undo.fields]
    return kept.document() | {"until": None, "caller": None, "fields": fields, "fights": [NOT_LOOKED]}
