"""The controller-wide default action: reported, and changed only where the customer said so, towards DENY only."""

from dataclasses import dataclass

from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.live import LiveState
from guardrail.core.firewall.objects import Action
from guardrail.core.firewall.pack import Mode
from guardrail.core.firewall.plan import Change
from guardrail.core.firewall.planned_call import PlannedCall, Verb

ADDRESS = "default_action"


@dataclass(frozen=True, slots=True)
class Permissions:
    """What somebody allowed beyond the usual.

    Attributes:
        accept_controller_wide: The default action may become DENY, for every gateway of the controller.
        only_tighten: Nothing may be changed that may permit more.
        gateways: Names of all gateways of the controller, as far as they were read.
    """

    accept_controller_wide: bool = False
    only_tighten: bool = False
    gateways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DefaultActionPlan:
    """What becomes of the default action: nothing, unless there is a change."""

    change: Change | None = None
    call: PlannedCall | None = None
    refused: str | None = None
    warnings: tuple[str, ...] = ()

    def calls(self) -> tuple[PlannedCall, ...]:
        """Return the call, if there is one."""
        return (self.call,) if self.call else ()


def becomes_deny(bound: BoundPack, live: LiveState) -> bool:
    """Say whether a plan would deny, on every gateway, what is permitted by default now."""
    now = live.default_action
    permits = bound.manage_default_action and now is not None and now.action == "PERMIT"
    return permits and bound.default_action.action is Action.DENY


def default_action_plan(bound: BoundPack, live: LiveState, permissions: Permissions) -> DefaultActionPlan:
    """Return what becomes of the default action."""
    now, wanted = live.default_action, bound.default_action
    if not bound.manage_default_action or now is None or (now.action, now.logging) == (wanted.action, wanted.logging):
        return DefaultActionPlan()
    if now.action == "DENY" and wanted.action is Action.PERMIT:
        return DefaultActionPlan(warnings=("default_action is DENY, the pack says PERMIT: it is never put back",))
    change = Change(
        ADDRESS,
        {"action": now.action, "logging": now.logging},
        {"action": wanted.action.value, "logging": wanted.logging},
    )
    settings = {"action": wanted.action.value, "logging": wanted.logging, "log_profile": now.log_profile}
    call = PlannedCall(Verb.SET_DEFAULT_ACTION, ADDRESS, settings=settings)
    if not becomes_deny(bound, live):
        return DefaultActionPlan(change, call)
    if bound.mode is not Mode.ENFORCE:
        return DefaultActionPlan(change, refused=_rehearsed(bound.mode))
    others = _others(bound, permissions)
    told = f"default_action DENY holds for every gateway, also for those that our rules do not cover: {others}"
    if permissions.accept_controller_wide:
        return DefaultActionPlan(change, call, warnings=(told,))
    return DefaultActionPlan(change, refused=f"{told}; expected --accept-controller-wide; nothing was applied")


def _rehearsed(mode: Mode) -> str:
    """Where our rules are on Watch, the default action would deny for real what they only note."""
    return (
        f"default_action would become DENY while our rules are on Watch, and deny what mode {mode} only watches; "
        "expected mode enforce, or no manage_default_action; nothing was applied"
    )


def _others(bound: BoundPack, permissions: Permissions) -> str:
    names = [name for name in permissions.gateways if name != bound.spoke_gateway]
    return ", ".join("".join(filter(str.isprintable, name))[:100] for name in names) or "none that is known"
