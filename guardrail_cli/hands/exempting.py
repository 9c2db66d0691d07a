"""What `guardrail exempt` and `revoke` do: check an exemption as the function will, and hand it over."""

from collections.abc import Mapping
from datetime import UTC, datetime

from guardrail.core.errors import InvalidInput
from guardrail.core.order import Command
from guardrail.core.runtimes.exemption import parse_exemptions
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.hands.carrying_out import carry_out
from guardrail_cli.hands.options import Target
from guardrail_cli.hands.orders import ordered, who
from guardrail_cli.source import Source


def exempt(file: str, claimed_by: str | None, target: Target) -> ExitCode:
    """Grant the exemption of a file.

    Raises:
        GuardrailError: It cannot be read, is none, or could not be granted.
    """
    source = Source(file)
    with source.blamed():
        document = source.read_written_by_hand()
        if isinstance(document, list) and len(document) == 1:
            document = document[0]
        if not isinstance(document, Mapping):
            raise InvalidInput("exemption", "one exemption, an object")
        parse_exemptions([document], datetime.now(UTC))
    return carry_out({**document, "command": Command.EXEMPT.value, "claimed_by": who(claimed_by)}, target)


def revoke(exemption_id: str, reason: str | None, claimed_by: str | None, target: Target) -> ExitCode:
    """Revoke an exemption.

    Raises:
        GuardrailError: It could not be revoked.
    """
    return carry_out(ordered(Command.REVOKE, id=exemption_id, reason=reason, claimed_by=who(claimed_by)), target)
