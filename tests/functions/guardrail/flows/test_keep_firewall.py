"""What a run of the schedule does about a drift: tell it once, and put back what may be put back now."""

import json
from datetime import timedelta

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.firewall.answer import Decision
from guardrail.core.firewall.decide import Decider
from guardrail.core.firewall.flow import parse_flow
from guardrail.core.firewall.memory import HEALS_A_DAY
from guardrail.flows.keep_firewall import NotCompared
from guardrail_lab.controller.faults import Fault, Kind
from guardrail_lab.controller.reserved import ANYWHERE
from tests.firewall_builders import rule
from tests.firewall_states import pack_of
from tests.keeping_lab import PREFIX, KeptController

PACK = pack_of(
    rule("10-list", "PERMIT", priority=10, src=("s0",), web=("w0",), ports=((443, 443),)),
    rule("20-no-ssh", "DENY", priority=20, src=("s0",), ports=((22, 22),)),
    w0=("a.example.com",),
)
THEIRS = {
    "name": "theirs",
    "action": "PERMIT",
    "priority": 5,
    "src_ads": [ANYWHERE],
    "dst_ads": [ANYWHERE],
    "protocol": "TCP",
}


@pytest.fixture
def kept() -> KeptController:
    """A controller to which the pack was deployed; healing is on."""
    controller = KeptController(PACK)
    controller.lab.write("PUT", "microseg/policy-list", {"policies": [THEIRS]})
    assert controller.deploy() is not None
    controller.lab.calls.clear()
    return controller


def opened(kept):
    """Somebody lets ssh out: to undo it is to tighten."""
    kept.edit("20-no-ssh", action="PERMIT")


def denied(kept):
    """Whether a flow that only our last rule denies is denied, by the policy that is enforced."""
    flow = parse_flow({"src_ip": "10.50.10.20", "dst_ip": "203.0.113.9", "protocol": "UDP", "port": 8080})
    return Decider(kept.lab.live().policy()).decide(flow).decision is Decision.DENY


def closed(kept):
    """Somebody denies what the pack permits: to undo it lets more through."""
    kept.edit("10-list", action="DENY")


def test_a_controller_that_has_the_pack_costs_six_reads_and_no_write_of_any_kind(kept):
    revision = kept.memories.revision

    done = kept.keep()

    assert done.state is None
    assert (kept.states(), kept.memories.revision) == ([], revision)
    assert len(kept.lab.calls) == kept.lab.reads() <= 6


def test_with_healing_off_a_drift_is_told_once_and_left_alone(kept):
    kept.heal = False
    opened(kept)

    states = [kept.keep().state for _ in range(3)]

    assert states == ["found"] * 3
    assert kept.states() == ["found"]
    assert kept.lab.writes() == []
    assert kept.rules()[f"{PREFIX}-20-no-ssh"]["action"] == "PERMIT"


def test_another_drift_is_told_again(kept):
    kept.heal = False
    opened(kept)
    kept.keep()
    closed(kept)
    kept.keep()

    assert kept.states() == ["found", "found"]


def test_a_drift_that_somebody_else_ended_is_told_to_be_over(kept):
    kept.heal = False
    opened(kept)
    kept.keep()
    kept.edit("20-no-ssh", action="DENY")

    assert kept.keep().state is None
    assert kept.states() == ["found", "over"]
    assert kept.keep().state is None
    assert kept.states() == ["found", "over"]


@pytest.mark.parametrize(
    "edit", [opened, closed, lambda kept: kept.remove("20-no-ssh")], ids=["opened", "closed", "gone"]
)
def test_with_healing_on_a_drift_is_put_back_with_evidence_and_others_are_left_alone(kept, edit):
    before = {name: rule for name, rule in kept.rules().items() if name == "theirs"}
    edit(kept)

    done = kept.keep()

    assert done.state == "healed"
    assert kept.keep().state is None
    assert kept.states() == ["healed"]
    assert {name: rule for name, rule in kept.rules().items() if name == "theirs"} == before
    kinds = [key.split("/")[0] for key in kept.evidence.records]
    assert kinds[-3:] == ["firewall-intended", "firewall-outcome", "firewall-drift"]
    assert kept.findings.reported[0].evidence.rpartition("/")[2] in list(kept.evidence.records)[-1]


def elsewhere(kept):
    """Somebody points our last deny at a group of theirs that is called like the controller's own."""
    group = {"name": "Anywhere", "selector": {"any": [{"all": {"cidr": "192.0.2.77/32"}}]}}
    kept.edit("99-last", dst_ads=[kept.lab.write("POST", "app-domains", group)["uuid"]])


def idle(kept):
    """Somebody takes our ruleset from its attachment point into a policy group that hangs nowhere."""
    (ours,) = (each for each in kept.lab.live().rulesets if each["name"] == f"{PREFIX}-pack")
    parts = [{"list": ours["uuid"], "priority": 1}]
    kept.lab.write("POST", "microseg/policy-list3", {"name": "theirs", "sub_policies": parts})
    kept.lab.write("PUT", f"microseg/policy-list3/{ours['uuid']}", {**ours, "attach_to": ""})


@pytest.mark.parametrize("edit", [elsewhere, idle])
def test_a_deny_that_no_longer_denies_is_a_drift_however_it_looks(kept, edit):
    edit(kept)
    assert not denied(kept)

    done = kept.keep()

    assert (done.state, kept.states()) == ("healed", ["healed"])
    assert done.report.plan.changes
    assert denied(kept)


def test_outside_the_change_window_a_permit_is_not_widened_because_a_narrow_group_has_the_name_of_a_wide_one(kept):
    kept.window_around(is_open=False)
    group = {"name": "Anywhere", "selector": {"any": [{"all": {"cidr": "192.0.2.77/32"}}]}}
    kept.edit("10-list", dst_ads=[kept.lab.write("POST", "app-domains", group)["uuid"]])

    assert kept.keep().state == "waits-for-change-window"
    assert kept.lab.writes() == []


def test_outside_the_change_window_what_somebody_closes_meanwhile_is_not_opened_again(kept):
    """The plan that was looked at only tightens; between its reading and its write somebody denies what we permit."""
    kept.window_around(is_open=False)
    opened(kept)
    ours = next(each for each in kept.lab.simulator.sim.world.rulesets.values() if each["name"] == f"{PREFIX}-pack")
    denied = [{**each, "action": "DENY"} if each["name"].endswith("10-list") else each for each in ours["policies"]]
    written = {"method": "PUT", "path": f"microseg/policy-list3/{ours['uuid']}"}
    writer = Fault(Kind.WRITER, only=ours["uuid"], request=written | {"document": {**ours, "policies": denied}})
    kept.lab.simulator.faults.add(writer)

    first, second = kept.keep(), kept.keep()

    assert "the controller changed while the plan was carried out" in str(first.report.refused)
    assert (first.report.writes, first.state, second.state) == (0, "refused", "healed-in-part")
    actions = {name: kept.rules()[f"{PREFIX}-{name}"]["action"] for name in ("10-list", "20-no-ssh")}
    assert actions == {"10-list": "DENY", "20-no-ssh": "DENY"}
    assert kept.states() == ["healed-in-part"]


def test_outside_the_change_window_a_denial_is_not_taken_back_from_before_a_permit_of_others():
    """By default all is denied, but behind our denial, which somebody made wider, stands a permit of theirs."""
    pack = pack_of(rule("20-no-ssh", "DENY", priority=20, src=("Anywhere",), ports=((22, 22),)))
    kept = KeptController(pack)
    kept.lab.write("PUT", "microseg/policy-list", {"policies": [THEIRS]})
    kept.deploy()
    kept.lab.write("PUT", "microseg/default-action-policy", {"action": "DENY", "logging": True, "log_profile": ""})
    kept.window_around(is_open=False)
    kept.edit("20-no-ssh", port_ranges=[])

    closed_window = kept.keep().state
    kept.window_around(is_open=True)

    assert (closed_window, kept.rules()[f"{PREFIX}-20-no-ssh"]["port_ranges"]) == ("waits-for-change-window", [])
    assert kept.keep().state == "healed"


def test_outside_the_change_window_what_was_opened_is_closed_again(kept):
    kept.window_around(is_open=False)
    opened(kept)

    assert kept.keep().state == "healed"


def test_outside_the_change_window_nothing_more_is_let_through_and_people_are_told_once(kept):
    kept.window_around(is_open=False)
    closed(kept)

    assert [kept.keep().state for _ in range(2)] == ["waits-for-change-window"] * 2
    assert kept.states() == ["waits-for-change-window"]
    assert kept.rules()[f"{PREFIX}-10-list"]["action"] == "DENY"
    assert kept.lab.writes() == []


def test_outside_the_change_window_what_was_opened_is_closed_even_if_something_was_closed_too(kept):
    kept.window_around(is_open=False)
    opened(kept)
    closed(kept)

    assert [kept.keep().state for _ in range(3)] == ["healed-in-part", *["waits-for-change-window"] * 2]

    rules = kept.rules()
    assert (rules[f"{PREFIX}-20-no-ssh"]["action"], rules[f"{PREFIX}-10-list"]["action"]) == ("DENY", "DENY")
    assert kept.states() == ["healed-in-part", "waits-for-change-window"]
    kept.window_around(is_open=True)
    assert kept.keep().state == "healed"
    assert kept.rules()[f"{PREFIX}-10-list"]["action"] == "PERMIT"


def test_it_is_healed_as_soon_as_the_window_opens(kept):
    kept.window_around(is_open=False)
    closed(kept)
    kept.keep()
    kept.window_around(is_open=True)

    assert kept.keep().state == "healed"
    assert kept.rules()[f"{PREFIX}-10-list"]["action"] == "PERMIT"


def test_what_changes_between_looking_and_healing_is_not_healed_unseen(kept):
    """Outside the window only the plan that was looked at may be applied."""
    kept.window_around(is_open=False)
    opened(kept)
    kept.lab.calls.clear()
    reads = iter(range(1_000))
    original = kept.lab.wire.exchange

    def exchange(*arguments, **options):
        # the comparison takes a login and six reads; then somebody closes something too
        if next(reads) == 9:
            closed(kept)
        return original(*arguments, **options)

    kept.lab.wire.exchange = exchange
    done = kept.keep()

    assert done.state == "refused"
    assert kept.rules()[f"{PREFIX}-10-list"]["action"] == "DENY"
    assert kept.lab.writes() == []


def test_while_the_rules_are_backed_out_nothing_is_changed_and_that_is_told_once(kept):
    kept.engaged = False
    opened(kept)
    first = kept.keep().state
    closed(kept)

    assert [first, kept.keep().state] == ["suspended", "suspended"]
    assert kept.states() == ["suspended"]
    assert kept.lab.writes() == []


def test_a_plan_that_is_refused_is_told_with_its_reason(kept):
    kept.turn("microseg", on=False)

    assert kept.keep().state == "refused"
    [drift] = kept.findings.reported
    assert "microseg" in str(drift.refused)


def test_a_drift_that_keeps_coming_back_is_not_fought_over(kept):
    states = []
    for _ in range(HEALS_A_DAY + 2):
        opened(kept)
        states.append(kept.keep().state)
        kept.lab.pause(900)

    assert states == ["healed"] * HEALS_A_DAY + ["keeps-coming-back"] * 2
    assert kept.states() == ["healed"] * HEALS_A_DAY + ["keeps-coming-back"]
    kept.lab.pause(timedelta(days=1).total_seconds())
    assert kept.keep().state == "healed"


def test_two_stacks_that_keep_different_packs_on_one_controller_stop_and_say_so(kept):
    """Somebody deployed the same prefix twice; neither may win for ever."""
    another = KeptController(pack_of(w0=("a.example.com",)), lab=kept.lab, lease=kept.lease)
    another.memories.memory = kept.memories.memory

    for _ in range(4 * HEALS_A_DAY):
        kept.keep()
        another.keep()
        kept.lab.pause(60)

    assert kept.states().count("healed") <= HEALS_A_DAY
    assert another.states().count("healed") <= HEALS_A_DAY
    assert {kept.states()[-1], another.states()[-1]} & {"keeps-coming-back"}
    assert len(kept.lab.writes()) < 100


def test_while_another_run_has_the_lease_nothing_is_changed_and_nobody_is_disturbed(kept):
    kept.lease.busy = True
    opened(kept)

    assert kept.keep().state == "refused"
    assert (kept.states(), kept.lab.writes()) == ([], [])
    kept.lease.busy = False
    assert kept.keep().state == "healed"


def test_a_controller_that_cannot_be_reached_is_an_error_and_nothing_is_told_of_it(kept):
    kept.outage()

    with pytest.raises(NotCompared, match="connection"):
        kept.keep()

    assert kept.states() == []


def test_without_evidence_nothing_is_changed(kept):
    opened(kept)
    kept.evidence.refuses = True

    with pytest.raises(GatewayError):
        kept.keep()

    assert kept.lab.writes() == []


def test_a_run_that_healed_and_could_not_remember_it_is_made_up_for_by_the_next(kept):
    uuid = kept.rules()[f"{PREFIX}-20-no-ssh"]["uuid"]
    kept.remove("20-no-ssh")
    kept.memories.save = lambda *_: (_ for _ in ()).throw(GatewayError("memory", "Outage", retryable=True))
    with pytest.raises(GatewayError):
        kept.keep()
    del kept.memories.save

    assert kept.keep().state is None

    new = kept.rules()[f"{PREFIX}-20-no-ssh"]["uuid"]
    registry = kept.memories.memory.registry
    assert [each["until"] is None for each in registry.of(uuid)] == [False]
    assert [each["until"] is None for each in registry.of(new)] == [True]


def test_evidence_of_a_drift_says_what_differed_and_which_pack_was_meant(kept):
    kept.heal = False
    opened(kept)
    kept.keep()

    record = json.loads(list(kept.evidence.records.values())[-1])

    assert (record["kind"], record["state"], record["pack"]) == ("firewall-drift", "found", kept.keeping.digest)
    assert [each["address"] for each in record["plan"]["changes"]] == [f"rule/{PREFIX}-20-no-ssh"]
