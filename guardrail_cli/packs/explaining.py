"""What `guardrail pack explain` does: says how a flow would be decided, and why."""

import sys

import orjson

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.decide import Decider
from guardrail.core.firewall.deployable import deployable
from guardrail.core.firewall.flow import parse_flow
from guardrail.core.firewall.pack import Mode, PolicyPack
from guardrail.core.firewall.versions import CURRENT
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import Format
from guardrail_cli.lines import Answer, answer_lines
from guardrail_cli.output import write, write_document
from guardrail_cli.packs.bound import meaning
from guardrail_cli.source import Source


def explain_flow(given: str | None, bindings: str, flow: str, form: Format | None) -> ExitCode:
    """Decide the one flow that was given, and print the answer.

    Raises:
        GuardrailError: Something cannot be read, or is no flow.
    """
    pack, decider = _decider(given, bindings)
    try:
        document = orjson.loads(flow)
    except orjson.JSONDecodeError as error:
        raise InvalidInput("--flow", f"a JSON object; {error.msg}") from error
    answer = decider.decide(parse_flow(document))
    if form is Format.JSON or (form is None and not _for_people()):
        write_document(answer.document())
    else:
        from guardrail_cli.formats.answer import paragraph

        write(f"{paragraph(document, answer, pack)}\n".encode())
    return ExitCode.FINE


def explain_lines(given: str | None, bindings: str) -> ExitCode:
    """Decide the flow on each line of stdin, and print each answer as one line.

    Raises:
        GuardrailError: At the end, when a line was no flow.
    """
    _, decider = _decider(given, bindings)
    decide = decider.decide
    return answer_lines(Source(None), lambda document: Answer(decide(parse_flow(document)).document()))


def _decider(given: str | None, bindings: str) -> tuple[PolicyPack, Decider]:
    """Return what decides: the pack in the mode of the bindings; as it is written, if they have none."""
    pack, loaded = meaning(given, bindings)
    fitting = deployable(pack, CURRENT, loaded.bindings.mode or Mode.ENFORCE)
    return pack, Decider(fitting.pack.policy(), loaded.bindings.site)


def _for_people() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()
