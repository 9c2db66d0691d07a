"""The command tree: each module in `commands` is one command, or one group of them."""

from collections.abc import Sequence
from typing import Annotated

import typer
from typer.main import get_command

from guardrail_cli.commands import controller, exemptions, hands, iam, judge, lab, pack, pack_live, replay, rule, trail
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.parameters import read_as_words

_HELP = ("-h", "--help")
_INTERRUPTED = 130  # what Typer makes of Ctrl-C

app = typer.Typer(
    name="guardrail",
    context_settings={"help_option_names": list(_HELP)},
    rich_markup_mode=None,  # nothing in a help text is markup
    pretty_exceptions_enable=False,
)
app.command("judge", epilog=judge.EXAMPLE)(judge.judge)
app.command("trail", epilog=trail.EXAMPLE)(trail.trail)
app.command("replay", epilog=replay.EXAMPLE)(replay.replay)
app.add_typer(iam.app, name="iam")
pack.app.command("plan", epilog=pack_live.PLAN)(pack_live.plan)
pack.app.command("apply", epilog=pack_live.APPLY)(pack_live.apply)
pack.app.command("drift", epilog=pack_live.DRIFT)(pack_live.drift)
app.add_typer(pack.app, name="pack")
app.add_typer(hands.watch, name="watch")
app.command("back-out", epilog=hands.BACK_OUT)(hands.back_out)
app.command("restore", epilog=hands.RESTORE)(hands.restore)
app.command("status", epilog=hands.STATUS)(hands.status)
app.command("exempt", epilog=exemptions.EXEMPT)(exemptions.exempt)
app.command("revoke", epilog=exemptions.REVOKE)(exemptions.revoke)
app.command("rule", epilog=rule.EXAMPLE)(rule.rule)
app.add_typer(controller.app, name="controller")
app.add_typer(lab.app, name="lab")


def dispatch(arguments: Sequence[str]) -> int:
    """Run the command that the arguments name and return its exit code.

    Raises:
        typer.TyperException: They name none, or not as it expects.
        GuardrailError: The command failed.
        KeyboardInterrupt: The user gave up.
    """
    command = get_command(app)
    read_as_words(command, _HELP)
    code = command.main(list(arguments), prog_name="guardrail", standalone_mode=False)
    if code == _INTERRUPTED:
        raise KeyboardInterrupt
    return int(code or ExitCode.FINE)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"guardrail {version('agentcore-guardrail')}")
        raise typer.Exit


@app.callback(epilog="\b\nExample:\n  guardrail judge snapshot.json --zone zone.json")
def guardrail(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Keep AWS Bedrock AgentCore runtimes inside the approved landing zone.

    Exit codes: 0 fine, 2 something was found or is pending, 1 the command failed and a line on stderr says why.
    """
