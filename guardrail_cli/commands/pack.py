"""`guardrail pack`: the firewall as data, offline."""

from typing import Annotated

import typer

from guardrail.core.firewall.pack import Mode
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import Format
from guardrail_cli.parameters import LinesOption

EXAMPLE = """\b
Examples:
  guardrail pack check
  guardrail pack explain --bindings b.yaml --jsonl < flows.jsonl"""
CHECK = """\b
Example:
  guardrail pack check policy_pack/agentcore --bindings bindings.yaml"""
COMPILE = """\b
Example:
  guardrail pack compile --bindings bindings.yaml --controller-version 9.0"""
EXPLAIN = """\b
Examples:
  guardrail pack explain --bindings b.yaml --flow '{"protocol": "ICMP"}'
  guardrail pack explain --bindings b.yaml --jsonl < flows.jsonl"""
DIFF = """\b
Example:
  guardrail pack diff old/agentcore policy_pack/agentcore --bindings b.yaml"""
NEW_DESTINATION = """\b
Example:
  guardrail pack new-destination api.example.com --why "Rates of the day" """

app = typer.Typer(help="The firewall as data: check it, ask it, compile it.", epilog=EXAMPLE)

DirectoryArgument = Annotated[
    str | None, typer.Argument(metavar="DIR", help="Where pack.yaml is.", show_default="the shipped pack")
]
BindingsOption = Annotated[
    str, typer.Option("--bindings", metavar="FILE", help="The landing zone's values, YAML or JSON.", show_default=False)
]
ExampleBindingsOption = Annotated[
    str | None,
    typer.Option(
        "--bindings",
        metavar="FILE",
        help="The landing zone's values, YAML or JSON.",
        show_default="the example in DIR",
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to print the result.")]


@app.command("check", epilog=CHECK)
def check(
    directory: DirectoryArgument = None, *, bindings: ExampleBindingsOption = None, form: FormatOption = Format.TEXT
) -> ExitCode:
    """Check a pack: form, rules, expectations.

    Exit code 2: something is wrong with it, its YAML included.
    """
    from guardrail_cli.packs import checking

    return checking.check(directory, bindings, form)


@app.command("compile", epilog=COMPILE)
def compile_(
    directory: DirectoryArgument = None,
    *,
    bindings: BindingsOption,
    controller_version: Annotated[
        str | None,
        typer.Option("--controller-version", metavar="V", help="What the controller says it is.", show_default="9.0"),
    ] = None,
    mode: Annotated[
        Mode | None,
        typer.Option("--mode", help="How much of the pack acts.", show_default="the bindings', else discover"),
    ] = None,
) -> ExitCode:
    """Print what a controller is to have, as JSON.

    Rules that it cannot have are left out, with the reason. A pack with errors is refused.
    """
    from guardrail_cli.packs import compiling

    return compiling.compile_pack(directory, bindings, controller_version, mode)


@app.command("explain", epilog=EXPLAIN)
def explain(
    directory: DirectoryArgument = None,
    *,
    bindings: BindingsOption,
    flow: Annotated[
        str | None, typer.Option("--flow", metavar="JSON", help="The flow to decide.", show_default=False)
    ] = None,
    jsonl: LinesOption = False,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="How to print the answer.", show_default="text on a terminal, else json"),
    ] = None,
) -> ExitCode:
    """Say how a flow is decided, by which rule, and why.

    Exit code 0 whatever the decision. With --jsonl, flows are read from stdin.
    """
    from guardrail_cli.packs import explaining

    if (flow is None) is not jsonl:
        raise typer.BadParameter("expected one of the two", param_hint="--flow, --jsonl")
    if flow is not None:
        return explaining.explain_flow(directory, bindings, flow, form)
    if form is Format.TEXT:
        raise typer.BadParameter("expected json, all that --jsonl prints", param_hint="--format")
    return explaining.explain_lines(directory, bindings)


@app.command("diff", epilog=DIFF)
def diff(
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="Where the pack.yaml to compare with is.")],
    directory: DirectoryArgument = None,
    *,
    bindings: BindingsOption,
    form: FormatOption = Format.TEXT,
) -> ExitCode:
    """Say which flows a changed pack decides differently.

    Exit code 2: there are some. Every part of every rule is tried; what else changes cannot be ruled out.
    """
    from guardrail_cli.packs import comparing

    return comparing.compare(before, directory, bindings, form)


@app.command("new-destination", epilog=NEW_DESTINATION)
def new_destination(
    host: Annotated[str, typer.Argument(metavar="HOST", help="What agents ask for; * may be in it.")],
    directory: DirectoryArgument = None,
    *,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, for all who read the rule.")],
    bindings: ExampleBindingsOption = None,
    write: Annotated[bool, typer.Option("--write", help="Write it into pack.yaml.")] = False,
) -> ExitCode:
    """Print what a pack needs to permit one more host.

    A web group, a rule and an expectation. With them the pack is checked before anything is printed or written.
    """
    from guardrail_cli.packs import proposing

    return proposing.new_destination(host, directory, why, bindings, write_it=write)
