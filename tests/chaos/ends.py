"""Whether a runtime ended as the serial oracle says, and nothing else about it was changed."""

from typing import TYPE_CHECKING, Any

from tests.chaos.judge import Sight, is_denied
from tests.chaos.oracle import End, Expected

if TYPE_CHECKING:
    from tests.chaos.world import World

ANYBODY = "arn:aws:iam::999999999999:role/anybody"


def check_end(world: "World", runtime_id: str, expected: Expected) -> None:
    """Compare one runtime's end with the oracle's; what differs is added to what was broken."""
    sight = world.sight(runtime_id)
    if expected.ends == {End.NOT_JUDGED} or sight is None:
        return
    differing = _differences(world, sight, expected)
    world.watch.broken += [f"end of {runtime_id}: {what}; expected {_names(expected)}" for what in differing]
    world.watch.check_others_policy(sight, "at the end")
    kept = {name: value for name, value in sight.tags.items() if not name.startswith("aws:")}
    if kept != world.tags[runtime_id]:
        world.watch.broken.append(f"end of {runtime_id}: other tags")


def _differences(world: "World", sight: Sight, expected: Expected) -> list[str]:
    end = _end(world, sight)
    if end not in expected.ends:
        return [f"{end.name}, reachable and wrong: {sorted(sight.escapes(world.terms.approved))}"]
    found = []
    if End.CONTAINED in expected.ends and end is not End.CONTAINED and End.AS_IT_IS not in expected.ends:
        return found
    if sight.newest != expected.newest:
        found.append(f"newest version {sight.newest}, not {expected.newest}")
    live = {each["name"]: int(each["liveVersion"]) for each in sight.endpoints if "liveVersion" in each}
    wrong = {name: live.get(name) for name, number in expected.endpoints.items() if live.get(name, number) != number}
    if wrong:
        found.append(f"endpoints {wrong}, not {expected.endpoints}")
    if end in (End.ESCALATED, End.OPEN) and not _was_told(world, sight.runtime_id, expected.why):
        found.append(f"nobody was told of {expected.why}")
    return found


def _end(world: "World", sight: Sight) -> End:
    denied, escapes = is_denied(sight.policy), sight.escapes(world.terms.approved)
    if denied:
        passed = [each["name"] for each in sight.endpoints if _gets_through(world, sight, each["name"])]
        if passed:
            world.watch.broken.append(f"end of {sight.runtime_id}: denied, and {passed} can be invoked")
        return End.QUARANTINED if world.terms.mode == "QUARANTINE" else End.ESCALATED
    if not escapes:
        return End.CONTAINED if sight.runtime_id in world.drifted_at and _acted(world, sight) else End.AS_IT_IS
    return End.AS_IT_IS if world.terms.mode == "OBSERVE" else End.OPEN


def _acted(world: "World", sight: Sight) -> bool:
    return world.terms.mode == "REPAIR" and any(made.runtime_id == sight.runtime_id for made in world.watch.made)


def _gets_through(world: "World", sight: Sight, endpoint: str) -> bool:
    return any(
        world.plane.may_invoke(sight.runtime_id, endpoint, principal).allowed
        for principal in (ANYBODY, "arn:aws:iam::111122223333:role/app", None)
    )


def _was_told(world: "World", runtime_id: str, words: str) -> bool:
    texts = [
        str(detail.get("reaction") or detail.get("response"))
        for guardrail in world.guardrails
        for kind, detail in guardrail.told.events
        if kind == "Response Escalated" and detail["verdict"]["runtime_id"] == runtime_id
    ]
    return any(word.lower() in text.lower() for text in texts for word in words.split("|"))


def _names(expected: Expected) -> str:
    why: Any = f" because of {expected.why}" if expected.why else ""
    return " or ".join(sorted(end.name for end in expected.ends)) + why
