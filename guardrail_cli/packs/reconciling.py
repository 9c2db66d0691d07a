"""What `guardrail pack plan`, `apply` and `drift` do: compare a controller with a pack, and change it if told to."""

from guardrail.core.errors import GuardrailError
from guardrail.core.firewall.plan import SyncStatus
from guardrail.flows.reconcile_pack import Report
from guardrail_cli.asking import can_ask, confirm
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import Format, PlanFormat
from guardrail_cli.packs.comparison import Comparison, compared
from guardrail_cli.packs.live_options import NO_CONSENT, Consent, LiveOptions
from guardrail_cli.packs.telling import as_found, show_applied, show_drift, show_plan, show_question
from guardrail_cli.progress import calls_shown
from guardrail_cli.reach import Reach
from guardrail_cli.source import Source
from guardrail_cli.written_file import write_file


def plan(
    given: str | None, reach: Reach, options: LiveOptions, consent: Consent, out: str | None, form: PlanFormat
) -> ExitCode:
    """Say what applying the pack would change.

    Args:
        out: File to keep the plan in, for `apply`.

    Raises:
        GuardrailError: The pack cannot be used, the controller cannot be read, or the plan is refused.
    """
    with calls_shown() as log:
        comparison = compared(given, reach, options, consent, log)
        report = comparison.planned()
    document = comparison.document(report)
    show_plan(document, form)
    _raise_if_stopped(report, reach)
    if out is not None:
        write_file(out, document)
    return ExitCode.FOUND if report.sync is SyncStatus.OUT_OF_SYNC else ExitCode.FINE


def drift(given: str | None, reach: Reach, options: LiveOptions, form: Format) -> ExitCode:
    """Say what the controller has that differs from the pack, or that it enforces no rule at all.

    Whether the pack could be applied is not asked.

    Raises:
        GuardrailError: The pack cannot be used, or the controller cannot be read.
    """
    with calls_shown() as log:
        comparison = compared(given, reach, options, NO_CONSENT, log)
        report = comparison.planned()
    show_drift(as_found(comparison.document(report)), form)
    if report.sync is SyncStatus.UNKNOWN:
        _raise_if_stopped(report, reach)
    return ExitCode.FINE if report.sync is SyncStatus.SYNCED and report.plan.enforced else ExitCode.FOUND


def apply(
    given: str | None,
    reach: Reach,
    options: LiveOptions,
    consent: Consent,
    saved: str | None,
    form: PlanFormat,
    *,
    sure: bool,
) -> ExitCode:
    """Make the controller what the pack says. On a terminal somebody is asked first, unless he said so already.

    Args:
        saved: File with the plan to carry out, and no other.
        sure: Nobody is asked.

    Raises:
        GuardrailError: The pack cannot be used, the controller failed, the plan is refused or was not confirmed.
    """
    with calls_shown() as log:
        comparison = compared(given, reach, options, consent, log)
        asked = saved is None and not sure and can_ask()
        if saved is not None:
            comparison = _expecting(comparison, Source(saved))
        elif asked:
            comparison = _confirmed(comparison)
        report = comparison.applied()
    shown = asked and comparison.task.expected is not None
    show_applied(comparison.document(report), form, known=shown)
    try:
        comparison.remember(report)
    finally:
        _raise_if_stopped(report, reach)
    return ExitCode.FINE if report.sync is SyncStatus.SYNCED else ExitCode.FOUND


def _expecting(comparison: Comparison, source: Source) -> Comparison:
    with source.blamed():
        return comparison.expecting(source.read())


def _confirmed(comparison: Comparison) -> Comparison:
    """Ask whether this may be done, and return the comparison in which exactly this is done, if anything."""
    report = comparison.planned()
    if report.refused or report.sync is not SyncStatus.OUT_OF_SYNC:
        return comparison
    document = comparison.document(report)
    comparison.log.clear()
    show_question(document)
    confirm("Apply this?")
    return comparison.expecting(document)


def _raise_if_stopped(report: Report, reach: Reach) -> None:
    if report.error:
        raise GuardrailError(f"{reach.url()}: {report.error}")
    if report.refused:
        raise GuardrailError(report.refused)
    if report.sync is SyncStatus.UNKNOWN:
        raise GuardrailError(f"{reach.url()}: could not be read; what it has is unknown")
