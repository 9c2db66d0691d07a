from guardrail.core.firewall.holdings import holdings
from guardrail.core.firewall.placement import Placement
from guardrail.core.firewall.planned_call import Verb
from guardrail.core.firewall.rule_writes import rule_writes
from tests.firewall_builders import rule
from tests.firewall_states import State, pack_of

PACK = pack_of(rule("10-list", "PERMIT", priority=10, src=("s0",), web=("w0",)), w0=("a.example.com",))


def arranged(*guests):
    """Our rules in a ruleset, with rules of others in it; returns what is there, divided, and our rules again."""
    state = State.of(PACK, PACK)
    state.apply_old()
    (ours,) = (each for each in state.lab.simulator.sim.world.rulesets.values() if each["name"] == "ours-pack")
    if guests:
        state.lab.write(
            "PUT", f"microseg/policy-list3/{ours['uuid']}", {**ours, "policies": [*ours["policies"], *guests]}
        )
    live = state.lab.live()
    held = holdings(live, state.task().ownership, "ours-pack")
    return live, held, held.ruleset_rules


def test_on_the_way_back_rules_stand_in_the_v1_list_before_they_leave_the_ruleset():
    live, held, ours = arranged()

    calls = rule_writes("ours-pack", ours, Placement(None), live, held)

    assert [call.verb for call in calls] == [Verb.REPLACE_LIST, Verb.DELETE_RULESET]
    assert [each["name"] for each in calls[0].rules] == ["ours-10-list", "ours-99-last"]


def test_a_ruleset_that_holds_rules_of_others_is_left_to_them():
    theirs = {"name": "theirs", "action": "PERMIT", "src_ads": [], "dst_ads": [], "protocol": "TCP"}
    live, held, ours = arranged(theirs)

    calls = rule_writes("ours-pack", ours, Placement(None), live, held)

    assert [call.verb for call in calls] == [Verb.REPLACE_LIST, Verb.REPLACE_RULESET]
    assert [each["name"] for each in calls[1].rules] == ["theirs"]


def test_rules_that_are_as_they_should_be_are_not_written():
    live, held, ours = arranged()

    assert rule_writes("ours-pack", ours, Placement(live.point), live, held) == ()
    assert held.ruleset is not None


def test_another_point_or_name_is_one_write_of_the_same_rules():
    live, held, ours = arranged()

    for name, point in (("ours-other", live.point), ("ours-pack", "another")):
        (call,) = rule_writes(name, ours, Placement(point), live, held)
        assert (call.verb, call.name, call.settings["attach_to"]) == (Verb.REPLACE_RULESET, name, point)
        assert call.rules == call.seen
