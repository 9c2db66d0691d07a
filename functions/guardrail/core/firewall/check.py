"""A pack, checked: what is wrong with it, and what could not be tried."""

from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.core.firewall import lint_pack, lint_rules
from guardrail.core.firewall.decide import Decider
from guardrail.core.firewall.deployable import Deployable, deployable
from guardrail.core.firewall.expectations import Tried, try_all
from guardrail.core.firewall.finding import Code, Finding
from guardrail.core.firewall.objects import Enforcement
from guardrail.core.firewall.pack import Mode, PolicyPack
from guardrail.core.firewall.site import Site
from guardrail.core.firewall.versions import CURRENT


@dataclass(frozen=True, slots=True)
class Unproven:
    """An expectation that does not hold, but not through a fault of the pack.

    Attributes:
        position: Which of the expectations it is, from 0.
        why: The reason why a rule that it needs does not act.
    """

    position: int
    rule: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Checked:
    """All there is to say about a pack."""

    errors: tuple[Finding, ...]
    unproven: tuple[Unproven, ...]
    fitting: Deployable


def check(pack: PolicyPack, site: Site) -> Checked:
    """Check a bound pack as it is when a controller that can do everything enforces every rule."""
    fitting = deployable(pack, CURRENT, Mode.ENFORCE)
    omitted = {omission.rule for omission in fitting.omitted}
    wrong = tuple(_wrong(fitting, site))
    failed = [_failed(tried) for tried in wrong if tried.expectation.by not in omitted]
    unproven = (_unproven(tried, fitting) for tried in wrong if tried.expectation.by in omitted)
    return Checked((*_lints(pack, site), *failed), tuple(unproven), fitting)


def unproven(fitting: Deployable, site: Site) -> tuple[Unproven, ...]:
    """Return the expectations of a good pack that do not hold on this controller, or in this mode."""
    return tuple(_unproven(tried, fitting) for tried in _wrong(fitting, site))


def _lints(pack: PolicyPack, site: Site) -> Iterator[Finding]:
    yield from lint_pack.duplicates(pack)
    yield from lint_rules.logging(pack)
    yield from lint_rules.decryption(pack)
    yield from lint_rules.web_groups(pack)
    yield from lint_rules.wildcards(pack)
    yield from lint_pack.default_deny(pack, site)
    yield from lint_pack.clusters(pack, site)


def _wrong(fitting: Deployable, site: Site) -> Iterator[Tried]:
    decider = Decider(fitting.pack.policy(), site)
    return (tried for tried in try_all(fitting.pack.expectations, decider) if tried.wrong)


def _failed(tried: Tried) -> Finding:
    decided_by = tried.answer.by if tried.answer else None
    return Finding(
        code=Code.EXPECTATION_FAILED,
        path=("expect", tried.position),
        message=tried.wrong or "",
        rule=tried.expectation.by,
        by=(decided_by,) if decided_by else (),
        witness=tried.flow,
    )


def _unproven(tried: Tried, fitting: Deployable) -> Unproven:
    needed = tried.expectation.by
    for omission in fitting.omitted:
        if omission.rule == needed:
            return Unproven(tried.position, needed, f"{needed} is left out: {omission.why}")
    for rule in fitting.pack.rules:
        if rule.name == needed and rule.enforcement is not Enforcement.ENFORCE:
            return Unproven(tried.position, needed, f"{needed} is on Watch")
    return Unproven(tried.position, needed, tried.wrong or "")
