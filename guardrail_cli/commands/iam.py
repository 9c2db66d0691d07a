"""`guardrail iam`: the deny that keeps agents inside the landing zones, as policies for IAM and Organizations."""

from typing import Annotated

import typer

from guardrail.core.runtimes.deny_documents import PolicyForm
from guardrail_cli.exit_code import ExitCode

EXAMPLE = """\b
Example:
  guardrail iam render --zone zone.json --form scp"""

app = typer.Typer(help="The preventive deny, made from the landing zones.", epilog=EXAMPLE)


@app.command("render", epilog=EXAMPLE)
def render(
    *,
    zone: Annotated[
        list[str],
        typer.Option("--zone", metavar="ZONE", help="JSON file with a landing zone; once per Region."),
    ],
    form: Annotated[PolicyForm, typer.Option("--form", help="What the documents are for.", show_default=False)],
    side_doors: Annotated[
        bool, typer.Option("--side-doors", help="Close the doors that have no network key, too.")
    ] = False,
    guardrail_role: Annotated[
        list[str] | None,
        typer.Option("--guardrail-role", metavar="ARN", help="Who may use side doors; ours by default."),
    ] = None,
    deploy_role: Annotated[
        list[str] | None,
        typer.Option("--deploy-role", metavar="ARN", help="Who may move endpoints; CDK's by default."),
    ] = None,
    gateway_targets: Annotated[
        bool, typer.Option("--gateway-targets", help="Look at gateway targets' private endpoints, too.")
    ] = False,
) -> ExitCode:
    """Render the deny for the zones of an account.

    Prints a JSON array of policy documents. Attach all of them: each denies PUBLIC, but only together they deny
    every foreign id.
    """
    from guardrail_cli import rendering

    if not side_doors and (guardrail_role or deploy_role):
        raise typer.BadParameter("expected together with --side-doors", param_hint="--guardrail-role, --deploy-role")
    doors = rendering.Doors(tuple(guardrail_role or ()), tuple(deploy_role or ())) if side_doors else None
    return rendering.render(zone, form, doors, gateway_targets=gateway_targets)
