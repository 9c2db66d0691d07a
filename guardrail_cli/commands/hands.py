"""`guardrail watch`, `back-out`, `restore`, `status`: the operator's hands."""

from typing import Annotated

import typer

from guardrail_cli.exit_code import ExitCode
from guardrail_cli.hands.options import Target, Telling
from guardrail_cli.hands.scope import ScopeWord
from guardrail_cli.spread import spread

WATCH = """\b
Examples:
  guardrail watch on 100-default-deny --reason "INC-42"
  guardrail watch off 52-deny-quic --reason "INC-42\""""
ON = """\b
Examples:
  guardrail watch on 100-default-deny --reason "INC-42"
  guardrail watch on --all --for 30m --reason "INC-42" \\
    --controller https://192.0.2.1 --bindings bindings.yaml"""
OFF = """\b
Example:
  guardrail watch off 52-deny-quic --reason "INC-42\""""
BACK_OUT = """\b
Examples:
  guardrail back-out --reason "INC-42"
  guardrail back-out --scope policy --for 1h --reason "INC-42" --dry-run
  guardrail back-out --reason "INC-42" \\
    --controller https://192.0.2.1 --gateway agents-spoke"""
RESTORE = """\b
Examples:
  guardrail restore
  guardrail restore --undo-file guardrail-undo.json"""
STATUS = """\b
Examples:
  guardrail status
  guardrail status --controller https://192.0.2.1 --gateway agents-spoke"""

watch = typer.Typer(help="Let our rules only say what they would deny, or deny.", epilog=WATCH)

RulesArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[RULE]...", help="Names of our rules, prefix or not.", show_default=False),
]
AllOption = Annotated[bool, typer.Option("--all", help="Every DENY of ours; a PERMIT is never on Watch.")]
ClaimOption = Annotated[
    str | None, typer.Option("--as", metavar="NAME", help="Who you say you are.", show_default="your login name")
]


@watch.command("on", epilog=ON)
@spread
def watch_on(rules: RulesArgument = None, *, every: AllOption = False, telling: Telling, target: Target) -> ExitCode:
    """Put rules on Watch: they log what they would do, and do nothing.

    It ends by itself; straight at a controller it does not.
    """
    return _watch(rules, telling, target, on=True, every=every)


@watch.command("off", epilog=OFF)
@spread
def watch_off(rules: RulesArgument = None, *, every: AllOption = False, telling: Telling, target: Target) -> ExitCode:
    """Enforce rules that are on Watch, ahead of what the pack says.

    It ends by itself, as watch on does. To end a watch on, use restore.
    """
    return _watch(rules, telling, target, on=False, every=every)


def _watch(rules: list[str] | None, telling: Telling, target: Target, *, on: bool, every: bool) -> ExitCode:
    from guardrail.core.order import Command
    from guardrail_cli.hands import carrying_out, orders

    if bool(rules) is every:
        raise typer.BadParameter("expected one of the two", param_hint="RULE, --all")
    return carrying_out.carry_out(orders.changing(Command.WATCH, telling, on=on, rules=rules or None), target)


@spread
def back_out(
    *,
    scope: Annotated[ScopeWord, typer.Option("--scope", help="What to back out of.")] = ScopeWord.INSERTION,
    allow_detach: Annotated[
        bool, typer.Option("--allow-detach", help="Detach the spoke if nothing else helps; callers are cut off, too.")
    ] = False,
    telling: Telling,
    target: Target,
) -> ExitCode:
    """Make the firewall, or the response, stop hurting.

    insertion takes the gateway out of the path; policy lets our sources go anywhere, logged; response lets runtimes
    be. Exit code 2: it is done, and not proven.
    """
    from guardrail.core.order import Command
    from guardrail_cli.hands import carrying_out, orders

    members = {"scope": scope.value, "gateway": target.gateway, "allow_detach": allow_detach or None}
    return carrying_out.carry_out(orders.changing(Command.BACK_OUT, telling, **members), target)


@spread
def restore(
    *,
    scope: Annotated[
        ScopeWord | None, typer.Option("--scope", help="What to restore.", show_default="all that is suspended")
    ] = None,
    leave_changed: Annotated[
        bool, typer.Option("--leave-changed", help="Leave alone what somebody has changed since.")
    ] = False,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="For all who read the record.", show_default=False)
    ] = None,
    claimed_by: ClaimOption = None,
    target: Target,
) -> ExitCode:
    """Put back what a back-out or a watch changed, and nothing else.

    Exit code 2: it is done, and not proven.
    """
    from guardrail.core.order import Command
    from guardrail_cli.hands import carrying_out, orders

    said: dict[str, object] = {"scope": scope and scope.value, "gateway": target.gateway, "reason": reason}
    said |= {"leave_changed": leave_changed or None, "claimed_by": orders.who(claimed_by)}
    return carrying_out.carry_out(orders.ordered(Command.RESTORE, **said), target)


@spread
def status(target: Target) -> ExitCode:
    """Say what is suspended, by whom, and until when.

    And what fights it: which fields somebody has changed since.
    """
    from guardrail.core.order import Command
    from guardrail_cli.hands import carrying_out, orders

    return carrying_out.carry_out(orders.ordered(Command.STATUS), target)
