"""What `guardrail iam render` does: reads the zones of an account, prints the policy documents."""

from collections.abc import Sequence
from dataclasses import dataclass

from guardrail.core.runtimes.deny_policy import PolicyForm, SideDoors, render_deny
from guardrail.core.runtimes.deny_side_doors import our_side_doors
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.inputs import read_zone
from guardrail_cli.output import write_document
from guardrail_cli.terminal import say


@dataclass(frozen=True, slots=True)
class Doors:
    """The roles that were named for the side doors; none means those of this project's stacks, and of the CDK CLI."""

    guardrail_roles: tuple[str, ...]
    deploy_roles: tuple[str, ...]

    def of(self, account: str) -> SideDoors:
        """Return who may use side doors in an account.

        Raises:
            InvalidInput: What was named is no role.
        """
        ours = our_side_doors(account)
        return SideDoors(self.guardrail_roles or ours.guardrail_roles, self.deploy_roles or ours.deploy_roles)


def render(paths: Sequence[str], form: PolicyForm, doors: Doors | None, *, gateway_targets: bool) -> ExitCode:
    """Print the documents for the zones in these files.

    Raises:
        GuardrailError: A file holds no zone, or they cannot be rendered together.
    """
    zones = [read_zone(path) for path in paths]
    side_doors = doors.of(zones[0].account) if doors and zones else None
    documents = render_deny(zones, form, side_doors=side_doors, gateway_targets=gateway_targets)
    write_document(documents)
    if len(documents) > 1:
        say(f"{len(documents)} documents: each denies PUBLIC, only all of them deny every foreign id; attach them all")
    return ExitCode.FINE
