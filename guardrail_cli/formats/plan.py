"""A plan or a drift for people: an object a line, what changes of it, and a line that sums it up."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from guardrail_cli.formats.changes import FOUND, UNKNOWN, changed_fields, content, counted, is_unknown, rest, summary
from guardrail_cli.terminal import plain

_SIGNS = {"create": ("+", "green"), "update": ("~", "yellow"), "delete": ("-", "red")}
_DRIFT = {"create": ("missing", "red"), "update": ("changed", "yellow"), "delete": ("extra", "yellow")}
_LOOSENS = "   (lets more through)"


def plan_page(document: Mapping[str, Any]) -> Iterator[Text]:
    """Yield each change, what somebody should know who approves it, and the sum."""
    for change in document["changes"]:
        sign, style = _SIGNS[change["action"]]
        tail = _LOOSENS if change["address"] in document["loosens"] else ""
        yield from _change(f"{sign} {change['address']}", changed_fields(change), content(change), tail, style)
    yield from _warnings(document)
    yield Text(summary(document), style="bold")


def applied_page(document: Mapping[str, Any], *, known: bool) -> Iterator[Text]:
    """Yield what was changed, and how the controller was found afterwards.

    Args:
        known: Whether the changes were shown already.
    """
    if not document["writes"]:
        yield from plan_page(document)
        return
    *changes, _ = plan_page(document)
    yield from () if known else changes
    if document["sync"] == "Synced" and document["refused"]:
        yield Text(plain(f"read again, it has what the pack says, but: {document['refused']}"), style="bold red")
    elif document["sync"] == "Synced":
        yield Text(f"{summary(document, 'changed')}; read again, it is as the pack says", style="bold green")
    elif document["sync"] == "Unknown":
        yield Text("it could not be read again, so what it has now is unknown: guardrail pack plan", style="bold red")
    else:
        made = counted(document["writes"], "call")
        left = "read again, it is not as the pack says: guardrail pack plan says what is left"
        yield Text(f"{made} made; {left}", style="bold red")


def drift_page(document: Mapping[str, Any]) -> Iterator[Text]:
    """Yield what differs from the pack, as seen from the controller, what else somebody should know, and the sum."""
    if is_unknown(document):
        yield Text(UNKNOWN, style="bold red")
        return
    changes = document["changes"]
    for change in changes:
        kind, style = _DRIFT[change["action"]]
        head = f"{kind}  {change['address']}"
        yield from _change(head, changed_fields(change, FOUND), content(change), "", style)
    actions = [change["action"] for change in changes]
    kinds = ", ".join(f"{actions.count(action)} {kind}" for action, (kind, _) in _DRIFT.items())
    yield from _warnings(document)
    fine = "no group or rule differs" if document["warnings"] else "no drift"
    differing = f"{len(changes)} not as in the pack ({kinds})" if changes else fine
    yield Text(f"{differing}, {rest(document, 'as in the pack')}", style="bold")


def _warnings(document: Mapping[str, Any]) -> Iterator[Text]:
    yield from (Text(plain(f"warning: {warning}"), style="bold yellow") for warning in document["warnings"])


def _change(head: str, fields: list[str], whole: str, tail: str, style: str) -> Iterator[Text]:
    """What changes stands beside the object if it is one field, else below it; so does what comes or goes."""
    if len(fields) == 1:
        yield Text(plain(f"{head}   {fields[0]}{tail}"), style=style)
        return
    yield Text(plain(f"{head}{tail}"), style=style)
    yield from (Text(plain(f"    {each}")) for each in fields or [whole] if each)
