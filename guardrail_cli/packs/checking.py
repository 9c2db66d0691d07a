"""What `guardrail pack check` does: checks a pack, and prints what is wrong with it, line by line."""

from pathlib import Path

from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import Format
from guardrail_cli.output import write, write_document
from guardrail_cli.packs.bound import directory
from guardrail_cli.terminal import plain
from policy_pack.report import Report, check_pack


def check(given: str | None, bindings: str | None, form: Format) -> ExitCode:
    """Check a pack and print the result.

    Raises:
        GuardrailError: The directory, its pack.yaml or the bindings file cannot be read.
    """
    report = check_pack(directory(given), None if bindings is None else Path(bindings))
    if form is Format.JSON:
        write_document(report.document())
    else:
        write("".join(f"{plain(line)}\n" for line in _lines(report)).encode())
    return ExitCode.FOUND if report.errors else ExitCode.FINE


def _lines(report: Report) -> list[str]:
    lines = [f"{problem} [{problem.code}]" for problem in report.errors]
    lines += [f"{problem} [{problem.code}, a warning]" for problem in report.warnings]
    pack = report.loaded.pack
    if pack is not None:
        lines.append(f"{len(pack.rules)} rules and {len(pack.expectations)} expectations in pack {pack.name}")
    lines.append(f"{_counted(len(report.errors), 'error')}, {_counted(len(report.warnings), 'warning')}")
    not_checked = ", ".join(each["code"] for each in report.document()["not_checked"])
    return [*lines, f"not checked yet: {not_checked}"]


def _counted(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"
