"""The reconciler: nothing to do, one changed rule, a first apply, and the plan alone."""

from collections.abc import Iterator
from pathlib import Path

from benches.firewall import Run, Site, Spent, spent, thousand_rules, with_one_changed
from benches.packs import RULES
from benches.peers.json_compare import JsonCompare
from benches.process import ROOT
from benches.report import Effort, Line
from benches.simulated import Simulated, simulated_controller
from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.live import LiveState
from guardrail.core.firewall.ownership import Ownership
from guardrail.core.firewall.pack import Mode
from guardrail.core.firewall.planning import make_plan
from policy_pack.bound import bound_pack

_PACK = ROOT / "policy_pack" / "agentcore"
_BINDINGS = _PACK / "bindings.example.yaml"
_RULES = f"{RULES:,} rules"


def reconcile(effort: Effort) -> list[Line]:
    """Measure all four."""
    bound = thousand_rules()
    with simulated_controller() as simulated:
        site = Site(simulated)
        empty = site.firewall.read(None)
        site.apply(bound)
        full = site.firewall.read(None)
        return [
            *_nothing_to_do(simulated, site, bound, effort),
            *_one_rule(site, bound, effort),
            *first_apply(effort, _PACK, _BINDINGS),
            *_planned(bound, empty, full, effort),
        ]


def _nothing_to_do(simulated: Simulated, site: Site, bound: BoundPack, effort: Effort) -> Iterator[Line]:
    """In turns: ours, the same reads by urllib3 alone, and a script that compares JSON."""
    bare, another = simulated.bare(), simulated.bare()
    messages, script = bare.messages(site.apply(bound).calls), JsonCompare(another.pool, another.cid)
    runs, reads, compared = [], [], []
    for _ in range(effort.processes + 1):
        runs.append(site.apply(bound))
        reads.append(spent(lambda: bare.send(messages)))
        compared.append(spent(script.has_changed))
    ours, reads, compared = [run.spent for run in runs[1:]], reads[1:], compared[1:]
    what, theirs = f"nothing to do, {_RULES}", "a script that reads everything and compares the JSON"
    yield Line(f"{what}: reads", [run.reads for run in runs], "", at_most=6)
    yield Line(f"{what}: writes", [run.writes for run in runs], "", at_most=0)
    yield Line(f"{what} (wall clock)", _walls(ours), "ms", at_most=150)
    yield Line("the same reads, urllib3 alone (wall clock)", _walls(reads), "ms")
    yield Line(f"{theirs} (wall clock)", _walls(compared), "ms")
    yield Line("nothing to do, to the same reads by urllib3 alone", _ratios(ours, reads), "×")
    yield Line("nothing to do, to the script", _ratios(ours, compared), "×")
    yield Line("nothing to do, CPU time of our process", [each.cpu for each in ours], "ms")


def _one_rule(site: Site, bound: BoundPack, effort: Effort) -> Iterator[Line]:
    """There and back again, so that each run finds one rule that is not as it should be."""
    changed = with_one_changed(bound)
    runs = [site.apply(changed if number % 2 == 0 else bound) for number in range(2 * (effort.processes // 2 + 1))]
    what = f"one changed rule of {_RULES}"
    yield Line(f"{what}: writes, each a PUT", puts(runs), "", at_most=1)
    yield Line(f"{what}: reads, those that verify included", [run.reads for run in runs], "")
    yield Line(f"{what}, applied and verified (wall clock)", _walls([run.spent for run in runs]), "ms")


def puts(runs: list[Run]) -> list[int]:
    """Return how often each run wrote.

    Raises:
        RuntimeError: One of them wrote nothing, or by anything but PUT.
    """
    for run in runs:
        methods = {call.method for call in run.calls if not call.read}
        if methods != {"PUT"}:
            raise RuntimeError(f"expected a PUT for one changed rule, not {sorted(methods)}")
    return [run.writes for run in runs]


def first_apply(effort: Effort, pack: Path, bindings: Path) -> list[Line]:
    """Apply a pack to controllers that have nothing yet, a new one each time."""
    lines = []
    for mode in (Mode.DISCOVER, Mode.ENFORCE):
        bound, runs = bound_pack(pack, bindings, mode), []
        for _ in range(max(1, effort.processes // 3)):
            with simulated_controller() as simulated:
                runs.append(Site(simulated).apply(bound))
        what = f"first apply of the shipped pack, {mode}"
        lines += [
            Line(f"{what}: calls, of which {runs[0].writes} write", [len(run.calls) for run in runs], "", at_most=25),
            Line(f"{what} (wall clock)", [run.spent.wall / 1e3 for run in runs], "s", at_most=2),
        ]
    return lines


def _planned(bound: BoundPack, empty: LiveState, full: LiveState, effort: Effort) -> Iterator[Line]:
    """CPU time from what was read to the calls that are to be made; reading is not in it."""
    cases = {
        "which are all there": (bound, full),
        "one of them changed": (with_one_changed(bound), full),
        "none of them there": (bound, empty),
    }
    ownership = Ownership(bound.prefix)
    for what, (wanted, live) in cases.items():
        turns = [
            spent(lambda wanted=wanted, live=live: make_plan(wanted, live, ownership))
            for _ in range(effort.processes + 1)
        ]
        yield Line(f"plan of {_RULES}, {what}", [turn.cpu for turn in turns[1:]], "ms", at_most=60)


def _walls(spent_by_each: list[Spent]) -> list[float]:
    return [each.wall for each in spent_by_each]


def _ratios(ours: list[Spent], theirs: list[Spent]) -> list[float]:
    """Turn by turn: what ran next to each other is compared with each other."""
    return [our.wall / their.wall for our, their in zip(ours, theirs, strict=True)]
