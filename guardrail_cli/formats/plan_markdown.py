"""A plan as a comment on a pull request: GitHub's Markdown, in which nothing in the data is markup."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from guardrail_cli.formats.changes import changed_fields, content, counted, summary
from guardrail_cli.terminal import plain

_TITLES = {"Synced": "in sync", "OutOfSync": "changes pending", "Unknown": "unknown"}


def plan_markdown(document: Mapping[str, Any]) -> str:
    """Return the plan: what it comes to, what to look at, each change, and the requests that would be made."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    yield f"### Firewall plan: {_TITLES[document['sync']]}"
    yield from ("", f"{summary(document)}.")
    if document["refused"]:
        what = "Stopped" if document["writes"] else "Refused, nothing is done"
        yield from ("", f"> **{what}:** {_code(document['refused'])}")
    if document["loosens"]:
        yield from ("", f"> **Lets more through:** {', '.join(map(_code, document['loosens']))}")
    for warning in document["warnings"]:
        yield from ("", f"> **Warning:** {_code(warning)}")
    if document["changes"]:
        yield from ("", "| | object | what |", "|---|---|---|")
        yield from (_row(change) for change in document["changes"])
    if document["planned"]:
        yield from ("", f"<details><summary>{counted(len(document['planned']), 'request')}</summary>", "")
        yield from (f"1. {_code(call['method'] + ' ' + call['path'])}" for call in document["planned"])
        yield from ("", "</details>")


def _row(change: Mapping[str, Any]) -> str:
    fields = changed_fields(change) or [content(change)]
    return (
        f"| {change['action']} | {_cell(change['address'])} | {'<br>'.join(_cell(each) for each in fields if each)} |"
    )


def _cell(text: str) -> str:
    return _code(text).replace("|", "\\|")


def _code(text: str) -> str:
    """Return a text as code, which is not interpreted, whatever backticks it has of its own."""
    clean = plain(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", clean)), default=0) + 1)
    pad = " " if clean.startswith("`") or clean.endswith("`") else ""
    return f"{fence}{pad}{clean}{pad}{fence}"
