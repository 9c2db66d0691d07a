"""A pack bound to one place: all that planning needs to know of it, and nothing of the files it came from."""

from collections.abc import Iterable
from dataclasses import dataclass

from guardrail.core.firewall.compile import DesiredState, compiled
from guardrail.core.firewall.deployable import Deployable, deployable
from guardrail.core.firewall.objects import DefaultAction
from guardrail.core.firewall.pack import Mode, PolicyPack
from guardrail.core.firewall.versions import ControllerVersion

BACK_OUT_RULE = "99-back-out-permit"
"""The rule that a back-out of the policy adds, and its restore takes away; no pack has one of that name."""


@dataclass(frozen=True, slots=True)
class BoundPack:
    """What a controller is to have, whatever its version turns out to be.

    Attributes:
        prefix: What the names of our objects start with, before a dash.
        mode: Nothing ever raises it but whoever binds the pack.
        manage_default_action: Whether the customer said that the controller-wide default action is ours to change.
        attachment_point: Name of the point that the ruleset hangs from; None for the first there is.
        spoke_gateway: The gateway whose traffic the rules are about, or None.
    """

    pack: PolicyPack
    prefix: str
    mode: Mode = Mode.DISCOVER
    manage_default_action: bool = False
    attachment_point: str | None = None
    spoke_gateway: str | None = None

    def fitting(self, version: ControllerVersion) -> Deployable:
        """Return what of the pack a controller of this version can carry."""
        return deployable(self.pack, version, self.mode)

    def desired(self, version: ControllerVersion) -> DesiredState:
        """Return what a controller of this version is to have."""
        return compiled(self.fitting(version), self.prefix)

    @property
    def default_action(self) -> DefaultAction:
        """The default action that the pack asks for."""
        return self.pack.policy().default_action

    def names(self) -> frozenset[str]:
        """Return every name that an object of this pack may have on a controller, in any mode and version."""
        pack = self.pack
        own = (pack.name, BACK_OUT_RULE, *pack.smart_groups, *pack.web_groups, *(rule.name for rule in pack.rules))
        return frozenset(self.on_the_wire(own))

    def on_the_wire(self, names: Iterable[str]) -> Iterable[str]:
        """Return names of the pack as the controller has them."""
        return (f"{self.prefix}-{name}" for name in names)
