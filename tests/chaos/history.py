"""A random history: under which conditions, and who does what when; all of it follows from the seed."""

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from tests.chaos.trouble import QUIET, Trouble

DEEDS = {
    "update": 6,
    "drift": 10,
    "redeploy": 3,
    "add_endpoint": 7,
    "move_endpoint": 7,
    "delete_endpoint": 2,
    "create": 3,
    "delete": 1,
    "delete_version": 10,
    "put_policy": 3,
    "merge_policy": 3,
    "delete_policy": 2,
    "harness": 1,
    "own_by_stack": 1,
    "fail_next_update": 2,
    "refuse_authorizer": 1,
    "unknown_member": 1,
    "exempt": 2,
    "end_exemption": 2,
    "back_out": 1,
    "restore": 2,
    "pipeline": 1,
    "close_bucket": 1,
    "open_bucket": 2,
}
"""What others do, and how often in proportion."""


@dataclass(frozen=True)
class Conditions:
    """Everything that is decided before the first call.

    Attributes:
        guardrails: `one`, `two` with a table each, or `shared`: two with one table.
        lost: Share of the events that never come.
    """

    mode: str = "REPAIR"
    guardrails: str = "one"
    trouble: Trouble = QUIET
    lost: float = 0.0
    doubled: float = 0.0
    latest: float = 5.0
    sweep_seconds: float = 900.0
    behaviour: dict[str, Any] = field(default_factory=dict)
    policy: dict[str, Any] = field(default_factory=dict)
    bounds: dict[str, Any] = field(default_factory=dict)
    grace_seconds: int = 0


@dataclass(frozen=True)
class History:
    """What happens: `(second, deed)`; the seed of each deed is the history's and its number."""

    seed: int
    conditions: Conditions
    deeds: tuple[tuple[float, str, int], ...]

    def without(self, position: int) -> "History":
        """The same without one deed."""
        return replace(self, deeds=self.deeds[:position] + self.deeds[position + 1 :])

    def __str__(self) -> str:
        deeds = "".join(f"\n  {second:6.0f} s  {deed} #{number}" for second, deed, number in self.deeds)
        return f"seed {self.seed}, {self.conditions}{deeds}"


def random_history(seed: int) -> History:
    """Make up a history."""
    chance = Random(f"history {seed}")
    conditions = random_conditions(chance)
    names, weights = list(DEEDS), list(DEEDS.values())
    length = chance.choice((300.0, 900.0, 1_800.0))
    times = sorted(chance.random() * length for _ in range(chance.randrange(2, 12)))
    chosen = chance.choices(names, weights, k=len(times))
    first = [(0.0, "create", number) for number in range(chance.choice((1, 1, 2)))]
    deeds = [(time, name, number) for number, (time, name) in enumerate(zip(times, chosen, strict=True), start=9)]
    return History(seed, conditions, (*first, *deeds))


def random_conditions(chance: Random) -> Conditions:
    """Make up what the history happens under."""
    mode = chance.choices(("REPAIR", "QUARANTINE", "OBSERVE"), (13, 4, 2))[0]
    return Conditions(
        mode=mode,
        guardrails=chance.choices(("one", "two", "shared"), (14, 3, 3))[0],
        trouble=QUIET if chance.random() < 0.25 else random_trouble(chance),
        lost=chance.choice((0.0, 0.05, 0.05, 1.0)),
        doubled=0.3,
        latest=chance.choice((5.0, 60.0, 180.0)),
        behaviour={
            "settle_seconds": chance.choice((5.0, 40.0, 100.0)),
            "endpoint_settle_seconds": chance.choice((2.0, 15.0)),
            "wildcard_actions": chance.random() < 0.85,
            "missing_policy_is_an_error": chance.random() < 0.5,
            "update_after_failure": chance.random() < 0.5,
            "page_size": chance.choice((2, 10)),
            "served_versions_deletable": chance.random() < 0.8,
        },
        policy={
            "attempts": chance.choice((3, 5)),
            "may_wipe_session_storage": chance.random() < 0.5,
        },
        bounds={"changes": chance.choice((3, 10, 10))},
        grace_seconds=chance.choice((0, 0, 0, 0, 0, 300)),
    )


def random_trouble(chance: Random) -> Trouble:
    """Make up how much goes wrong."""
    return Trouble(
        throttled=chance.choice((0.0, 0.03)),
        failed_before=chance.choice((0.0, 0.02)),
        failed_after=chance.choice((0.0, 0.02)),
        killed=chance.choice((0.0, 0.01, 0.03)),
        stale=chance.choice((0.0, 0.1)),
        unreadable=chance.choice((0.0, 0.1)),
        slow=chance.choice((0.0, 0.02)),
        latency=chance.choice((0.02, 0.3)),
    )
