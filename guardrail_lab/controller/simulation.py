"""One running controller: its world, the time, and what takes a while to happen."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from guardrail_lab.controller.release import Release
from guardrail_lab.controller.world import Document, World


@dataclass(slots=True)
class Timing:
    """How long things take (seconds).

    Attributes:
        propagation: Until a change reaches the gateways.
        release: For how long a group counts as used after the last rule that used it.
        session: How long a session lives; the contract does not say, this is our choice.
        job: How long an asynchronous job runs.
    """

    propagation: float = 0.1
    release: float = 2.0
    session: float = 3600.0
    job: float = 0.5


class Delayed:
    """A value as others see it: each change reaches them later."""

    def __init__(self, value: Any) -> None:
        self._past: deque[tuple[float, Any]] = deque([(float("-inf"), value)], maxlen=1000)

    def set(self, value: Any, now: float) -> None:
        """Change it now."""
        self._past.append((now, value))

    def seen(self, moment: float) -> Any:
        """Return what it was at a moment."""
        return next((value for at, value in reversed(self._past) if at <= moment), self._past[0][1])


@dataclass(slots=True)
class Simulation:
    """What the request handlers work on.

    Attributes:
        clock: Seconds, UTC, since 1970.
        new_uuid: Gives a uuid that was never given before.
        revision: Counts the changes of anything that the world keeps.
        released: When a group was last used by a rule, for those that no rule uses any more.
    """

    world: World
    clock: Callable[[], float]
    new_uuid: Callable[[], str]
    timing: Timing = field(default_factory=Timing)
    revision: int = 0
    released: dict[str, float] = field(default_factory=dict)

    @property
    def release(self) -> Release:
        """The emulated version."""
        return Release.parse(self.world.release)

    def changed(self) -> None:
        """Note that the world has changed."""
        self.revision += 1

    def used_groups(self) -> dict[str, list[str]]:
        """Return the uuids of the groups that rules name, and by which rules."""
        used: dict[str, list[str]] = {}
        for rule in self.all_rules():
            for member in ("src_ads", "dst_ads", "web_filters"):
                for uuid in rule.get(member, ()):
                    used.setdefault(uuid, []).append(rule["name"])
        return used

    def all_rules(self) -> Iterable[Document]:
        """Return every rule of the V1 list and of all rulesets, attached or not."""
        yield from self.world.policies
        for ruleset in self.world.rulesets.values():
            yield from ruleset.get("policies", ())

    def rules_replaced(self, used_before: Iterable[str]) -> None:
        """Note a change of rules: some groups may not be used any more."""
        now, used = self.clock(), self.used_groups()
        self.released |= {uuid: now for uuid in used_before if uuid not in used}
        self.changed()
