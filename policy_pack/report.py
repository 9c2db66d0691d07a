"""A pack, loaded and checked: errors, warnings, and what was not checked."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guardrail.core.errors import GuardrailError
from guardrail.core.firewall.check import Checked, check
from guardrail.core.firewall.finding import NOT_CHECKED, Code, Finding
from guardrail.core.firewall.objects import Decrypt
from guardrail.core.firewall.pack import Mode, PolicyPack
from policy_pack.load import Loaded, load
from policy_pack.problem import Place, Problem, told

WHY_NOT_CHECKED = "this version cannot prove it yet"


@dataclass(frozen=True, slots=True)
class Report:
    """What is wrong with a pack, in the order of its lines."""

    loaded: Loaded
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]

    def document(self) -> dict[str, Any]:
        """Return it as JSON values; `ok` says that nothing was found, not that everything was looked for."""
        return {
            "ok": not self.errors,
            "errors": [problem.document() for problem in self.errors],
            "warnings": [problem.document() for problem in self.warnings],
            "not_checked": [{"code": code.value, "why": WHY_NOT_CHECKED} for code in NOT_CHECKED],
        }


def check_pack(directory: Path, bindings_file: Path | None = None, mode: Mode | None = None) -> Report:
    """Load and check a pack.

    Args:
        bindings_file: By default the example beside the pack.
        mode: The mode to deploy in, in place of the one in the bindings.

    Raises:
        GuardrailError: The directory, its pack.yaml or the bindings file cannot be read.
    """
    loaded = load(directory, bindings_file)
    errors = list(loaded.problems)
    warnings: list[Problem] = []
    errors += _mode_problems(loaded, mode or loaded.bindings.mode)
    if loaded.pack is not None:
        checked = check(loaded.pack, loaded.bindings.site)
        errors += [_problem(finding, loaded) for finding in checked.errors]
        warnings += _warnings(checked, loaded)
        warnings += _untrusted(loaded, mode or loaded.bindings.mode)
    return Report(loaded, _in_order(errors), _in_order(warnings))


def good_pack(
    directory: Path, bindings_file: Path | None = None, mode: Mode | None = None
) -> tuple[PolicyPack, Loaded]:
    """Load a pack that is to be used.

    Raises:
        GuardrailError: It cannot be read, or anything is wrong with it.
    """
    report = check_pack(directory, bindings_file, mode)
    if report.errors or report.loaded.pack is None:
        raise GuardrailError(told(report.errors))
    return report.loaded.pack, report.loaded


def _mode_problems(loaded: Loaded, mode: Mode | None) -> Iterator[Problem]:
    if mode is Mode.WATCH and not loaded.bindings.mitm_ca_trusted:
        place = loaded.bindings.places.get("mode", Place(loaded.file, 1))
        message = "mode watch decrypts; expected mitm_ca_trusted: true, once the agents trust the gateways' CA"
        yield Problem(Code.SCHEMA, place, message)


def _problem(finding: Finding, loaded: Loaded) -> Problem:
    place = loaded.place(finding.path)
    return Problem(finding.code, place, finding.message, finding.rule, finding.by, finding.witness)


def _warnings(checked: Checked, loaded: Loaded) -> Iterator[Problem]:
    positions = {rule.name: at for at, rule in enumerate(loaded.pack.rules if loaded.pack else ())}
    for omission in checked.fitting.omitted:
        place = loaded.place(("rules", positions[omission.rule]))
        yield Problem("rule-omitted", place, f"{omission.rule} will be left out: {omission.why}", omission.rule)
    for each in checked.unproven:
        place = loaded.place(("expect", each.position))
        yield Problem("expectation-unproven", place, each.why, each.rule)


def _untrusted(loaded: Loaded, mode: Mode | None) -> Iterator[Problem]:
    """Yield a warning if agents would meet certificates of a CA that nobody said they trust."""
    opened = [rule.name for rule in (loaded.pack.rules if loaded.pack else ()) if rule.decrypt is Decrypt.ALLOWED]
    if mode is Mode.ENFORCE and opened and not loaded.bindings.mitm_ca_trusted:
        place = loaded.bindings.places.get("mode", Place(loaded.file, 1))
        message = f"{opened[0]} decrypts; agents that do not trust the gateways' CA will fail (mitm_ca_trusted)"
        yield Problem("ca-untrusted", place, message, opened[0])


def _in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.place, str(problem.code), problem.message)))
