"""What backing out, and in again, needs. Every method may raise GatewayError."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from guardrail.core.announcement import Announcement
from guardrail.core.firewall.back_out import LiveRules, RuleList
from guardrail.core.firewall.insertion import PathCall, Spoke
from guardrail.core.firewall.policy import Policy
from guardrail.core.firewall.routes import Way
from guardrail.core.switch_record import SwitchRecord


class SwitchBoard(Protocol):
    """The writing side of the switches: for `back_out` only."""

    def records(self) -> tuple[SwitchRecord, ...]:
        """Return every switch that was ever written."""
        ...

    def write(self, record: SwitchRecord) -> SwitchRecord | None:
        """Write the next version and return it, or None when somebody else has written since this one was read."""
        ...

    def exemptions(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the documents of the exemptions granted, by id."""
        ...

    def grant(self, document: Mapping[str, Any]) -> bool:
        """Add an exemption; return False when there is one of that id."""
        ...

    def revoke(self, exemption_id: str) -> None:
        """Remove an exemption; one that is gone is fine."""
        ...


class BackOutController(Protocol):
    """A controller, as far as backing out needs it."""

    @property
    def calls(self) -> int:
        """How many calls were made so far, logins excluded."""
        ...

    def spoke(self, gateway: str) -> Spoke | None:
        """Return what puts the gateway into the path, or None when there is none of that name. One call."""
        ...

    def turn(self, call: PathCall) -> None:
        """Take a gateway out of the path, or put it back. One call, never repeated."""
        ...

    def rules(self) -> LiveRules:
        """Return every list of rules."""
        ...

    def replace(self, live: LiveRules, changed: RuleList) -> None:
        """Write one list, if it is still as it was read in `live`.

        Raises:
            GatewayError: Somebody else has changed the list since (retryable, nothing was written), or it failed.
        """
        ...

    def policies(self, *lives: LiveRules) -> tuple[Policy, ...]:
        """Return what decides flows by these rules, for each; reads the groups and the default action once."""
        ...


class Routes(Protocol):
    """The route tables of the runtime subnets, as AWS has them."""

    def look(self, spoke: Spoke) -> Way:
        """Return where the default routes go now, and whether that is the gateway."""
        ...


class Calendar(Protocol):
    """What calls the function again later."""

    def put(self, name: str, at: datetime, command: Mapping[str, Any]) -> None:
        """Have the function called with a command at a time (UTC); once, however often it is asked."""
        ...

    def drop(self, name: str) -> None:
        """Forget it; what is gone is fine."""
        ...


class Announcements(Protocol):
    """Who is told what people do with the guardrail."""

    def tell(self, announcement: Announcement) -> None:
        """Put it on the bus, and before people."""
        ...
