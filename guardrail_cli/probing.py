"""What `guardrail controller probe` does: compares what a controller says with what we believe, and prints it."""

from guardrail.gateways.controller.calls import Calls
from guardrail.gateways.controller.login import FixedLogin
from guardrail.gateways.controller.session import Session
from guardrail.gateways.controller.transport import Transport
from guardrail_cli.belief import Finding, Probe, Status
from guardrail_cli.beliefs import BELIEFS
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import Format
from guardrail_cli.output import write, write_document
from guardrail_cli.reach import Reach
from guardrail_cli.terminal import plain


def probe(reach: Reach, form: Format) -> ExitCode:
    """Check every belief and print what came of it.

    Raises:
        GuardrailError: The controller cannot be reached or refuses the login, or an option is not as expected.
    """
    login = reach.login()
    transport = Transport(ca_file=reach.ca, insecure=reach.insecure)
    session = Session(transport, FixedLogin(login))
    findings = checked(Probe(Calls(transport, session), transport, login, session))
    if form is Format.JSON:
        write_document({"findings": [finding.document() for finding in findings]})
    else:
        write("".join(_lines(finding) for finding in findings).encode())
    return ExitCode.FOUND if any(finding.status is Status.DIFFERS for finding in findings) else ExitCode.FINE


def checked(probe: Probe) -> list[Finding]:
    """Check every belief."""
    probe.session.ticket()  # a login that fails is an error of the command, no finding
    return [finding for belief in BELIEFS for finding in belief(probe)]


def _lines(finding: Finding) -> str:
    text = f"{finding.status.value:<9}  {plain(finding.fact)}\n"
    if finding.status is Status.DIFFERS:
        text += f"{'':<11}expected {plain(finding.expected)}, observed {plain(finding.observed or '')}\n"
    return text
