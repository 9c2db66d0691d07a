"""Other writers: what the API lets anybody detect is detected, nothing of theirs is lost, nobody plays ping-pong."""

from copy import deepcopy

import pytest

from guardrail.flows.reconcile_pack import apply_pack, plan_pack
from tests.firewall_builders import rule
from tests.firewall_lab import FirewallLab, before_request
from tests.firewall_states import State, foreign, pack_of

OLD = pack_of(rule("10-list", "PERMIT", priority=10, src=("s0",), web=("w0",)), w0=("a.example.com",))
NEW = pack_of(
    rule("10-list", "PERMIT", priority=10, src=("s0",), web=("w0",), logging=False),
    rule("20-more", "PERMIT", priority=20, src=("s0",), web=("w1",)),
    w0=("b.example.com",),
    w1=("a.example.com",),
)
RELEASES = pytest.mark.parametrize("release", ["8.1", "9.0"])
ANYWHERE = "def000ad-0000-0000-0000-000000000000"
THEIR_RULE = {
    "name": "theirs",
    "action": "PERMIT",
    "priority": 5,
    "src_ads": [ANYWHERE],
    "dst_ads": [ANYWHERE],
    "protocol": "TCP",
}


def begun(release: str) -> State:
    state = State.of(OLD, NEW, release)
    state.apply_old()
    state.lab.wire.writes = 0
    return state


def adds_a_rule(lab: FirewallLab) -> None:
    """Somebody reads the V1 list and writes it back with a rule of theirs."""
    listed = [dict(each) for each in lab.simulator.sim.world.policies]
    lab.write("PUT", "microseg/policy-list", {"policies": [*listed, THEIR_RULE]})


def edits_ours(lab: FirewallLab) -> None:
    """Somebody changes a rule of ours, wherever it stands."""
    world = lab.simulator.sim.world
    for rules in (world.policies, *(each.get("policies", []) for each in world.rulesets.values())):
        for each in rules:
            if each["name"] == "ours-99-last":
                each["logging"] = False
    lab.simulator.sim.changed()


def adds_a_rule_to_our_ruleset(lab: FirewallLab) -> None:
    for ruleset in lab.simulator.sim.world.rulesets.values():
        if ruleset["name"] == "ours-pack":
            rules = [*ruleset["policies"], THEIR_RULE]
            lab.write("PUT", f"microseg/policy-list3/{ruleset['uuid']}", {**ruleset, "policies": rules})


def requests(release: str) -> int:
    """How many requests a run makes from this state, logins aside."""
    state = begun(release)
    state.lab.calls.clear()
    apply_pack(state.task(), state.lab.world())
    return len(state.lab.calls)


def written(release: str) -> list[str]:
    """What a run writes from this state."""
    state = begun(release)
    state.lab.calls.clear()
    apply_pack(state.task(), state.lab.world())
    return state.lab.writes()


def names_of_rules(lab: FirewallLab) -> list[str]:
    world = lab.simulator.sim.world
    lists = (world.policies, *(each.get("policies", []) for each in world.rulesets.values()))
    return [each["name"] for rules in lists for each in rules]


@pytest.mark.parametrize(
    ("release", "somebody", "window"),
    [
        pytest.param("8.1", adds_a_rule, ["PUT microseg/policy-list"], id="V1 list: one round trip"),
        pytest.param("9.0", adds_a_rule, [], id="ours stand in a ruleset, theirs in the V1 list"),
        pytest.param("9.0", adds_a_rule_to_our_ruleset, ["PUT microseg/policy-list3"], id="theirs in our own ruleset"),
        pytest.param("8.1", edits_ours, [], id="a rule of ours, V1 list"),
        pytest.param("9.0", edits_ours, [], id="a rule of ours, ruleset"),
    ],
)
def test_what_somebody_writes_before_any_request_is_lost_only_in_the_stated_window(release, somebody, window):
    lost = []
    for index in range(requests(release)):
        state = begun(release)
        lab = state.lab
        lab.calls.clear()
        before_request(lab, index, somebody)

        report = apply_pack(state.task(), lab.world())

        assert (report.refused, report.error) == (None, None), index
        if somebody is not edits_ours and "theirs" not in names_of_rules(lab):
            call = lab.calls[index]
            lost.append(f"{call.method} {'/'.join(call.name.split('/')[:2])}")
        assert apply_pack(state.task(), lab.world()).sync == "Synced", index
    assert lost == window


@RELEASES
def test_a_write_that_takes_ours_back_is_found_and_made_good_in_the_same_run(release):
    """Somebody read the list before our write, and writes it back after it, with a rule of theirs."""
    state = begun(release)
    lab = state.lab
    world = lab.simulator.sim.world
    stale = deepcopy((world.policies, world.rulesets))
    first = next(index for index, name in enumerate(written(release)) if "microseg" in name)

    def takes_back(number: int) -> None:
        if number == first:
            world.policies, world.rulesets = stale
            lab.simulator.sim.changed()
            adds_a_rule(lab)

    lab.wire.after = takes_back

    report = apply_pack(state.task(), lab.world())

    assert (report.sync, report.error) == ("Synced", None)
    assert [each["name"] for each in foreign(lab)["policies"]] == ["theirs"]


@RELEASES
def test_somebody_who_fights_back_at_every_write_is_not_fought_for_ever(release):
    state = begun(release)
    lab = state.lab
    lab.wire.after = lambda _: edits_ours(lab)

    report = apply_pack(state.task(), lab.world())

    assert report.sync == "OutOfSync"
    assert report.writes <= 12


@RELEASES
def test_two_reconcilers_and_a_human_come_to_rest(release):
    state = begun(release)
    lab = state.lab
    one, other = lab.world(), lab.world()
    apply_pack(state.task(), one)
    edits_ours(lab)
    lab.calls.clear()

    first, second = apply_pack(state.task(), one), apply_pack(state.task(), other)

    assert (first.writes, second.writes) == (1, 0)
    assert [apply_pack(state.task(), world).writes for world in (one, other, one)] == [0, 0, 0]


@RELEASES
def test_a_reconciler_that_runs_in_the_middle_of_another_changes_nothing_about_the_end(release):
    for index in range(8):
        state = begun(release)
        lab = state.lab
        world, other = lab.world(), lab.world()

        def meanwhile(number: int, index=index, lab=lab, state=state, other=other) -> None:
            if number == index:
                lab.wire.after = lambda _: None
                assert apply_pack(state.task(), other).sync == "Synced"

        lab.wire.after = meanwhile

        report = apply_pack(state.task(), world)

        assert (report.sync, report.error, report.refused) == ("Synced", None, None), index
        assert plan_pack(state.task(), world).plan.changes == (), index


def test_the_window_on_the_v1_list_is_the_write_right_after_a_read():
    state = begun("8.1")
    state.lab.calls.clear()

    apply_pack(state.task(), state.lab.world())

    names = [f"{call.method} {call.name}" for call in state.lab.calls]
    at = names.index("PUT microseg/policy-list")
    assert names[at - 1] == "GET microseg/policy-list"
    assert names.count("PUT microseg/policy-list") == 1


@RELEASES
def test_somebody_who_begins_to_use_a_group_that_is_about_to_go_keeps_it(release):
    """Their rule names a group of ours that is being replaced: the group stays, and the plan says why it stops."""
    for index in range(5):
        state = begun(release)
        lab = state.lab
        old = next(uuid for uuid, each in lab.simulator.sim.world.groups.items() if each["name"] == "ours-w0")

        def uses(number: int, index=index, lab=lab, old=old) -> None:
            if number == index and old in lab.simulator.sim.world.groups:
                listed = [dict(each) for each in lab.simulator.sim.world.policies]
                lab.write("PUT", "microseg/policy-list", {"policies": [*listed, {**THEIR_RULE, "web_filters": [old]}]})

        lab.wire.after = uses

        report = apply_pack(state.task(), lab.world())

        lab.wire.after = lambda _: None
        theirs = [each for each in lab.simulator.sim.world.policies if each["name"] == "theirs"]
        if theirs:
            assert theirs[0]["web_filters"] == [old]
            assert old in lab.simulator.sim.world.groups
            assert report.refused is not None
            assert "which is not ours, names it" in report.refused
        else:
            assert report.sync == "Synced"
