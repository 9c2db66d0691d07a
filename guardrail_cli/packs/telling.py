"""How `guardrail pack plan`, `apply` and `drift` print what they found."""

import sys
from collections.abc import Mapping
from typing import Any

from guardrail_cli.formats import Format, PlanFormat
from guardrail_cli.output import write, write_document, write_page

_PROMISES = ("refused", "planned", "loosens", "saved", "writes")
"""What a plan says of what would be done; a drift is what was found, and no more."""


def show_plan(document: Mapping[str, Any], form: PlanFormat) -> None:
    """Print a plan, carried out or not."""
    if form is PlanFormat.JSON:
        write_document(document)
    elif form is PlanFormat.MARKDOWN:
        from guardrail_cli.formats.plan_markdown import plan_markdown

        write(plan_markdown(document).encode())
    else:
        from guardrail_cli.formats.plan import plan_page  # loads Rich, which JSON does without

        write_page(plan_page(document))


def show_applied(document: Mapping[str, Any], form: PlanFormat, *, known: bool) -> None:
    """Print what was done. On a terminal nobody needs to see the changes twice (`known`)."""
    if form is not PlanFormat.TEXT:
        show_plan(document, form)
    else:
        from guardrail_cli.formats.plan import applied_page

        write_page(applied_page(document, known=known))


def show_question(document: Mapping[str, Any]) -> None:
    """Show a plan on stderr, where it is going to be asked whether it may be carried out."""
    from guardrail_cli.formats.plan import plan_page
    from guardrail_cli.terminal import page

    console = page(sys.stderr)
    for part in plan_page(document):
        console.print(part, soft_wrap=True)


def as_found(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a plan's document what a drift is."""
    return {name: value for name, value in document.items() if name not in _PROMISES}


def show_drift(document: Mapping[str, Any], form: Format) -> None:
    """Print a drift."""
    if form is Format.JSON:
        write_document(document)
    else:
        from guardrail_cli.formats.plan import drift_page

        write_page(drift_page(document))
