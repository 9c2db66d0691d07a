"""A plan: the changes that turn the live state into the desired one, as people read them and as they are made."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from guardrail.core.evidence import digest
from guardrail.core.firewall.live import LiveState
from guardrail.core.firewall.planned_call import PlannedCall


class SyncStatus(StrEnum):
    """How live and desired state compare; UNKNOWN when the live state could not be read."""

    SYNCED = "Synced"
    OUT_OF_SYNC = "OutOfSync"
    UNKNOWN = "Unknown"


class ChangeAction(StrEnum):
    """What happens to an object."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Change:
    """One object that changes.

    Attributes:
        address: `smart_group|web_group|rule|ruleset/<name on the controller>`, or `default_action`.
        before, after: Normalised, without uuids; None for what is not there.
    """

    address: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def action(self) -> ChangeAction:
        """What happens to the object."""
        if self.before is None:
            return ChangeAction.CREATE
        return ChangeAction.DELETE if self.after is None else ChangeAction.UPDATE

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"action": self.action.value, "address": self.address, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to change, and how.

    Attributes:
        changes: Sorted: default action, smart groups, web groups, ruleset, rules; empty when nothing differs.
        unchanged: How many groups and rules of ours are as they should be.
        foreign: How many groups and rules of others there are; the controller's own do not count.
        refused: Why nothing is done, in one line; None if it may be done.
        warnings: What somebody should know who approves it.
        loosens: Addresses of changes that may permit what is denied now; where only tightening is allowed they are held
            back, and are none of the changes.
        calls: In the order in which they are made; none if it is refused. After each of them no flow is denied that is
            allowed before and after all of them, and none allowed that is denied before and after.
        follow_up: The call that is made once all of them were seen to have done what they should.
        live: The state that the plan was made from; None if it could not be read.
    """

    changes: tuple[Change, ...]
    unchanged: int
    foreign: int
    refused: str | None
    warnings: tuple[str, ...]
    loosens: tuple[str, ...]
    calls: tuple[PlannedCall, ...]
    live: LiveState | None
    follow_up: PlannedCall | None = None

    @property
    def live_digest(self) -> str:
        """Digest of the state that the plan was made from, "" if there is none; costs as much as a plan."""
        return self.live.digest() if self.live else ""

    @property
    def enforced(self) -> bool:
        """Whether the controller was seen to enforce rules at all."""
        return self.live is not None and self.live.dcf_on

    @property
    def sync(self) -> SyncStatus:
        """Synced when nothing is to be changed, and nothing is held back."""
        return SyncStatus.OUT_OF_SYNC if self.changes or self.calls or self.loosens else SyncStatus.SYNCED

    def requests(self) -> tuple[PlannedCall, ...]:
        """Return every request that carrying it out makes."""
        return (*self.calls, self.follow_up) if self.follow_up else self.calls

    def fingerprint(self) -> str:
        """Return a digest of what it does: equal for plans that do the same to the same state."""
        calls = [
            [call.verb.value, call.name, call.uuid, dict(call.settings), *map(dict, (*call.selectors, *call.rules))]
            for call in self.calls
        ]
        changes = [change.document() for change in self.changes]
        return digest({"live": self.live_digest, "changes": changes, "calls": calls})

    def document(self) -> dict[str, Any]:
        """Return it as JSON values; `planned` are the requests that carrying it out would make."""
        return {
            "sync": self.sync.value,
            "changes": [change.document() for change in self.changes],
            "unchanged": self.unchanged,
            "foreign": self.foreign,
            "refused": self.refused,
            "warnings": list(self.warnings),
            "loosens": list(self.loosens),
            "planned": [call.document() for call in self.requests()],
        }
