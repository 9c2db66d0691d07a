"""What `guardrail pack diff` does: says which flows another pack would decide differently."""

from collections.abc import Iterator
from itertools import groupby

from guardrail.core.firewall.answer import Decision
from guardrail.core.firewall.deployable import deployable
from guardrail.core.firewall.difference import Change, Difference, difference
from guardrail.core.firewall.pack import Mode, PolicyPack
from guardrail.core.firewall.versions import CURRENT
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import Format
from guardrail_cli.output import write, write_document
from guardrail_cli.packs.bound import meaning
from guardrail_cli.terminal import plain

_MOST_SHOWN = 5
_TITLES = {
    Decision.PERMIT: "newly allowed",
    Decision.DENY: "newly denied",
    Decision.INDETERMINATE: "no longer decided",
    Decision.NOT_INSPECTED: "no longer decided",
}


def compare(before: str, after: str | None, bindings: str, form: Format) -> ExitCode:
    """Compare two packs at one place and print what changes.

    Raises:
        GuardrailError: One cannot be read, or has no clear meaning.
    """
    old, _ = meaning(before, bindings)
    new, loaded = meaning(after, bindings)
    found = difference(_enforced(old), _enforced(new), loaded.bindings.site)
    if form is Format.JSON:
        write_document(found.document())
    else:
        write("".join(f"{plain(line)}\n" for line in _lines(found)).encode())
    return ExitCode.FOUND if found.changes else ExitCode.FINE


def _enforced(pack: PolicyPack) -> PolicyPack:
    return deployable(pack, CURRENT, Mode.ENFORCE).pack


def _lines(found: Difference) -> Iterator[str]:
    """Yield what is newly allowed first: that is what a reviewer has to answer for."""
    ordered = sorted(found.changes, key=lambda change: (change.after.decision is not Decision.PERMIT, *_kind(change)))
    for (decision, before, after), changes in groupby(ordered, key=_kind):
        alike = list(changes)
        yield f"{_TITLES[Decision(decision)]}: {before} -> {after}, {len(alike)} of the flows tried"
        yield from (f"- {_flow(change)}" for change in alike[:_MOST_SHOWN])
        if len(alike) > _MOST_SHOWN:
            yield f"- and {len(alike) - _MOST_SHOWN} more; --format json lists them"
    yield (
        f"{found.tried} flows tried, one for each part of each rule: {len(found.changes)} decided differently, "
        f"{found.renamed} alike but by another rule. More cannot be ruled out."
    )


def _kind(change: Change) -> tuple[str, str, str]:
    before, after = change.before, change.after
    return after.decision.value, f"{before.decision} by {before.by}", f"{after.decision} by {after.by}"


def _flow(change: Change) -> str:
    flow = change.flow
    source = flow.get("src_ip") or ", ".join(flow.get("src_groups", ()))
    goal = flow.get("dst_ip") or ", ".join(flow.get("dst_groups", ())) or "any public address"
    name = f" ({flow['sni']}{flow.get('path', '')})" if "sni" in flow else ""
    return f"{source} to {goal}{name}, {flow['protocol']} {flow.get('port', '')}".rstrip()
