"""`guardrail pack plan`, `apply`, `drift`: the pack and a controller, compared, and made alike."""

from typing import Annotated

import typer

from guardrail_cli.commands.pack import DirectoryArgument, FormatOption
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import Format, PlanFormat
from guardrail_cli.packs.live_options import Consent, LiveOptions
from guardrail_cli.reach import Reach
from guardrail_cli.spread import spread

PLAN = """\b
Examples:
  guardrail pack plan --controller https://192.0.2.1 --bindings b.yaml
  guardrail pack plan --controller https://192.0.2.1 --bindings b.yaml \\
    --out plan.json"""
APPLY = """\b
Examples:
  guardrail pack apply --controller https://192.0.2.1 --bindings b.yaml
  guardrail pack apply --controller https://192.0.2.1 --bindings b.yaml \\
    --plan plan.json"""
DRIFT = """\b
Example:
  guardrail pack drift --controller https://192.0.2.1 --bindings b.yaml"""

PlanFormatOption = Annotated[PlanFormat, typer.Option("--format", help="How to print it.")]


@spread
def plan(
    directory: DirectoryArgument = None,
    *,
    reach: Reach,
    options: LiveOptions,
    consent: Consent,
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Keep the plan here, for apply.", show_default=False)
    ] = None,
    form: PlanFormatOption = PlanFormat.TEXT,
) -> ExitCode:
    """Say what applying the pack would change on a controller.

    It only reads. Exit code 2: there are changes.
    """
    from guardrail_cli.packs import reconciling

    return reconciling.plan(directory, reach, options, consent, out, form)


@spread
def apply(
    directory: DirectoryArgument = None,
    *,
    reach: Reach,
    options: LiveOptions,
    consent: Consent,
    saved: Annotated[
        str | None,
        typer.Option("--plan", metavar="FILE", help="Carry out this plan, or nothing.", show_default=False),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; without a terminal nobody is asked.")] = False,
    form: PlanFormatOption = PlanFormat.TEXT,
) -> ExitCode:
    """Make a controller what the pack says.

    What is not ours stays as it is. On a terminal you are asked first. Exit code 0: read again, it has what the pack
    says.
    """
    from guardrail_cli.packs import reconciling

    return reconciling.apply(directory, reach, options, consent, saved, form, sure=yes)


@spread
def drift(
    directory: DirectoryArgument = None, *, reach: Reach, options: LiveOptions, form: FormatOption = Format.TEXT
) -> ExitCode:
    """Say what a controller has that differs from the pack.

    It only reads. Exit code 2: something differs.
    """
    from guardrail_cli.packs import reconciling

    return reconciling.drift(directory, reach, options, form)
