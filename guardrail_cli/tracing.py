"""What `guardrail trail` does: reads one event or many, prints what they say."""

from guardrail.core.runtimes.trail import parse_event
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import Format
from guardrail_cli.inputs import read_event
from guardrail_cli.lines import Answer, answer_lines
from guardrail_cli.output import write_document, write_page
from guardrail_cli.source import Source


def trace_document(path: str | None, form: Format) -> ExitCode:
    """Print what the one event of a file, or of stdin, says.

    Raises:
        GuardrailError: It cannot be read or is no event.
    """
    event = read_event(path)
    if form is Format.JSON:
        write_document(event.document())
    else:
        from guardrail_cli.formats.text import event_page  # loads Rich, which JSON does without

        write_page(event_page(event))
    return ExitCode.FINE


def trace_lines(path: str | None) -> ExitCode:
    """Print what the event on each line of a file, or of stdin, says, as one line.

    Raises:
        GuardrailError: At the end, when a line was no event.
    """
    return answer_lines(Source(path), lambda document: Answer(parse_event(document).document()))
