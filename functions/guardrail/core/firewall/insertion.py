"""What puts a spoke gateway into the path of its VPC, and the one call that takes it out, if there is one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from guardrail.core.errors import GuardrailError
from guardrail.core.undo import Field, Side, Undo

DEFAULT_ROUTE = "0.0.0.0/0"
PLAIN_SNAT = "primary"


class Refused(GuardrailError):  # noqa: N818  the name says it all
    """It cannot be done, or not by one change; nothing was changed. The text says why, and what can be done instead."""


class Cause(StrEnum):
    """Who programs the default route to the gateway (docs/controller.md)."""

    SNAT = "source-nat"
    CUSTOM_SNAT = "customised-source-nat"
    PRIVATE_DEFAULT = "private-default-route"
    CUSTOM_ROUTES = "customised-routes"
    ONLY_CUSTOM_ROUTE = "only-customised-route"
    TRANSIT = "transit"


_WHY = {
    Cause.SNAT: "source NAT is on",
    Cause.CUSTOM_SNAT: "customised source NAT is on, and its rules would be lost",
    Cause.PRIVATE_DEFAULT: "the private default route is on",
    Cause.CUSTOM_ROUTES: "0.0.0.0/0 is in the list of customised routes",
    Cause.ONLY_CUSTOM_ROUTE: "0.0.0.0/0 is the only customised route, and without any the learned ones come back",
    Cause.TRANSIT: "it is attached to a transit, from which a default route may come",
}


@dataclass(frozen=True, slots=True)
class Spoke:
    """A gateway, as far as its place in the path goes.

    Attributes:
        snat_target: `primary` for plain source NAT.
        filtered_routes: Kept out of the VPC's route tables, wherever they come from.
        addresses: Private addresses of the gateway and of its twin, by which AWS shows its interfaces.
    """

    name: str
    vpc_id: str = ""
    cloud_type: int = 1
    snat: bool = False
    snat_target: str = ""
    private_default_route: bool = False
    custom_routes: tuple[str, ...] = ()
    filtered_routes: tuple[str, ...] = ()
    transit: str = ""
    egress_transit: str = ""
    route_tables: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    def values(self) -> dict[str, Any]:
        """Return the fields that a back-out may change, by their keys."""
        return {self.key(name): getattr(self, name) for name in _FIELDS}

    def key(self, field: str) -> str:
        """Return the key of a field."""
        return f"gateway/{self.name}.{field}"

    def document(self) -> dict[str, Any]:
        """Return what puts it into the path, for people and for the record."""
        return {
            "gateway": self.name,
            "causes": [cause.value for cause in causes(self)],
            "snat": self.snat,
            "snat_target": self.snat_target,
            "private_default_route": self.private_default_route,
            "custom_routes": list(self.custom_routes),
            "transit": self.transit,
            "egress_transit": self.egress_transit,
            "route_tables": list(self.route_tables),
        }


_FIELDS = ("snat", "private_default_route", "custom_routes", "transit")


class Turn(StrEnum):
    """A call that takes a gateway out of the path, or puts it back."""

    DISABLE_SNAT = "disable_snat"
    ENABLE_SNAT = "enable_snat"
    DISABLE_PRIVATE_DEFAULT = "disable_private_vpc_default_route"
    ENABLE_PRIVATE_DEFAULT = "enable_private_vpc_default_route"
    SET_CUSTOM_ROUTES = "edit_gateway_custom_routes"
    DETACH = "detach_spoke_from_transit_gw"
    ATTACH = "attach_spoke_to_transit_gw"


@dataclass(frozen=True, slots=True)
class PathCall:
    """One call that changes a gateway; which members count depends on the turn."""

    turn: Turn
    gateway: str
    cloud_type: int = 1
    cidrs: tuple[str, ...] = ()
    transit: str = ""
    route_tables: tuple[str, ...] = ()

    def document(self) -> dict[str, str]:
        """Return it as plans list calls."""
        return {"method": "POST", "action": self.turn.value}


def causes(spoke: Spoke) -> tuple[Cause, ...]:
    """Return all causes that put the spoke into the path, in a fixed order.

    Whether a transit really has a default route, the controller does not say: an attached spoke counts, unless the
    route is filtered.
    """
    found = []
    if spoke.snat:
        found.append(Cause.SNAT if spoke.snat_target == PLAIN_SNAT else Cause.CUSTOM_SNAT)
    if spoke.private_default_route:
        found.append(Cause.PRIVATE_DEFAULT)
    if DEFAULT_ROUTE in spoke.custom_routes:
        others = set(spoke.custom_routes) - {DEFAULT_ROUTE}
        found.append(Cause.CUSTOM_ROUTES if others else Cause.ONLY_CUSTOM_ROUTE)
    if (spoke.transit or spoke.egress_transit) and DEFAULT_ROUTE not in spoke.filtered_routes:
        found.append(Cause.TRANSIT)
    return tuple(found)


def out_of_path(spoke: Spoke, *, allow_detach: bool) -> Undo:
    """Return the one change that takes the spoke out of the path; without any field if it is in nobody's path.

    Raises:
        Refused: No single call does it, or only one that cuts off callers too.
    """
    found = causes(spoke)
    match found:
        case ():
            return Undo()
        case (Cause.SNAT,):
            return _undo(spoke, "snat", after=False)
        case (Cause.PRIVATE_DEFAULT,):
            return _undo(spoke, "private_default_route", after=False)
        case (Cause.CUSTOM_ROUTES,):
            return _undo(spoke, "custom_routes", after=tuple(c for c in spoke.custom_routes if c != DEFAULT_ROUTE))
        case (Cause.TRANSIT,) if allow_detach and spoke.transit and not spoke.egress_transit:
            return _undo(spoke, "transit", after="")
    why = "; ".join(_WHY[cause] for cause in found)
    detach = "; --allow-detach detaches it, which cuts off callers as well" if found == (Cause.TRANSIT,) else ""
    raise Refused(f"insertion: no single call takes the gateway out of the path: {why}{detach}; use the scope policy")


def path_call(undo: Undo, spoke: Spoke, side: Side) -> PathCall | None:
    """Return the call that gives the changed field the value of one side; None when there is no such field."""
    if not undo.fields:
        return None
    (field,) = undo.fields
    value = field.before if side is Side.BEFORE else field.after
    match field.name:
        case "snat":
            turn = Turn.ENABLE_SNAT if value else Turn.DISABLE_SNAT
            return PathCall(turn, spoke.name, cloud_type=spoke.cloud_type)
        case "private_default_route":
            turn = Turn.ENABLE_PRIVATE_DEFAULT if value else Turn.DISABLE_PRIVATE_DEFAULT
            return PathCall(turn, spoke.name)
        case "custom_routes":
            return PathCall(Turn.SET_CUSTOM_ROUTES, spoke.name, cidrs=value)
        case _:
            return _attachment(undo, spoke, value, field.before)


def _attachment(undo: Undo, spoke: Spoke, transit: str, was: str) -> PathCall:
    """Detach, or attach again, to the same route tables: named only if they are not what is programmed anyway."""
    if not transit:
        return PathCall(Turn.DETACH, spoke.name, transit=was)
    tables = () if sorted(undo.route_tables) == sorted(spoke.route_tables) else undo.route_tables
    return PathCall(Turn.ATTACH, spoke.name, transit=transit, route_tables=tables)


def _undo(spoke: Spoke, name: str, *, after: Any) -> Undo:
    label = f"{spoke.name} {name.replace('_', ' ')}"
    field = Field(f"gateway/{spoke.name}", name, getattr(spoke, name), after, label)
    return Undo((field,), route_tables=spoke.route_tables if name == "transit" else ())
