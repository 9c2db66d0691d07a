import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from guardrail.core.errors import GatewayError, InvalidInput
from guardrail.core.evidence import EvidenceRecord
from guardrail.core.firewall.objects import Action, DefaultAction, SmartGroup
from guardrail.core.firewall.pack import Mode
from guardrail.core.firewall.plan import SyncStatus
from guardrail.core.firewall.saved_plan import SavedPlan, parse_saved, saved
from guardrail.flows.reconcile_pack import apply_pack, plan_pack
from guardrail.gateways.standalone import NoEvidence, NoLease
from guardrail_lab.controller.faults import Fault, Kind
from guardrail_lab.controller.reserved import ANYWHERE, BEFORE_UI
from policy_pack.load import SHIPPED, load
from tests.firewall_builders import rule
from tests.firewall_states import State, foreign, pack_of

LIST = rule("10-list", "PERMIT", priority=10, src=("s0",), web=("w0",), ports=((443, 443),))
PACK = pack_of(LIST, w0=("a.example.com",))
RELEASES = pytest.mark.parametrize("release", ["8.1", "8.2", "9.0", "10.1"])
THEIRS = {
    "name": "theirs",
    "action": "PERMIT",
    "priority": 5,
    "src_ads": [ANYWHERE],
    "dst_ads": [ANYWHERE],
    "protocol": "TCP",
}


def applied(pack=PACK, release="9.0") -> State:
    """A controller that has a pack; its calls are counted from here on."""
    state = State.of(pack, pack, release)
    state.apply_old()
    state.lab.calls.clear()
    return state


def rules_of(state: State) -> dict[str, dict[str, Any]]:
    world = state.lab.simulator.sim.world
    lists = (world.policies, *(each.get("policies", []) for each in world.rulesets.values()))
    return {each["name"]: each for rules in lists for each in rules}


@RELEASES
def test_when_nothing_is_to_be_done_at_most_six_reads_are_made(release):
    state = applied(release=release)

    report = apply_pack(state.task(), state.lab.world())

    assert (report.sync, report.writes, report.applied) == (SyncStatus.SYNCED, 0, False)
    assert len(state.lab.calls) == state.lab.reads() <= 6


@pytest.mark.parametrize("release", ["8.1", "9.0", "10.1"])
@pytest.mark.parametrize("mode", Mode)
def test_the_shipped_pack_is_there_after_at_most_twenty_five_calls(release, mode):
    state = State.of(PACK, PACK, release)
    pack = load(SHIPPED).pack
    task = state.task(pack)
    task = replace(task, bound=replace(task.bound, mode=mode))

    report = apply_pack(task, state.lab.world())

    assert (report.sync, report.refused, report.error) == (SyncStatus.SYNCED, None, None)
    assert len(state.lab.calls) <= 25


@pytest.mark.parametrize(
    ("release", "put"), [("8.1", "PUT microseg/policy-list"), ("9.0", "PUT microseg/policy-list3/")]
)
def test_one_changed_rule_is_one_write_and_all_rules_keep_their_identity(release, put):
    state = applied(release=release)
    before = {name: each["uuid"] for name, each in rules_of(state).items()}
    changed = pack_of(replace(LIST, logging=False), w0=("a.example.com",))

    report = apply_pack(state.task(changed), state.lab.world())

    assert report.sync is SyncStatus.SYNCED
    (write,) = state.lab.writes()
    assert write.startswith(put)
    assert {name: each["uuid"] for name, each in rules_of(state).items()} == before
    assert report.rules == {uuid: name for name, uuid in before.items()}


def test_one_changed_group_is_changed_in_place():
    state = applied()

    report = apply_pack(state.task(pack_of(LIST, w0=("b.example.com",))), state.lab.world())

    assert report.sync is SyncStatus.SYNCED
    (write,) = state.lab.writes()
    assert write.startswith("PUT app-domains/")


def test_two_changed_groups_are_replaced_and_rules_keep_their_identity():
    two = rule("20-more", "PERMIT", priority=20, src=("s0",), web=("w1",))
    state = applied(pack_of(LIST, two, w0=("a.example.com",), w1=("b.example.com",)))
    before = {name: each["uuid"] for name, each in rules_of(state).items()}

    changed = pack_of(LIST, two, w0=("b.example.com",), w1=("a.example.com",))
    report = apply_pack(state.task(changed), state.lab.world())

    assert report.sync is SyncStatus.SYNCED
    names = [each.rpartition("/")[0] or each for each in state.lab.writes()]
    assert list(dict.fromkeys(names)) == [
        "POST app-domains", "PUT microseg/policy-list3", "DELETE app-domains", "PUT app-domains",
    ]  # fmt: skip
    assert {name: each["uuid"] for name, each in rules_of(state).items()} == before


def test_the_plan_says_in_words_what_changes():
    state = applied()
    state.lab.write("PUT", "microseg/policy-list", {"policies": [THEIRS]})
    state.lab.write("POST", "app-domains", {"name": "theirs", "selector": {"any": [{"all": {"cidr": "10.9.0.0/16"}}]}})
    more = rule("20-more", "PERMIT", priority=20, src=("s0",), ports=((80, 80), (8000, 8100)))
    state.lab.calls.clear()

    report = plan_pack(state.task(pack_of(more, w0=("a.example.com",))), state.lab.world())

    document = report.document([call.document() for call in state.lab.calls])
    assert [(each["action"], each["address"]) for each in document["changes"]] == [
        ("delete", "web_group/ours-w0"),
        ("create", "rule/ours-20-more"),
        ("delete", "rule/ours-10-list"),
    ]
    assert document["changes"][0]["before"] == {"name": "ours-w0", "sni": ["a.example.com"]}
    assert document["changes"][0]["after"] is None
    assert document["changes"][1]["after"] == {
        "name": "ours-20-more", "priority": 20, "action": "PERMIT", "src": ["ours-s0"], "dst": ["Anywhere"], "web": [],
        "protocol": "ANY", "ports": [80, "8000-8100"], "decrypt": "NOT_ALLOWED", "app": "UNSPECIFIED", "logging": True,
        "enforcement": "ENFORCE", "tls_profile": None,
    }  # fmt: skip
    assert (document["sync"], document["unchanged"], document["foreign"], document["refused"]) == (
        "OutOfSync",
        2,
        2,
        None,
    )
    assert {"method": "GET", "path": "/v2.5/api/app-domains"} in document["calls"]
    assert [each["method"] for each in document["planned"]] == ["PUT", "DELETE"]
    assert state.lab.writes() == []


def enforced(state: State) -> None:
    """Nothing is arranged."""


def dcf_off(state: State) -> None:
    state.lab.simulator.sim.world.features["microseg"] = False
    state.lab.simulator.sim.changed()


def unknown_group(state: State) -> None:
    state.lab.write(
        "POST", "app-domains", {"name": "ours-what", "selector": {"any": [{"all": {"cidr": "10.9.0.0/16"}}]}}
    )


def unknown_rule(state: State) -> None:
    world = state.lab.simulator.sim.world
    (ours,) = (each for each in world.rulesets.values() if each["name"] == "ours-pack")
    state.lab.write("PUT", f"microseg/policy-list3/{ours['uuid']}", {
        **ours, "policies": [*ours["policies"], {**THEIRS, "name": "ours-what"}],
    })  # fmt: skip


def foreign_use(state: State) -> None:
    (uuid,) = (each["uuid"] for each in state.lab.simulator.sim.world.groups.values() if each["name"] == "ours-w0")
    state.lab.write("PUT", "microseg/policy-list", {"policies": [{**THEIRS, "web_filters": [uuid]}]})


def shorter_prefix(state: State) -> None:
    """Somebody's installation has the prefix that ours begins with."""
    state.lab.write("POST", "app-domains", {"name": "my-s0", "selector": {"any": [{"all": {"cidr": "10.9.0.0/16"}}]}})


def policy_group_of_our_name(state: State) -> None:
    lab = state.lab
    lab.simulator.sim.world.rulesets.popitem()
    inner = lab.write("POST", "microseg/policy-list3", {"name": "inner", "policies": []})["uuid"]
    parts = [{"list": inner, "name": "inner", "priority": 1}]
    lab.write("POST", "microseg/policy-list3", {"name": "ours-pack", "sub_policies": parts})


OTHER_RULES = pack_of(w1=("b.example.com",))


@pytest.mark.parametrize(
    ("arrange", "pack", "why"),
    [
        pytest.param(dcf_off, PACK, "(Distributed Cloud Firewall) is off", id="DCF off"),
        pytest.param(unknown_group, PACK, "though the prefix is: smart_group/ours-what", id="group"),
        pytest.param(unknown_rule, PACK, "though the prefix is: rule/ours-what", id="rule"),
        pytest.param(
            enforced,
            replace(OTHER_RULES, max_deletes=1),
            "plan deletes 2 owned objects, the limit is 1: web_group/ours-w0, rule/ours-10-list",
            id="too many deletes",
        ),
        pytest.param(foreign_use, OTHER_RULES, "rule theirs, which is not ours, names it", id="foreign use, delete"),
        pytest.param(
            foreign_use,
            pack_of(replace(LIST, logging=False), w0=("b.example.com",)),
            "group ours-w0 must be replaced or deleted, but rule theirs",
            id="foreign use, replace",
        ),
        pytest.param(
            enforced,
            replace(PACK, smart_groups={**PACK.smart_groups, "w0": SmartGroup("w0", ((("cidr", "10.0.0.0/8"),),))},
                    web_groups={}, rules=(replace(LIST, web=(), dst=("w0",)),)),
            "group ours-w0 exists and is of another kind",
            id="a web group where a smart group is wanted",
        ),
        pytest.param(policy_group_of_our_name, PACK, "ours-pack exists and is no ruleset of ours", id="ruleset clash"),
    ],
)  # fmt: skip
def test_a_plan_is_refused_and_nothing_written(arrange, pack, why):
    state = applied()
    arrange(state)
    state.lab.calls.clear()

    report = apply_pack(state.task(pack), state.lab.world())

    assert report.refused is not None
    assert why in report.refused
    assert report.refused.endswith("nothing was applied")
    assert state.lab.writes() == []
    assert report.plan.changes or arrange in (dcf_off, policy_group_of_our_name)


def test_what_somebody_adopts_may_be_deleted():
    state = applied()
    unknown_group(state)
    task = state.task()
    task = replace(task, ownership=replace(task.ownership, adopted=frozenset({"ours-what"})))

    assert apply_pack(task, state.lab.world()).sync is SyncStatus.SYNCED
    assert "ours-what" not in [each["name"] for each in state.lab.simulator.sim.world.groups.values()]


def test_a_prefix_that_extends_another_in_use_is_refused():
    state = applied()
    shorter_prefix(state)
    task = state.task()
    task = replace(task, bound=replace(task.bound, prefix="my-own"), ownership=replace(task.ownership, prefix="my-own"))

    report = apply_pack(task, state.lab.world())

    assert "name_prefix my-own extends my, which is in use" in str(report.refused)


def test_a_group_that_others_use_may_still_be_changed_in_place_and_their_rule_is_named():
    state = applied()
    foreign_use(state)

    report = apply_pack(state.task(pack_of(LIST, w0=("b.example.com",))), state.lab.world())

    assert report.sync is SyncStatus.SYNCED
    assert "group ours-w0 changes under rule theirs, which is not ours" in report.document()["warnings"][0]


def test_a_firewall_that_goes_off_while_a_pack_is_applied_is_not_called_enforced():
    """A restart of the controller can lose the flag; then the groups and rules are there, and nothing is enforced."""
    state = State.of(PACK, PACK, "9.0")
    state.lab.wire.after = lambda _: dcf_off(state)

    report = apply_pack(state.task(), state.lab.world())

    assert (report.writes, report.error) == (3, None)
    assert "(Distributed Cloud Firewall) is off" in str(report.refused)
    assert str(report.refused).endswith("; 3 calls were made before")


@pytest.mark.parametrize("how", [plan_pack, apply_pack])
def test_a_rule_of_somebodys_of_a_form_that_nobody_knows_is_refused_by_its_name_and_not_an_error(how):
    state = State.of(PACK, PACK, "8.1")
    state.lab.write("PUT", "microseg/policy-list", {"policies": [THEIRS]})
    state.apply_old()
    (theirs,) = (each for each in state.lab.simulator.sim.world.policies if each["name"] == "theirs")
    theirs["protocol"] = "ESP"
    state.release = "9.0"
    state.upgrade()
    state.lab.calls.clear()

    report = how(state.task(), state.lab.world())

    assert (report.sync, report.error, state.lab.writes()) == (SyncStatus.OUT_OF_SYNC, None, [])
    assert "rule theirs of the V1 list, which is not ours, is of a form that is not known" in str(report.refused)


@pytest.mark.parametrize(("priority", "refused"), [(5, True), (10, True), (99, True), (100, False), (500, False)])
def test_a_move_before_rules_of_others_is_refused_when_they_decide_otherwise(priority, refused):
    """Theirs is asked before the last rule of ours, which denies; asked after it, it decides nothing of ours."""
    state = State.of(PACK, PACK, "8.1")
    state.lab.write("PUT", "microseg/policy-list", {"policies": [{**THEIRS, "priority": priority}]})
    state.release = "9.0"
    state.apply_old()
    theirs = foreign(state.lab)

    report = apply_pack(state.task(), state.lab.world())

    assert bool(report.refused) is refused
    assert foreign(state.lab) == theirs
    if refused:
        assert "rule theirs of the V1 list, which is not ours, may overlap ours-99-last" in str(report.refused)


def test_an_attachment_point_that_is_taken_keeps_our_rules_in_the_v1_list_and_is_said():
    state = State.of(PACK, PACK, "9.0")
    state.lab.write(
        "POST", "microseg/policy-list3", {"name": "their set", "attach_to": BEFORE_UI, "policies": [THEIRS]}
    )

    report = apply_pack(state.task(), state.lab.world())

    assert report.sync is SyncStatus.SYNCED
    assert (
        "attachment point TERRAFORM_BEFORE_UI_MANAGED is taken; our rules stand in the V1 list"
        in report.plan.warnings[0]
    )
    assert "PUT microseg/policy-list" in state.lab.writes()


def test_another_attachment_point_can_be_bound():
    state = State.of(PACK, PACK, "9.0")
    task = state.task()
    task = replace(task, bound=replace(task.bound, attachment_point="TERRAFORM_AFTER_UI_MANAGED"))

    assert apply_pack(task, state.lab.world()).sync is SyncStatus.SYNCED
    lost = replace(task, bound=replace(task.bound, attachment_point="NOWHERE"))
    assert "the controller has none of that name" in str(apply_pack(lost, state.lab.world()).refused)


@pytest.mark.parametrize("accepted", [False, True])
def test_the_default_action_becomes_deny_only_when_that_is_accepted_and_in_a_plan_of_its_own(accepted):
    state = State.of(PACK, PACK, "9.0")
    task = replace(state.task(), accept_controller_wide=accepted)
    task = replace(
        task, bound=replace(task.bound, manage_default_action=True, spoke_gateway="agentcore-vca-agentcore-spoke")
    )

    report = apply_pack(task, state.lab.world())

    told = "also for those that our rules do not cover: agentcore-vca-"
    if accepted:
        assert report.sync is SyncStatus.SYNCED
        assert state.lab.writes()[-1] == "PUT microseg/default-action-policy"
        assert report.plan.calls[-1].document()["path"] != "/v2.5/api/microseg/default-action-policy"
        assert any(told in each for each in report.plan.warnings)
        assert report.plan.changes[0].address == "default_action"
    else:
        assert told in str(report.refused)
        assert "expected --accept-controller-wide" in str(report.refused)
        assert state.lab.writes() == []
    assert "agentcore-vca-agentcore-spoke" not in str(report.refused)


def test_the_default_action_is_not_ours_unless_the_customer_says_so_and_never_becomes_permit():
    state = applied()
    state.lab.write("PUT", "microseg/default-action-policy", {"action": "DENY", "logging": False, "log_profile": ""})
    permit = replace(PACK, default_action=DefaultAction(Action.PERMIT, logging=True))
    task = state.task(permit)

    for managed in (False, True):
        report = apply_pack(replace(task, bound=replace(task.bound, manage_default_action=managed)), state.lab.world())
        assert (report.sync, report.writes) == (SyncStatus.SYNCED, 0)
    assert report.plan.warnings == ("default_action is DENY, the pack says PERMIT: it is never put back",)


def test_watch_under_a_default_of_deny_is_warned_of():
    state = applied()
    state.lab.write("PUT", "microseg/default-action-policy", {"action": "DENY", "logging": False, "log_profile": ""})
    task = state.task()

    report = plan_pack(replace(task, bound=replace(task.bound, mode=Mode.DISCOVER)), state.lab.world())

    assert "does not prove that anything is permitted" in report.plan.warnings[0]
    assert report.plan.loosens == ("rule/ours-99-last",)


def test_a_saved_plan_is_applied_only_to_the_state_and_with_the_pack_that_it_was_made_from():
    state = applied()
    task = state.task(pack_of(replace(LIST, logging=False), w0=("a.example.com",)))
    plan = parse_saved(plan_pack(task, state.lab.world()).document())
    other = state.task(pack_of(replace(LIST, priority=11), w0=("a.example.com",)))

    differs = apply_pack(replace(other, expected=plan), state.lab.world())
    state.lab.write("POST", "app-domains", {"name": "theirs", "selector": {"any": [{"all": {"cidr": "10.9.0.0/16"}}]}})
    state.lab.calls.clear()
    stale = apply_pack(replace(task, expected=plan), state.lab.world())

    assert "pack, bindings or options differ" in str(differs.refused)
    assert "the controller has changed since the plan was made" in str(stale.refused)
    assert state.lab.writes() == []
    fresh = saved(plan_pack(task, state.lab.world()).plan)
    assert apply_pack(replace(task, expected=fresh), state.lab.world()).sync is SyncStatus.SYNCED


@pytest.mark.parametrize(
    "document", [None, [], {}, {"saved": 1}, {"live_digest": "sha256:0"}, {"saved": {"fingerprint": 1}}]
)
def test_a_file_that_is_no_saved_plan_is_refused(document):
    with pytest.raises(InvalidInput):
        parse_saved(document)


def test_a_saved_plan_comes_back_as_it_was():
    plan = SavedPlan("sha256:1", "sha256:2")

    assert parse_saved(plan.document()) == plan


class Kept(NoEvidence):
    """Keeps records in a list."""

    def __init__(self) -> None:
        self.records: list[EvidenceRecord] = []

    def append(self, record: EvidenceRecord) -> str:
        self.records.append(record)
        return ""


class Lease(NoLease):
    """A lease that is somebody else's, or is lost after some questions."""

    def __init__(self, answers: list[bool], *, taken: bool = True) -> None:
        self.answers, self.taken, self.given_back = answers, taken, False

    def take(self) -> bool:
        return self.taken

    def held(self) -> bool:
        return self.answers.pop(0) if self.answers else True

    def give_back(self) -> None:
        self.given_back = True


CHANGED = pack_of(
    replace(LIST, web=("w1",)), rule("20-more", "PERMIT", priority=20, src=("s0",)), w1=("b.example.com",)
)  # fmt: skip


def test_a_record_is_written_before_the_first_change_and_after_the_last():
    state, evidence = applied(), Kept()

    apply_pack(state.task(CHANGED, subject="controller.example"), state.lab.world(evidence=evidence))

    assert [each.kind.value for each in evidence.records] == ["firewall-intended", "firewall-outcome"]
    assert evidence.records[0].subject == "controller.example"
    assert evidence.records[1].body["sync"] == "Synced"
    assert evidence.records[1].body["writes"] == 3


def test_without_a_record_nothing_is_changed():
    class Full(NoEvidence):
        def append(self, record: EvidenceRecord) -> str:
            raise GatewayError("s3:PutObject", "AccessDenied", retryable=False)

    state, lease = applied(), Lease([])

    with pytest.raises(GatewayError):
        apply_pack(state.task(CHANGED), state.lab.world(evidence=Full(), lease=lease))

    assert state.lab.writes() == []
    assert lease.given_back


def test_a_backed_out_switch_beats_the_loop_before_every_call():
    for engaged_for in range(4):
        state = applied()
        answers = [True] * engaged_for

        report = apply_pack(
            state.task(CHANGED), state.lab.world(engaged=lambda _, answers=answers: bool(answers and answers.pop()))
        )

        assert report.sync is SyncStatus.OUT_OF_SYNC
        assert "switch policy is 'backed-out', expected 'engaged'" in str(report.refused)
        assert len(state.lab.writes()) == report.writes == max(0, engaged_for - 1)


def test_only_who_has_the_lease_changes_anything():
    state = applied()
    report = apply_pack(state.task(CHANGED), state.lab.world(lease=Lease([], taken=False)))
    assert (report.writes, report.refused) == (0, "another run has the lease of this controller; nothing was applied")

    lease = Lease([True, False])
    report = apply_pack(state.task(CHANGED), state.lab.world(lease=lease))
    assert report.writes == 1
    assert "stopped after 1 of" in str(report.refused)
    assert lease.given_back


def test_a_controller_that_cannot_be_read_is_unknown():
    state = applied()
    state.lab.simulator.faults.add(Fault(Kind.STATUS, at=None, only="app-domains", status=503))

    for report in (plan_pack(state.task(), state.lab.world()), apply_pack(state.task(), state.lab.world())):
        assert (report.sync, report.document()["changes"]) == (SyncStatus.UNKNOWN, [])
        assert report.error == "controller:GET app-domains failed: http-503"


def test_a_controller_that_refuses_every_write_is_told_once_and_not_for_ever():
    state = applied()
    state.lab.wire.before = lambda _: None
    state.lab.simulator.faults.add(Fault(Kind.STATUS, at=None, only="policy-list3/", status=400))

    report = apply_pack(state.task(CHANGED), state.lab.world())

    assert report.sync is SyncStatus.OUT_OF_SYNC
    assert report.error == "controller:GET microseg/policy-list3 failed: http-400"
    assert report.writes <= 4


def test_outside_the_change_window_what_tightens_is_done_and_what_loosens_waits():
    """A permit and a host are new, a denial is gone, another permit is to go: only the last is done at once."""
    no_ftp = rule("15-no-ftp", "DENY", priority=15, src=("s0",), ports=((21, 21),))
    old = rule("30-old", "PERMIT", priority=30, src=("s0",), web=("w1",))
    state = applied(pack_of(LIST, no_ftp, old, w0=("a.example.com",), w1=("x.example.org",)))
    more = rule("20-more", "PERMIT", priority=20, src=("s0",))
    task = state.task(pack_of(LIST, more, w0=("a.example.com", "b.example.com")))

    report = apply_pack(replace(task, only_tighten=True), state.lab.world())

    assert (report.refused, report.error, report.sync) == (None, None, SyncStatus.OUT_OF_SYNC)
    assert [each.address for each in report.plan.changes] == ["web_group/ours-w1", "rule/ours-30-old"]
    assert report.plan.loosens == ("web_group/ours-w0", "rule/ours-20-more", "rule/ours-15-no-ftp")
    assert set(rules_of(state)) == {"ours-10-list", "ours-15-no-ftp", "ours-99-last"}
    again = apply_pack(replace(task, only_tighten=True), state.lab.world())
    assert (again.sync, again.writes) == (SyncStatus.OUT_OF_SYNC, 0)
    assert apply_pack(task, state.lab.world()).sync is SyncStatus.SYNCED
    assert set(rules_of(state)) == {"ours-10-list", "ours-20-more", "ours-99-last"}


def test_what_cannot_be_tightened_without_loosening_waits_as_a_whole():
    state = applied()
    for each in rules_of(state).values():
        each["egress_path"] = "EGRESS_PATH_LOCAL"
    state.lab.simulator.sim.changed()
    task = replace(state.task(), only_tighten=True)

    report = apply_pack(task, state.lab.world())

    assert "outside of the change window nothing may be loosened: rule/ours-10-list" in str(report.refused)
    assert state.lab.writes() == []


def test_a_rule_that_stands_twice_in_the_v1_list_is_there_once_afterwards():
    state = applied(release="8.1")
    policies = state.lab.simulator.sim.world.policies
    policies.insert(1, {**policies[0], "uuid": "00000000-0000-4000-8000-999999999999"})
    state.lab.simulator.sim.changed()

    report = apply_pack(state.task(), state.lab.world())

    assert [(each.action.value, each.address) for each in report.plan.changes] == [("delete", "rule/ours-10-list")]
    assert report.sync is SyncStatus.SYNCED
    assert [each["name"] for each in policies] != [each["name"] for each in state.lab.simulator.sim.world.policies]
    assert sorted(rules_of(state)) == ["ours-10-list", "ours-99-last"]


@pytest.mark.parametrize("release", ["8.1", "9.0"])
def test_what_the_controller_does_not_mark_as_its_own_is_known_by_its_uuid(release):
    state = applied(release=release)
    for group in state.lab.simulator.sim.world.groups.values():
        group["system_resource"] = False
    state.lab.simulator.sim.changed()

    assert plan_pack(state.task(), state.lab.world()).plan.foreign == 0


def test_a_ruleset_that_somebody_made_part_of_a_policy_group_stays_there():
    state = applied()
    (ours,) = (each for each in state.lab.simulator.sim.world.rulesets.values() if each["name"] == "ours-pack")
    ours["attach_to"] = ""
    state.lab.simulator.sim.changed()
    parts = [{"list": ours["uuid"], "name": "ours", "priority": 1}]
    state.lab.write("POST", "microseg/policy-list3", {"name": "theirs", "attach_to": BEFORE_UI, "sub_policies": parts})

    report = apply_pack(state.task(), state.lab.world())
    changed = apply_pack(state.task(pack_of(replace(LIST, logging=False), w0=("a.example.com",))), state.lab.world())

    assert (report.sync, report.writes) == (SyncStatus.SYNCED, 0)
    assert (changed.sync, changed.writes) == (SyncStatus.SYNCED, 1)


def test_a_command_straight_at_a_controller_loads_no_aws_sdk():
    code = (
        "import sys, guardrail.flows.reconcile_pack, guardrail.gateways.firewall, guardrail.gateways.standalone;"
        "print([name for name in sys.modules if name.split('.')[0] in ('boto3', 'botocore')])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
