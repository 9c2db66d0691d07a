"""What an order came to, for somebody who was woken up: what was done, until when, how sure that is, the way back."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.text import Text

from guardrail.core.order import in_words
from guardrail_cli.formats.changes import word
from guardrail_cli.formats.facts import Facts, cell
from guardrail_cli.terminal import plain

if TYPE_CHECKING:
    from rich.console import RenderableType

_PROOFS = {
    "proven": ("proven", "bold green"),
    "accepted": ("accepted: the controller says so, nobody has seen it", "bold yellow"),
    "wrong": ("wrong: what was seen is not what was asked for", "bold red"),
}

_UNFINISHED = {
    "begun": ("begun, and not known to be done: the same command again finishes it",),
    "ending": ("being taken back, and not known to be back: restore finishes that",),
}


def answers_page(answers: Mapping[str, Mapping[str, Any]], *, back: bool) -> "Iterator[RenderableType]":
    """Yield what came of an order; if it went to several functions, each answer below its function's name.

    Args:
        back: Whether it was to put back what an undo holds.
    """
    for name, answer in answers.items():
        if len(answers) > 1:
            yield Text(plain(name), style="bold underline")
        yield from answer_page(answer, back=back)


def answer_page(answer: Mapping[str, Any], *, back: bool = False) -> "Iterator[RenderableType]":
    """Yield what one function, or a controller, answered."""
    if "suspensions" in answer:
        yield from _status(answer)
    elif answer.get("would") is not None:
        yield from _rehearsal(answer)
    elif answer["done"]:
        yield from _done(answer, back=back)
    yield from (_line(f"- {note}") for note in answer.get("notes", ()))


def _done(answer: Mapping[str, Any], *, back: bool) -> "Iterator[RenderableType]":
    fields = list(_fields(answer.get("undo") or {}))
    yield Text(_headline(answer, changed=bool(fields)), style="bold")
    for label, *sides in fields:
        was, now = reversed(sides) if back else sides
        yield _line(f"  {label}: {word(was)} -> {word(now)}")
    proof = answer["proof"]
    told, style = _PROOFS.get(proof["status"], (proof["status"], ""))
    yield Text.assemble("proof   ", (plain(told), style))
    yield from (_line(f"  {_route(route)}") for route in proof.get("routes", ()))
    yield from (_line(f"  {effect}") for effect in proof.get("effects", ()))
    if answer.get("until"):
        yield _line(f"until   {moment(answer['until'])}, then it ends by itself; guardrail restore ends it earlier")
    yield from (_line(f"fights  {each}") for each in answer.get("fights", ()))


def _headline(answer: Mapping[str, Any], *, changed: bool) -> str:
    """Say whether this very call did it: somebody else may have, and there may have been nothing to do."""
    if not answer.get("calls"):
        return "done already, nothing was called" if changed else "done, without a call to a controller"
    return "done" if changed or answer["before"] != answer["after"] else "nothing was changed"


def _fields(undo: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield what changed, of one scope or of several."""
    for part in [undo] if "fields" in undo else undo.values():
        yield from ((field["label"], field["before"], field["after"]) for field in part["fields"])


def _route(route: Mapping[str, Any]) -> str:
    goes = f"{route['target'] or 'nowhere'} ({route['state'] or 'no route'})"
    return f"{route['subnet']} by {route['route_table']}: default route to {goes}"


def _rehearsal(answer: Mapping[str, Any]) -> Iterator[Text]:
    calls = answer["would"]
    if calls:
        yield Text("a dry run: nothing was changed; these calls would be made")
    elif not _went_wrong(answer):
        yield Text("a dry run: no call would be made")
    yield from (_line(f"  {call['method']} {call.get('path') or call.get('action')}") for call in calls)


def _went_wrong(answer: Mapping[str, Any]) -> bool:
    return bool(answer.get("failed") or answer.get("refused"))


def _status(answer: Mapping[str, Any]) -> "Iterator[RenderableType]":
    held, exemptions = answer["suspensions"], answer.get("exemptions") or []
    if held:
        yield Text("Suspended", style="bold yellow")
        yield Facts([_suspension(each) for each in held])
        yield from (_line(f"! {each['scope']}: {fight}") for each in held for fight in _fights(each))
    elif not _went_wrong(answer):
        yield Text("nothing is suspended", style="bold green")
    yield from _live(answer)
    if exemptions:
        yield Text("\nExemptions", style="bold")
        yield Facts([_exemption(each) for each in exemptions])


def _fights(held: Mapping[str, Any]) -> list[str]:
    stuck = [f"stuck: {held['stuck']}"] if held.get("stuck") else []
    return [*held.get("fights", ()), *stuck, *_UNFINISHED.get(str(held.get("phase")), ())]


def _suspension(held: Mapping[str, Any]) -> dict[str, Text]:
    return {
        "Scope": cell(held["scope"]),
        "Order": cell(in_words(held["order"]) if held.get("order") else None),
        "Of": cell(held.get("target") or None),
        "Since": cell(moment(held["since"])),
        "Until": cell(moment(held["until"]) if held.get("until") else "somebody restores it"),
        "Claimed by": cell(held.get("claimed_by")),
        "Caller": cell(held.get("caller")),
        "Reason": cell(held.get("reason")),
    }


def _live(answer: Mapping[str, Any]) -> "Iterator[RenderableType]":
    """What a look at the controller itself adds."""
    for path in [answer["path"]] if answer.get("path") else []:
        causes = ", ".join(path["causes"])
        yield _line(f"gateway {path['gateway']}: {f'in the path by {causes}' if causes else 'not in the path'}")
    for name, enforcement in (answer.get("rules") or {}).items():
        yield _line(f"rule {name}: {enforcement}")


def _exemption(exemption: Mapping[str, Any]) -> dict[str, Text]:
    """Of one that is of no known form, the id is all there is."""
    rules, runtimes = (tuple(exemption[name]) if name in exemption else None for name in ("rules", "runtimes"))
    return {
        "Id": cell(exemption["id"]),
        "Rules": cell(rules),
        "Runtimes": cell(runtimes),
        "Owner": cell(exemption.get("owner")),
        "Ticket": cell(exemption.get("ticket")),
        "Expires": cell(exemption.get("expires")),
    }


def moment(text: str) -> str:
    """Return a moment to the minute, as it is if it is none."""
    try:
        return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%MZ}"
    except ValueError:
        return text


def _line(text: str) -> Text:
    return Text(plain(text))
