"""What certain histories have to show: who wakes whom, how much at a time, and what happens when nobody is told."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from guardrail_lab.agentcore.errors import ServiceError
from tests.builders import FOREIGN_GROUP, FOREIGN_SUBNET, PUBLIC, vpc
from tests.chaos.account import DEVELOPER
from tests.chaos.history import Conditions, History
from tests.chaos.judge import is_denied
from tests.chaos.scene import contained, drift, drifted_with_two_endpoints, hidden, made
from tests.chaos.trouble import Trouble
from tests.chaos.watch import DENY, LIFT, MOVE, REPAIR
from tests.chaos.world import World

SETTLES = {"settle_seconds": 20.0, "endpoint_settle_seconds": 5.0}
AT_ONCE = {"settle_seconds": 0.001, "endpoint_settle_seconds": 0.001}
REPAIRING = Conditions(behaviour=SETTLES)
TROUBLED = Trouble(throttled=0.03, failed_before=0.02, failed_after=0.02, killed=0.02, stale=0.1, slow=0.02)
NEVER = 10_000_000.0
SPREAD_SECONDS = 20
"""A sweep puts its looks on the queue four a second, and each of them takes a while."""


def played(world: World, *deeds: tuple[float, str, int]) -> World:
    world.run(History(0, world.conditions, deeds))
    assert world.watch.broken == []
    return world


def kinds(world: World) -> list[str]:
    return [each.kind for each in world.watch.made]


def test_a_drifted_runtime_with_two_endpoints_is_denied_repaired_moved_and_given_back_each_once() -> None:
    world = World(REPAIRING)
    drifted_with_two_endpoints(world)

    played(world)

    assert kinds(world) == [DENY, REPAIR, MOVE, LIFT]
    assert contained(world, "REPAIR")


@pytest.mark.parametrize(
    ("mode", "made_of_it"), [("REPAIR", [DENY, MOVE, LIFT]), ("QUARANTINE", [DENY]), ("OBSERVE", [])]
)
def test_an_endpoint_whose_version_was_deleted_under_it_is_contained(mode: str, made_of_it: list[str]) -> None:
    world = World(replace(REPAIRING, mode=mode))
    runtime_id = hidden(world)

    played(world)

    told = [detail["verdict"] for _, detail in world.guardrails[0].told.events]
    assert kinds(world) == made_of_it
    assert told[0]["compliance"] == "INSUFFICIENT_DATA"
    assert told[0]["notes"] == [
        "endpoint prod serves version 1, which no longer exists: what it serves cannot be judged"
    ]
    assert mode == "OBSERVE" or contained(world, mode)
    assert world.plane.may_invoke(runtime_id, "prod", DEVELOPER).allowed is (mode != "QUARANTINE")


def test_quarantine_denies_once_and_changes_nothing_else_until_the_owner_has_repaired_it() -> None:
    world = World(replace(REPAIRING, mode="QUARANTINE"))
    runtime_id = made(world, "drifted", PUBLIC)
    world.loop.at(world.began + 600, lambda: drift(world, runtime_id, vpc()))
    world.busy_until(world.began + 700)

    played(world)

    assert kinds(world) == [DENY, LIFT]


@pytest.mark.parametrize("guardrails", ["one", "two", "shared"])
def test_observe_makes_no_changing_call_whatever_happens(guardrails: str) -> None:
    world = World(replace(REPAIRING, mode="OBSERVE", guardrails=guardrails, trouble=TROUBLED, doubled=0.3))
    drifted_with_two_endpoints(world)

    played(world, (10.0, "create", 1), (50.0, "drift", 2), (90.0, "redeploy", 3), (200.0, "put_policy", 4))

    assert world.watch.sent == []
    assert all(call.startswith(("agentcore.get", "agentcore.list")) for call in agentcore_calls(world))


def agentcore_calls(world: World) -> list[str]:
    return [call for each in world.guardrails for call in each.way.calls if call.startswith("agentcore.")]


def test_the_sweep_alone_contains_everything_within_one_period_when_every_event_is_lost() -> None:
    period = 900.0
    world = World(replace(REPAIRING, lost=1.0, sweep_seconds=period, bounds={"changes": 1_000}))
    runtime_ids = [made(world, f"agent_{number}", vpc(), ("prod",)) for number in range(12)]
    world.loop.at(world.began + 40, lambda: [drift(world, runtime_id) for runtime_id in runtime_ids])
    world.busy_until(world.began + 50)

    played(world)

    first = {each.runtime_id: each.at - world.began - 40 for each in reversed(world.watch.made)}
    lifted = [each.at - world.began - 40 for each in world.watch.made if each.kind == LIFT]
    assert first.keys() == set(runtime_ids)
    assert max(first.values()) < period + SPREAD_SECONDS
    assert max(lifted) < period + 300, "denied within the period, repaired as fast as AgentCore settles"


def test_an_event_of_our_own_call_finds_nothing_to_do_and_asks_for_nothing() -> None:
    world = World(replace(REPAIRING, latest=2.0, sweep_seconds=NEVER))
    runtime_id = made(world, "agent", vpc(), ("prod",))
    world.loop.at(world.began + 60, lambda: drift(world, runtime_id))
    world.busy_until(world.began + 70)

    played(world)

    guardrail = world.guardrails[0]
    own = [each for each in guardrail.handled if guardrail.session_arn in str(each.body.get("detail", ""))]
    assert kinds(world) == [DENY, REPAIR, LIFT]
    assert len(own) == 3
    assert not any(each.of("write") or each.of("sent") for each in own)


def test_every_change_wakes_us_once() -> None:
    world = World(replace(REPAIRING, doubled=1.0, latest=120.0))
    drifted_with_two_endpoints(world)

    played(world)

    agains = [look for each in world.guardrails[0].handled for look in each.of("sent") if look["reason"] == "again"]
    anew = [look for look in agains if look["attempt"] == 1]
    assert len(anew) <= len(world.watch.made)


def test_a_pipeline_that_reverts_every_minute_is_fought_a_bounded_number_of_times_and_then_denied() -> None:
    world = World(replace(REPAIRING, policy={"attempts": 3}, latest=2.0, bounds={"changes": 1_000}))
    runtime_id = made(world, "agent", vpc())
    for minute in range(14):
        world.loop.at(world.began + 60 * minute, lambda: _revert(world, runtime_id))
    world.busy_until(world.began + 60 * 14)
    world.loop.at(world.began + 60 * 14 - 1, lambda: seen.append(is_denied(world.sight(runtime_id).policy)))  # type: ignore[union-attr]
    seen: list[bool] = []

    played(world)

    early = [each for each in world.watch.made if each.kind == REPAIR and each.at < world.began + 60 * 14]
    assert len(early) == 3
    assert seen == [True]
    assert any(kind == "Response Escalated" for kind, _ in world.guardrails[0].told.events)
    assert contained(world, "REPAIR"), "once the pipeline is silent, and the window over, it is repaired"


def _revert(world: World, runtime_id: str) -> None:
    sight = world.sight(runtime_id)
    if sight is not None and sight.status == "READY" and sight.versions[sight.newest]["networkConfiguration"] != PUBLIC:
        drift(world, runtime_id)


def test_more_changes_than_the_breaker_lets_through_are_stopped_and_paged_and_evidence_goes_on() -> None:
    world = World(replace(REPAIRING, bounds={"changes": 4}, latest=2.0, sweep_seconds=NEVER))
    runtime_ids = [made(world, f"agent_{number}", vpc()) for number in range(12)]
    world.loop.at(world.began + 60, lambda: [drift(world, runtime_id) for runtime_id in runtime_ids])

    world.loop.run(world.began + 60 + 240)

    told = world.guardrails[0].told.events
    judged = {detail["verdict"]["runtime_id"] for kind, detail in told if kind == "Runtime Verdict"}
    assert len(world.watch.made) == 4
    assert judged == set(runtime_ids)
    assert [kind for kind, _ in told].count("Response Stopped") == 1
    world.loop.close()


def test_owners_who_keep_on_deleting_the_denial_of_their_runtimes_keep_no_other_one_from_being_denied() -> None:
    world = World(replace(REPAIRING, mode="QUARANTINE", latest=2.0, sweep_seconds=NEVER))
    noisy = [made(world, f"noisy_{number}", vpc()) for number in range(8)]
    victim = made(world, "victim", vpc())
    world.loop.at(world.began, lambda: [drift(world, runtime_id) for runtime_id in noisy])
    for number in range(30, 1_800, 5):
        world.loop.at(world.began + number, lambda to=noisy[number // 5 % 8]: _delete_policy(world, to))
    drifted = world.began + 100
    world.loop.at(drifted, lambda: drift(world, victim))

    world.loop.run(world.began + 1_800)

    denied = [each.at - drifted for each in world.watch.made if each.runtime_id == victim]
    assert len(denied) == 1
    assert denied[0] < 30
    assert len(world.watch.made) > 5 * 8, "the noisy ones are not given up either"
    assert world.watch.broken == []
    world.loop.close()


def _delete_policy(world: World, runtime_id: str) -> None:
    with suppress(ServiceError):
        world.write("DeleteResourcePolicy", {"resourceArn": world.arn(runtime_id)})


@pytest.mark.parametrize("guardrails", ["two", "shared"])
def test_a_second_guardrail_makes_no_second_version(guardrails: str) -> None:
    world = World(replace(REPAIRING, guardrails=guardrails, latest=1.0))
    runtime_id = made(world, "agent", vpc(), ("prod", "test"))
    world.loop.at(world.began + 60, lambda: drift(world, runtime_id))
    world.busy_until(world.began + 70)

    played(world)

    sight = world.sight(runtime_id)
    assert sight is not None
    assert sight.newest == 3, "one by the developer, one by us"
    assert contained(world, "REPAIR")


def test_whoever_blocks_evidence_does_not_block_containment() -> None:
    world = World(replace(REPAIRING, sweep_seconds=900.0))
    drifted_with_two_endpoints(world)
    world.close_buckets(closed=True)

    played(world, (600.0, "open_bucket", 1))

    assert kinds(world)[0] == DENY
    assert world.watch.made[0].at < world.began + 600
    assert len(world.guardrails[0].bucket.objects) >= 2 * len(world.watch.made), "the records came after all"


def test_an_exemption_of_one_broken_rule_hides_no_other() -> None:
    world = World(replace(REPAIRING, latest=2.0))
    runtime_id = made(world, "agent_1", vpc(subnets=[FOREIGN_SUBNET], groups=[FOREIGN_GROUP]))
    world.exempt("agent_1*", ["subnets"])

    played(world)

    assert kinds(world) == [DENY, REPAIR, LIFT]
    assert world.guardrails[0].told.events[0][1]["verdict"]["runtime_id"] == runtime_id


def test_a_runtime_that_does_not_settle_is_looked_at_a_bounded_number_of_times_and_left_to_people() -> None:
    world = World(replace(REPAIRING, latest=2.0, sweep_seconds=NEVER))
    runtime_id = made(world, "agent_1", vpc())
    world.plane.behave(settle_seconds=20_000.0)
    world.loop.at(world.began + 60, lambda: drift(world, runtime_id))

    world.loop.run(world.began + 15_000)

    agains = [look for each in world.guardrails[0].handled for look in each.of("sent")]
    assert kinds(world) == [DENY]
    assert 10 < len(agains) < 50
    assert [kind for kind, _ in world.guardrails[0].told.events].count("Response Escalated") == 1
    world.loop.close()


def test_who_wakes_up_after_his_lease_is_over_changes_nothing_any_more() -> None:
    world = World(replace(REPAIRING, sweep_seconds=120.0, lost=1.0))
    drifted_with_two_endpoints(world)
    guardrail = world.guardrails[0]
    guardrail.seconds = NEVER
    way, slept = guardrail.way, []

    def sleep_before_the_first_change() -> None:
        if not slept and any(key.startswith("change-intended/") for key in guardrail.bucket.objects):
            slept.append(world.now)
            world.loop.sleep(300.0)

    way.before = dict.fromkeys(range(200), sleep_before_the_first_change)

    played(world)

    assert slept
    assert kinds(world) == [DENY, REPAIR, MOVE, LIFT]
    assert any("lease was taken over" in failure for failure in guardrail.failures)


def at_the_first(world: World, call: str, action: Callable[[], object], unless: Callable[[], bool] = bool) -> list[str]:
    """Let somebody do something right before the guardrail's first such call takes effect; return what was done."""
    way, done = world.guardrails[0].way, []

    def watched() -> None:
        if not done and way.calls[-1] == call and not unless():
            done.append(call)
            action()
            world.loop.sleep(0.01)

    way.before = dict.fromkeys(range(300), watched)
    return done


def test_an_update_in_the_moment_of_ours_is_replaced_and_somebody_is_told() -> None:
    world = World(replace(REPAIRING, behaviour=AT_ONCE, lost=1.0))
    runtime_id = drifted_with_two_endpoints(world)
    elsewhere = vpc(groups=[FOREIGN_GROUP])
    at_the_first(world, "agentcore.update_agent_runtime", lambda: drift(world, runtime_id, elsewhere))

    played(world)

    told = [str(detail["reaction"]) for kind, detail in world.guardrails[0].told.events if kind == "Response Escalated"]
    assert len(world.watch.overtaken) == 1
    assert any("at the same time" in each for each in told)


CALLERS = '{"Version": "2012-10-17", "Statement": [{"Sid": "Callers", "Effect": "Deny", "Principal": "*", \
"Action": "bedrock-agentcore:InvokeAgentRuntime", "Resource": "*"}]}'


def _put_policy(world: World, runtime_id: str) -> None:
    world.write("PutResourcePolicy", {"resourceArn": world.arn(runtime_id), "policy": CALLERS})


@pytest.mark.parametrize("mode", ["QUARANTINE", "REPAIR"])
def test_a_policy_in_the_moment_of_the_first_denial_is_replaced_and_people_are_told_once_which(mode: str) -> None:
    world = World(replace(REPAIRING, mode=mode, doubled=1.0, latest=300.0))
    runtime_id = drifted_with_two_endpoints(world)
    at_the_first(world, "agentcore.put_resource_policy", lambda: _put_policy(world, runtime_id))

    played(world)

    told = [detail["reaction"]["did"] for kind, detail in world.guardrails[0].told.events if kind.endswith("Escalated")]
    assert len(told) == 1
    assert told[0].startswith("PutResourcePolicy at ")
    assert "may have been overwritten" in told[0]


@pytest.mark.parametrize("kind", [LIFT, MOVE])
def test_what_somebody_writes_right_before_what_we_compare_stays(kind: str) -> None:
    world = World(replace(REPAIRING, behaviour=AT_ONCE, lost=1.0))
    runtime_id = drifted_with_two_endpoints(world)
    read = {LIFT: "agentcore.get_resource_policy", MOVE: "agentcore.get_agent_runtime_endpoint"}[kind]
    endpoint = {"agentRuntimeId": runtime_id, "endpointName": "prod", "agentRuntimeVersion": "3"}

    def deploy() -> None:
        drift(world, runtime_id, vpc())
        world.loop.sleep(1.0)
        world.write("UpdateAgentRuntimeEndpoint", endpoint)

    action = {LIFT: lambda: _put_policy(world, runtime_id), MOVE: deploy}[kind]
    done = at_the_first(world, read, action, unless=lambda: not is_intended(world, kind))
    world.busy_until(world.began + 300)

    played(world)

    sight = world.sight(runtime_id)
    assert done
    assert sight is not None
    if kind == LIFT:
        assert sight.policy == CALLERS
    else:
        assert {each["liveVersion"] for each in sight.endpoints} == {"3"}
        assert MOVE not in kinds(world)


def test_an_update_right_before_ours_is_seen_and_nothing_is_sent() -> None:
    world = World(replace(REPAIRING, behaviour=AT_ONCE, lost=1.0))
    runtime_id = drifted_with_two_endpoints(world)
    done = at_the_first(
        world,
        "agentcore.get_agent_runtime",
        lambda: drift(world, runtime_id, vpc()),
        unless=lambda: not is_intended(world, REPAIR),
    )

    played(world)

    assert done
    assert kinds(world) == [DENY, MOVE, LIFT], "the owner has repaired it himself"


def is_intended(world: World, kind: str) -> bool:
    return any(key.startswith("change-intended/") and kind in key for key in world.guardrails[0].bucket.objects)


def test_the_same_repair_sent_twice_because_of_stale_reads_makes_one_version() -> None:
    world = World(replace(REPAIRING, behaviour=AT_ONCE, lost=1.0, trouble=Trouble(stale=1e-12)))
    runtime_id = drifted_with_two_endpoints(world)
    lagging: list[str] = []

    def lag() -> None:
        if not lagging and REPAIR in kinds(world):
            lagging.append(REPAIR)
            world.plane.faults.lag(100.0, times=2, operation="GetAgentRuntime")
            world.plane.faults.lag(100.0, times=1, operation="ListAgentRuntimeEndpoints")

    for second in range(300):
        world.loop.at(world.began + second, lag)

    played(world)

    sight = world.sight(runtime_id)
    assert [each.kind for each in world.watch.sent].count(REPAIR) == 2
    assert sight is not None
    assert sight.newest == 2


def test_an_endpoint_on_its_way_to_a_version_that_breaks_a_rule_is_not_waited_for() -> None:
    world = World(replace(REPAIRING, latest=2.0, sweep_seconds=NEVER))
    runtime_id = made(world, "agent_1", vpc(), ("prod",))
    parameters = {"agentRuntimeId": runtime_id, "endpointName": "prod", "agentRuntimeVersion": "2"}

    def move_slowly() -> None:
        world.plane.behave(endpoint_settle_seconds=200.0)
        world.write("UpdateAgentRuntimeEndpoint", parameters)
        world.plane.behave(endpoint_settle_seconds=5.0)

    world.loop.at(world.began + 60, lambda: drift(world, runtime_id))
    world.loop.at(world.began + 600, move_slowly)
    world.busy_until(world.began + 610)

    played(world)

    assert kinds(world) == [DENY, REPAIR, LIFT, DENY, MOVE, LIFT]
    assert world.watch.made[3].at < world.began + 600 + 30


def test_two_messages_at_once_take_turns_and_neither_fails() -> None:
    world = World(replace(REPAIRING, doubled=1.0, latest=0.0))
    guardrail = world.guardrails[0]
    guardrail.batch = 1
    runtime_id = made(world, "agent_1", vpc(), ("prod",))
    world.loop.at(world.began + 60, lambda: drift(world, runtime_id))
    world.busy_until(world.began + 70)

    played(world)

    assert kinds(world) == [DENY, REPAIR, LIFT]
    assert guardrail.failures == []
