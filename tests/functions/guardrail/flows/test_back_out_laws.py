"""The laws of backing out, over random states, commands and troubles."""

import os
from dataclasses import replace
from threading import Barrier, Thread
from time import sleep

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.core.firewall.back_out import RuleList
from guardrail.core.switch import Scope
from guardrail.core.switch_record import Phase
from guardrail.core.undo import Side
from tests.back_out_cloud import CHANGES, FOREIGN, PREFIX, SPOKE, BackOutCloud, Killed, Trouble, back_out, cloud, rule

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
CASES = settings(max_examples=100_000 if NIGHTLY else 1_000)
FEWER = settings(max_examples=100_000 if NIGHTLY else 300)
ENFORCEMENTS = st.sampled_from(["ENFORCE", "MONITOR", "DISABLE"])
NAMES = ("28-deny-known-exfil", "30-allow-models", "50-deny-dns-udp", "100-default-deny")
TABLES = ("rtb-1", "rtb-2")


@st.composite
def spokes(draw):
    snat = draw(st.booleans())
    return {
        "snat": snat,
        "snat_target": draw(st.sampled_from(["primary", "primary", "customized"])) if snat else "",
        "private_default_route": draw(st.booleans()),
        "custom_routes": draw(st.sampled_from([(), ("0.0.0.0/0",), ("10.0.0.0/8", "0.0.0.0/0"), ("10.0.0.0/8",)])),
        "filtered_routes": draw(st.sampled_from([(), ("0.0.0.0/0",)])),
        "transit": draw(st.sampled_from(["", "", "transit"])),
        "route_tables": TABLES,
    }


@st.composite
def rules(draw):
    chosen = draw(st.lists(st.sampled_from(NAMES), unique=True))
    ours = [
        rule(f"{PREFIX}-{name}", int(name.split("-")[0]), "PERMIT" if "allow" in name else "DENY", draw(ENFORCEMENTS))
        for name in chosen
    ]
    return (*draw(st.permutations(FOREIGN)), *ours)


@st.composite
def clouds(draw):
    v1, ruleset = draw(rules()), draw(st.one_of(st.just(()), rules()))
    return cloud(v1, ruleset, **draw(spokes()))


COMMANDS = st.one_of(
    st.sampled_from(["insertion", "policy", "response", "all"]).map(back_out),
    st.booleans().map(lambda detach: back_out(allow_detach=detach)),
    st.builds(
        lambda on, names: {"command": "watch", "on": on, "rules": names, "reason": "x"},
        st.booleans(),
        st.one_of(st.none(), st.lists(st.sampled_from(NAMES), min_size=1)),
    ),
    st.sampled_from([None, "insertion", "policy"]).map(lambda scope: {"command": "restore", "scope": scope}),
    st.just({"command": "settle"}),
    st.just({"command": "status"}),
)
TROUBLES = st.builds(
    Trouble,
    at=st.one_of(st.none(), st.integers(0, 30)),
    kind=st.sampled_from(["error-before", "error-after", "kill-before", "kill-after", "refusal"]),
)


def state(found: BackOutCloud):
    """The controller without the uuids of rules that were never there before."""
    return (dict(found.controller.spokes), {uuid: each.rules for uuid, each in found.controller.lists.items()})


def reconcile(found: BackOutCloud, desired) -> bool:
    """A loop that puts everything back to what it was, if the switch lets it; say whether it changed anything."""
    if not all(found.switches.engaged(scope) for scope in Scope):
        return False
    before = state(found)
    found.controller.spokes, lists = dict(desired[0]), desired[1]
    for uuid, each in lists.items():
        found.controller.lists[uuid] = replace(found.controller.lists[uuid], rules=each)
    return state(found) != before


def run(found, command, trouble=None):
    try:
        return found.order(command, trouble)
    except Killed:
        return None


def held_as_left(found):
    """Every suspension that was read back is still in force as it was left."""
    for record in found.switches.records():
        if record.phase is Phase.HELD and record.undo is not None:
            values = dict(found.controller.spokes[SPOKE].values()) | found.controller.rules().values()
            assert all(field.is_at(Side.AFTER, values) for field in record.undo.fields), record.name


@pytest.mark.fuzz
@CASES
@given(found=clouds(), steps=st.lists(st.tuples(COMMANDS, TROUBLES, st.sampled_from([0, 0.1, 1, 5])), max_size=5))
def test_whatever_is_asked_and_breaks_all_suspensions_end_and_every_field_is_as_it_was(found, steps):
    before = state(found)
    for command, trouble, hours in steps:
        run(found, command, trouble)
        held_as_left(found)
        reconcile(found, before)
        held_as_left(found)
        found.wait(hours * 3600)
    found.pass_time(hours=8)

    assert not [record for record in found.switches.records() if record.is_backed_out]
    assert state(found) == before
    assert not found.calendar.kept


@pytest.mark.fuzz
@FEWER
@given(found=clouds(), command=COMMANDS, trouble=TROUBLES)
def test_a_back_out_is_one_change_for_each_scope_and_restoring_it_another(found, command, trouble):
    scopes = 2 if command.get("scope") == "all" else 1
    run(found, command, trouble)
    assert len(found.controller.changes) <= scopes

    found.wait(24 * 60)
    out = len(found.controller.changes)
    run(found, {"command": "restore"})
    assert len(found.controller.changes) <= 2 * out


@pytest.mark.fuzz
@FEWER
@given(found=clouds(), command=COMMANDS, at=st.integers(0, 30))
def test_a_loop_that_runs_between_any_two_calls_changes_nothing_once_the_switch_is_written(found, command, at):
    """What a loop began before it read the switch is waited for by its lease, which this loop does not need."""
    before, changed = state(found), []

    def loop(index):
        if index == at:
            backed_out = any(record.is_backed_out for record in found.switches.records())
            changed.append(reconcile(found, before) and backed_out)

    run(found, command, Trouble(between=loop))

    assert not any(changed)
    held_as_left(found)


@pytest.mark.fuzz
@FEWER
@given(found=clouds(), command=COMMANDS, at=st.integers(0, 30), kill=st.sampled_from(["kill-before", "kill-after"]))
def test_a_back_out_that_was_killed_anywhere_is_finished_by_asking_again_or_settled_by_the_check(
    found, command, at, kill
):
    before = state(found)
    twin = cloud()
    twin.controller.spokes, twin.controller.lists = dict(before[0]), dict(found.controller.lists)
    run(found, command, Trouble(at, kill))
    found.wait(17 * 60)

    again, undisturbed = run(found, command), run(twin, command)

    for member in ("done", "refused", "before", "after"):
        assert again[member] == undisturbed[member], member
    names = {rule["name"]: rule["enforcement"] for each in found.controller.lists.values() for rule in each.rules}
    assert names == {r["name"]: r["enforcement"] for each in twin.controller.lists.values() for r in each.rules}
    assert found.controller.spokes == twin.controller.spokes


@pytest.mark.fuzz
@FEWER
@given(found=clouds(), command=COMMANDS, at=st.integers(0, 30), kill=st.sampled_from(["kill-before", "kill-after"]))
def test_a_back_out_that_was_killed_anywhere_leaves_no_switch_backed_out_for_a_change_that_is_not_in_force(
    found, command, at, kill
):
    run(found, command, Trouble(at, kill))
    found.wait(17 * 60)
    run(found, {"command": "settle"})

    for record in found.switches.records():
        assert not record.is_backed_out or record.phase is Phase.HELD
    held_as_left(found)


@pytest.mark.fuzz
@FEWER
@given(found=clouds(), command=COMMANDS, writer=st.sampled_from(["rule", "gateway"]), leave=st.booleans())
def test_a_field_that_somebody_changed_since_is_named_and_left_alone(found, command, writer, leave):
    run(found, command)
    records = [record for record in found.switches.records() if record.undo is not None and record.is_backed_out]
    if writer == "rule":
        _somebody_disables_a_rule(found)
    else:
        spoke = found.controller.spokes[SPOKE]
        found.controller.spokes[SPOKE] = replace(spoke, custom_routes=("192.0.2.0/24",))
    changed = state(found)
    values = dict(found.controller.spokes[SPOKE].values()) | found.controller.rules().values()
    foreign = [field for record in records for field in record.undo.foreign(values)]

    answer = run(found, {"command": "restore", "leave_changed": leave})

    if foreign and not leave:
        assert foreign[0].label in answer["refused"]
    now = dict(found.controller.spokes[SPOKE].values()) | found.controller.rules().values()
    assert all(now[field.key] == values[field.key] for field in foreign)
    if not records:
        assert state(found) == changed
    found.pass_time(hours=8)
    assert not [record for record in found.switches.records() if record.is_backed_out]


def _somebody_disables_a_rule(found):
    (uuid, each), *_ = found.controller.lists.items()
    rules = tuple({**r, "enforcement": "DISABLE"} if r["name"].endswith("default-deny") else r for r in each.rules)
    found.controller.lists[uuid] = RuleList(uuid, rules, each.attached, each.document)


@pytest.mark.fuzz
@FEWER
@given(found=clouds(), command=COMMANDS, other=COMMANDS, at=st.integers(0, 30))
def test_another_call_between_any_two_of_ours_leaves_nothing_that_does_not_end(found, command, other, at):
    """The other one waits until ours is taken for dead, so that ours is the one that comes too late."""
    before = state(found)

    run(found, command, Trouble(between=lambda index: run(found, other) if index == at else None))

    held_as_left(found)
    found.pass_time(hours=8)
    assert not [record for record in found.switches.records() if record.is_backed_out]
    assert state(found) == before


@pytest.mark.parametrize("scope", ["insertion", "policy"])
def test_whoever_has_read_the_switch_before_another_wrote_it_does_not_write_it(scope):
    found = cloud()
    answers = []

    def other(index):
        if index == 1:
            answers.append(found.order(back_out(scope)))

    trouble = Trouble(between=other)
    answers.append(found.order(back_out(scope), trouble))

    assert trouble.calls[:2] == ["switches.records", "switches.write"]
    assert len(found.controller.changes) == 1
    assert [answer["done"] for answer in answers] == [True, True]
    assert answers[0]["undo"] == answers[1]["undo"]
    held_as_left(found)
    assert any(record.is_backed_out for record in found.switches.records())


def test_calls_that_race_agree_and_change_once():
    """Each lets the others go first before each of its calls; nobody is taken for dead, because time stands still."""
    for _ in range(50):
        found, answers = cloud(), []
        found.pause = found.switches.wait_for_a_write
        together = Barrier(4)

        def ask(found=found, answers=answers, together=together):
            together.wait()
            answers.append(found.order(back_out(), Trouble(between=lambda _: sleep(0.0001))))

        threads = [Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert found.controller.changes == ["disable_snat"]
        kept = ("done", "before", "after", "until", "proof", "undo")
        assert len({str({key: answer[key] for key in kept}) for answer in answers}) == 1


def test_the_changes_that_are_counted_are_all_there_are():
    assert CHANGES == ("controller.turn", "controller.replace")
