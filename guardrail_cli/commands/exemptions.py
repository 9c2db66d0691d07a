"""`guardrail exempt`, `revoke`: somebody's answer for a broken rule, kept by a deployed guardrail."""

from typing import Annotated

import typer

from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import Format
from guardrail_cli.hands.options import Target

EXEMPT = """\b
Example:
  guardrail exempt exemption.json"""
REVOKE = """\b
Example:
  guardrail revoke ex-7 --reason "moved on Friday\""""

FunctionOption = Annotated[
    str | None, typer.Option("--function", metavar="NAME", help="Its back_out function.", show_default="from its stack")
]
ClaimOption = Annotated[
    str | None, typer.Option("--as", metavar="NAME", help="Who you say you are.", show_default="your login name")
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to print the answer.")]


def exempt(
    file: Annotated[str, typer.Argument(metavar="FILE", help="JSON file with one exemption; - for stdin.")],
    *,
    function: FunctionOption = None,
    claimed_by: ClaimOption = None,
    form: FormatOption = Format.TEXT,
) -> ExitCode:
    """Grant an exemption from a rule, for at most 90 days.

    Somebody answers for the broken rule until then. The same one again changes nothing. guardrail status lists them.
    """
    from guardrail_cli.hands import exempting

    return exempting.exempt(file, claimed_by, Target(function=function, form=form))


def revoke(
    exemption: Annotated[str, typer.Argument(metavar="ID", help="The exemption's id.")],
    *,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="For all who read the record.", show_default=False)
    ] = None,
    function: FunctionOption = None,
    claimed_by: ClaimOption = None,
    form: FormatOption = Format.TEXT,
) -> ExitCode:
    """Revoke an exemption. One that is gone is fine."""
    from guardrail_cli.hands import exempting

    return exempting.revoke(exemption, reason, claimed_by, Target(function=function, form=form))
