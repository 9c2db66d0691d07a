"""One plan and no other: what is kept of it, and whether another plan is the same, or what is left of it."""

from dataclasses import dataclass
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.plan import Plan
from guardrail.core.firewall.planned_call import reference


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """Digests: of the live state that a plan was made from, and of what the plan does to it."""

    live_digest: str
    fingerprint: str

    def document(self) -> dict[str, str]:
        """Return it as JSON values."""
        return {"live_digest": self.live_digest, "fingerprint": self.fingerprint}

    def objection(self, plan: Plan) -> str | None:
        """Say why a plan is not the saved one, None if it is."""
        if plan.live_digest != self.live_digest:
            return "the controller has changed since the plan was made; plan again; nothing was applied"
        if plan.fingerprint() != self.fingerprint:
            return "pack, bindings or options differ from those that the plan was made with; nothing was applied"
        return None


def saved(plan: Plan) -> SavedPlan:
    """Return what to keep of a plan."""
    return SavedPlan(plan.live_digest, plan.fingerprint())


def is_rest(plan: Plan, begun: Plan) -> bool:
    """Say whether a plan makes no request but what is left of one that was begun, to what that one was made from.

    Groups that were created since have uuids by now.
    """
    groups = plan.live.groups if plan.live else ()
    uuids = {reference(group["name"]): group["uuid"] for group in groups}
    meant = [call.resolved(uuids) for call in begun.requests()]
    return all(call in meant for call in plan.requests())


def parse_saved(document: Any) -> SavedPlan:
    """Read what `SavedPlan.document` wrote, or a whole report that has it under `saved`.

    Raises:
        InvalidInput: It is something else.
    """
    found = document.get("saved", document) if isinstance(document, dict) else None
    digests = [found.get(key) for key in ("live_digest", "fingerprint")] if isinstance(found, dict) else [None, None]
    live_digest, fingerprint = digests
    if not isinstance(live_digest, str) or not isinstance(fingerprint, str):
        raise InvalidInput("plan", "a file that `guardrail pack plan --out` wrote")
    return SavedPlan(live_digest, fingerprint)
