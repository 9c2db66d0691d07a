"""What `guardrail pack new-destination` does: says what a pack needs to permit a host, or writes it."""

from pathlib import Path

from guardrail.core.errors import GuardrailError, InvalidInput
from guardrail.core.firewall.answer import Decision
from guardrail.core.firewall.check import check
from guardrail.core.firewall.pack import PolicyPack
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.output import write
from guardrail_cli.packs.bound import directory
from guardrail_cli.terminal import say
from policy_pack.insertion import inserted
from policy_pack.load import PACK_FILE, Loaded, load
from policy_pack.problem import told
from policy_pack.proposal import Proposal, decided_now, propose


def new_destination(host: str, given: str | None, why: str, bindings: str | None, *, write_it: bool) -> ExitCode:
    """Print the lines that permit a host, or write them into the pack.

    Raises:
        GuardrailError: The pack cannot be read or has no clear meaning, the host cannot be permitted, or the file is
            not laid out in a way that lines can be put into.
    """
    if not why.strip() or not why.isprintable():
        raise InvalidInput("--why", "a reason, in one line of text")
    where, bindings_file = directory(given), Path(bindings) if bindings else None
    loaded, pack = _good(where, bindings_file, None)
    now = decided_now(pack, loaded.bindings.site, host)
    if now.decision is Decision.PERMIT:
        say(f"nothing to add: {now.by} permits it")
        return ExitCode.FINE
    proposal = propose(pack, host, why.strip(), now)
    _, changed = _good(where, bindings_file, proposal.overlay())
    if write_it:
        _write(loaded, pack, changed, proposal, bindings_file)
        say(f"{where / PACK_FILE}: rule, web group and expectation were added; `guardrail pack check` has no objection")
    else:
        write(proposal.overlay().encode())
        say(f"add these lines to {where / PACK_FILE}, or let --write do it; `guardrail pack check` has no objection")
    return ExitCode.FINE


def _good(where: Path, bindings: Path | None, change: str | None) -> tuple[Loaded, PolicyPack]:
    loaded = load(where, bindings, change)
    if loaded.problems or loaded.pack is None:
        raise GuardrailError(f"{told(loaded.problems)}; nothing was added")
    for finding in check(loaded.pack, loaded.bindings.site).errors if change else ():
        raise GuardrailError(f"with it, the pack would be wrong: {finding.message}; nothing was added")
    return loaded, loaded.pack


def _write(loaded: Loaded, pack: PolicyPack, changed: PolicyPack, proposal: Proposal, bindings: Path | None) -> None:
    file = Path(loaded.file)
    rules = {}
    for at, rule in enumerate(pack.rules):
        place = loaded.place(("rules", at))
        if place.file == loaded.file:
            rules[place.line] = rule.priority
    before = file.read_text(encoding="utf-8")
    after = inserted(before, proposal, rules)
    if after is None or not _same(load(file.parent, bindings, content=after).pack, changed):
        raise GuardrailError(f"{file}: its layout is not that of the shipped pack, expected blocks; nothing was added")
    file.write_text(after, encoding="utf-8")


def _same(one: PolicyPack | None, other: PolicyPack) -> bool:
    """Say whether two packs mean the same, in whatever order they say it."""
    if one is None or (one.smart_groups, one.web_groups) != (other.smart_groups, other.web_groups):
        return False
    return set(one.rules) == set(other.rules) and len(one.expectations) == len(other.expectations)
