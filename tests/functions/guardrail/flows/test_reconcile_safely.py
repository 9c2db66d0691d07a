"""In every state between two calls, and after a crash or a fault at any of them, no flow fares worse than it may."""

from collections.abc import Callable
from contextlib import suppress
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.flows.reconcile_pack import apply_pack
from guardrail.gateways.controller.outcome import CONNECTION, Failure
from guardrail_lab.controller.faults import Fault, Kind
from guardrail_lab.controller.reserved import BEFORE_UI
from tests.firewall_builders import rule
from tests.firewall_lab import Crash, FirewallLab
from tests.firewall_states import FLOWS, State, copied, decisions, foreign, pack_of

FEW = settings(max_examples=min(settings().max_examples // 25, 500))


def crash(_: int) -> None:
    raise Crash


Trouble = Callable[[int], Failure | None]
TROUBLE: dict[str, Trouble] = {"crash": crash, "no answer": lambda _: CONNECTION}


def watched(lab: FirewallLab) -> list[list[str]]:
    """Note how the flows are decided after each write from now on, whatever happens to its answer."""
    seen: list[list[str]] = []
    outer = lab.wire.after

    def after(number: int) -> Failure | None:
        seen.append(decisions(lab.live()))
        return outer(number)

    lab.wire.after = after
    return seen


def worse(between: list[str], before: list[str], after: list[str]) -> list[object]:
    """The flows that fare otherwise in between though they fare alike before and after."""
    return [
        flow for flow, *three in zip(FLOWS, between, before, after, strict=True) if three[1] == three[2] != three[0]
    ]


def arranged(seed: int) -> State:
    state = State(seed)
    state.apply_old()
    return state


def reached(state: State) -> tuple[list[str], list[str], int]:
    """How flows are decided before and after, and how many writes lie between."""
    lab = copied(state.lab)
    before = decisions(lab.live())
    report = apply_pack(state.task(), lab.world())
    assert (report.sync, report.refused, report.error) == ("Synced", None, None)
    return before, decisions(lab.live()), report.writes


def check_crashes(state: State) -> None:
    """Let each write go wrong in each way, before and after its effect, and look at every state from there on."""
    before, after, writes = reached(state)
    theirs = foreign(state.lab)
    for index, (name, trouble), late in product(range(writes), TROUBLE.items(), (False, True)):
        told = f"{name} at write {index}, {'after' if late else 'before'} its effect"
        lab = copied(state.lab)
        states = begun_and_hit(state, lab, index, trouble, late=late)
        states += [decisions(lab.live())]
        more = watched(lab)
        report = apply_pack(state.task(), lab.world())
        assert (report.sync, report.refused, report.error) == ("Synced", None, None), told
        assert decisions(lab.live()) == after, told
        assert [each for each in states + more if worse(each, before, after)] == [], told
        assert foreign(lab) == theirs, told
        assert apply_pack(state.task(), lab.world()).writes == 0, told


def begun_and_hit(state: State, lab: FirewallLab, index: int, trouble: Trouble, *, late: bool) -> list[list[str]]:
    """Begin a run that meets trouble at one write; return how flows are decided after each write."""

    def hit(number: int) -> Failure | None:
        return trouble(number) if number == index else None

    if late:
        lab.wire.after = hit
    else:
        lab.wire.before = hit
    states = watched(lab)
    with suppress(Crash):
        apply_pack(state.task(), lab.world())
    lab.wire.before = lab.wire.after = lambda _: None
    return states


@pytest.mark.fuzz
@FEW
@given(st.integers(0, 10**9))
def test_a_crash_or_fault_at_any_write_is_harmless_and_the_next_run_finishes(seed):
    check_crashes(arranged(seed))


RELEASES = pytest.mark.parametrize("release", ["8.1", "9.0"])


@RELEASES
def test_an_allow_list_becomes_a_deny_list_over_the_same_group(release):
    """In place there is no order: either what was never allowed is, or what is always allowed is not."""
    old = pack_of(rule("10-list", "PERMIT", priority=10, src=("s0",), web=("w0",)), w0=("a.example.com",))
    rest = rule("20-rest", "PERMIT", priority=20, src=("s0",))
    new = pack_of(rule("10-list", "DENY", priority=10, src=("s0",), web=("w0",)), rest, w0=("b.example.com",))
    state = State.of(old, new, release)
    state.apply_old()

    check_crashes(state)


@RELEASES
def test_two_web_groups_swap_a_host(release):
    rules = [
        rule("10-first", "DENY", priority=10, src=("s0",), web=("w0",)),
        rule("20-second", "PERMIT", priority=20, src=("s0",), web=("w1",)),
    ]
    old = pack_of(*rules, w0=("a.example.com",), w1=("b.example.com", "x.example.org"))
    new = pack_of(*rules, w0=("b.example.com",), w1=("a.example.com", "x.example.org"))
    state = State.of(old, new, release)
    state.apply_old()

    check_crashes(state)


@pytest.mark.parametrize("at", ["9.0", "10.1"])
def test_rules_move_from_the_v1_list_into_a_ruleset_when_the_controller_is_new_enough(at):
    old = pack_of(rule("10-list", "PERMIT", priority=10, src=("s0",), web=("w0",)), w0=("a.example.com",))
    new = pack_of(rule("10-list", "PERMIT", priority=10, src=("s0",), web=("w0",)), w0=("b.example.com",))
    state = State.of(old, new, "8.1")
    state.release = at
    state.apply_old()

    check_crashes(state)

    assert apply_pack(state.task(), state.lab.world()).sync == "Synced"
    written = state.lab.writes()
    assert written.index("POST microseg/policy-list3") == len(written) - 2 - written[::-1].index(
        "PUT microseg/policy-list"
    )
    world = state.lab.simulator.sim.world
    assert world.policies == []
    (ruleset,) = (each for each in world.rulesets.values() if each["name"] == "ours-pack")
    assert [each["name"] for each in ruleset["policies"]] == ["ours-10-list", "ours-99-last"]


def test_rules_move_back_into_the_v1_list_when_somebody_takes_the_attachment_point():
    """Somebody detached our ruleset and attached theirs: rules that hang nowhere enforce nothing."""
    pack = pack_of(rule("10-list", "PERMIT", priority=10, src=("s0",), web=("w0",)), w0=("a.example.com",))
    state = State.of(pack, pack)
    state.apply_old()
    rulesets = state.lab.simulator.sim.world.rulesets
    (ours,) = (each for each in rulesets.values() if each["name"] == "ours-pack")
    ours["attach_to"] = ""
    state.lab.simulator.sim.changed()
    state.lab.write("POST", "microseg/policy-list3", {"name": "their set", "attach_to": BEFORE_UI, "policies": []})

    check_crashes(state)

    report = apply_pack(state.task(), state.lab.world())
    assert report.sync == "Synced"
    assert "attachment point TERRAFORM_BEFORE_UI_MANAGED is taken" in report.plan.warnings[0]
    assert [each["name"] for each in state.lab.simulator.sim.world.policies] == ["ours-10-list", "ours-99-last"]


@RELEASES
@pytest.mark.parametrize("kind", [Kind.STATUS, Kind.DROP, Kind.LOSE, Kind.GARBLE, Kind.EXPIRE])
def test_trouble_at_any_request_reads_included_is_told_or_made_good(release, kind):
    """Five in a row: a read that gets no answer is not sent more often than that."""
    old = pack_of(rule("10-list", "PERMIT", priority=10, src=("s0",), web=("w0",)), w0=("a.example.com",))
    new = pack_of(rule("10-list", "DENY", priority=10, src=("s0",), web=("w0",)), w0=("b.example.com",))
    state = State.of(old, new, release)
    state.apply_old()
    before, after, _ = reached(state)
    for index in range(18):
        lab = copied(state.lab)
        lab.simulator.faults.add(Fault(kind, at=index, times=5))
        states = watched(lab)

        report = apply_pack(state.task(), lab.world())

        lab.simulator.faults.clear()
        assert report.refused is None, index
        assert report.error is not None or report.sync == "Synced", index
        assert apply_pack(state.task(), lab.world()).sync == "Synced", index
        assert [each for each in states if worse(each, before, after)] == [], index
        assert decisions(lab.live()) == after, index
