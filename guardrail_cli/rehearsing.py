"""What `guardrail replay` does: goes through the steps that an event would lead to, on a snapshot, to their end."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.response import parse_mode
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.trail import TrailEvent
from guardrail.core.runtimes.verdict import Verdict, judge
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import Format
from guardrail_cli.inputs import read_event, read_snapshot, read_zone
from guardrail_cli.judging import exit_code
from guardrail_cli.output import write_document, write_page


class Ending(StrEnum):
    """How a rehearsal ends. Observing changes nothing, so there is one way."""

    NOTHING_TO_DO = "nothing-to-do"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The verdict that an event leads to, and the calls that would follow from it, one step at a time."""

    verdict: Verdict
    steps: tuple[dict[str, Any], ...]
    ending: Ending

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"verdict": self.verdict.document(), "steps": list(self.steps), "ends": self.ending.value}


def rehearse(event: TrailEvent, snapshot: Snapshot, zone: LandingZone) -> Rehearsal:
    """Go through what the guardrail, observing, would do about an event.

    Raises:
        InvalidInput: Event, snapshot and zone are not about one account, Region and runtime.
    """
    if (event.account, event.region) != (zone.account, zone.region):
        raise InvalidInput("event", f"account {zone.account} and Region {zone.region}, as the zone has")
    verdict = judge(snapshot, zone)
    if event.runtime_id is None or event.runtime_id != snapshot.runtime_id:
        raise InvalidInput("event", "one that names the runtime of the snapshot")
    return Rehearsal(verdict, (), Ending.NOTHING_TO_DO)


def replay(event: str, snapshot: str, zone: str, mode: str, form: Format) -> ExitCode:
    """Rehearse what the files `event`, `snapshot` and `zone` say, and print it.

    Raises:
        GuardrailError: A file cannot be read, they do not fit together, or this version cannot carry out the mode.
    """
    parse_mode("--mode", mode)
    rehearsal = rehearse(read_event(event), read_snapshot(snapshot), read_zone(zone))
    if form is Format.JSON:
        write_document(rehearsal.document())
    else:
        from guardrail_cli.formats.text import rehearsal_page  # loads Rich, which JSON does without

        write_page(rehearsal_page(rehearsal))
    return exit_code(rehearsal.verdict)
