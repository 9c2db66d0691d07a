"""What can only be said of a whole history: how often, how much at a time, whether every change left its records."""

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tests.chaos.guardrail import FUNCTION_SECONDS, Guardrail
from tests.chaos.handling import INTENT, OUTCOME
from tests.chaos.watch import DENY

if TYPE_CHECKING:
    from tests.chaos.world import World

ESCALATED = "Response Escalated"


def check_totals(world: "World") -> None:
    """What can only be said of a whole history."""
    if not (world.trouble.killed or world.trouble.failed_after or world.trouble.slow):
        _overtaken_is_told(world)
    for guardrail in world.guardrails:
        _bounded(world, guardrail)
        _recorded(world, guardrail)
        for handling in guardrail.handled:
            agains = [look for look in handling.of("sent") if look["reason"] == "again"]
            if len(agains) > 1:
                world.watch.say("law 6", f"one message put {len(agains)} looks on the queue")
        waiting = [json.loads(message.body) for message in guardrail.queues.waiting.values()]
        if any(body.get("reason") != "sweep" for body in waiting):
            world.watch.say("quiet", f"the queue does not come to rest: {len(waiting)} messages")


def _overtaken_is_told(world: "World") -> None:
    """A repair that replaced what somebody wrote after it was looked at is the one thing nobody can prevent."""
    for made in world.watch.overtaken:
        told = [detail["verdict"]["runtime_id"] for kind, detail in made.guardrail.told.events if kind == ESCALATED]
        if made.runtime_id not in told:
            world.watch.say("law 8", "a repair replaced somebody's update, and nobody was told")


def _bounded(world: "World", guardrail: Guardrail) -> None:
    policy, bounds = guardrail.policy, guardrail.world.bounds
    mine = [made for made in world.watch.made if made.guardrail is guardrail or world.shared]
    # It counts when a change is begun, which is before it is sent: by as much as a call may take.
    unsure = FUNCTION_SECONDS if world.trouble.slow else 5
    seconds, window = bounds.window.total_seconds() - unsure, policy.window.total_seconds() - unsure
    if _most([made.at for made in mine], seconds) > bounds.changes:
        world.watch.say("law 7", f"more than {bounds.changes} changes in {seconds:.0f} s")
    for runtime_id in {made.runtime_id for made in mine}:
        if _most([made.at for made in mine if made.runtime_id == runtime_id], seconds) > (bounds.changes + 1) // 2:
            world.watch.say("law 7", f"{runtime_id} took more than half of {bounds.changes} changes")
    kinds: defaultdict[Any, list[float]] = defaultdict(list)
    for made in mine:
        kinds[made.runtime_id, made.kind, made.endpoint].append(made.at)
    for (_, kind, _), times in kinds.items():
        limit, most = policy.denials if kind == DENY else policy.attempts, _most(times, window)
        if most > limit:
            world.watch.say("attempts", f"{most} times {kind} in a window")


def _recorded(world: "World", guardrail: Guardrail) -> None:
    """Law 5: of every change that was sent there is a record from before, and one of how it ended."""
    kept = {key for each in world.guardrails if each is guardrail or world.shared for key in each.bucket.objects}
    for handling in guardrail.handled:
        intent = handling.intent
        if not handling.of("write") or intent is None or not world.exists(intent.split("/")[1]):
            continue
        outcome = intent.replace(INTENT, OUTCOME)
        if intent not in kept:
            world.watch.say("law 5", f"the record before was lost: {intent.rpartition('/')[2]}")
        if not {outcome, outcome.replace(".json", "-found.json")} & kept:
            world.watch.say("law 5", f"no record of how it ended: {intent.rpartition('/')[2]}")


def _most(times: list[float], seconds: float) -> int:
    """The most of them within any so many seconds."""
    return max((sum(start <= time < start + seconds for time in times) for start in times), default=0)
