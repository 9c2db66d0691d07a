"""The calls that put a spoke gateway into the path of its VPC, and take it out: one call each, and its inverse."""

from collections.abc import Iterable

from guardrail.gateways.controller.call import LONG_CALL_SECONDS, Call, form, json_call
from guardrail.gateways.controller.calls import Calls, failed
from guardrail.gateways.controller.outcome import Failure

AWS = 1
"""Cloud type. 256 is GovCloud, 1024 is China."""


class Insertion:
    """Each call is made once and returns when the controller says that it is done; the routes may follow later."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def enable_snat(self, gateway: str, cloud_type: int = AWS) -> None:
        """Point the private route tables' default route at the gateway; the controller keeps what was there.

        Raises:
            GatewayError: Among others, when a default route already comes from the transit.
        """
        self._calls.results(form("enable_snat", {"cloud_type": str(cloud_type), "gateway_name": gateway}))

    def disable_snat(self, gateway: str, cloud_type: int = AWS) -> None:
        """Turn source NAT off and restore the default routes that were there before."""
        self._calls.results(form("disable_snat", {"cloud_type": str(cloud_type), "gateway_name": gateway}))

    def enable_private_default_route(self, gateway: str) -> None:
        """Program a default route to the gateway in the VPC's private route tables."""
        self._calls.results(form("enable_private_vpc_default_route", {"gateway_name": gateway}))

    def disable_private_default_route(self, gateway: str) -> None:
        """Take that default route away."""
        self._calls.results(form("disable_private_vpc_default_route", {"gateway_name": gateway}))

    def set_custom_routes(self, gateway: str, cidrs: Iterable[str]) -> None:
        """Replace the list of customised routes; an empty one clears it."""
        self._set_list("edit_gateway_custom_routes", gateway, "cidr", cidrs)

    def set_filtered_routes(self, gateway: str, cidrs: Iterable[str]) -> None:
        """Replace the list of routes that are kept out of the VPC; an empty one clears it."""
        self._set_list("edit_gateway_filter_routes", gateway, "cidr", cidrs)

    def set_advertised_routes(self, gateway: str, cidrs: Iterable[str]) -> None:
        """Replace the list of routes that the spoke advertises; an empty one clears it."""
        self._set_list("edit_gateway_advertised_cidr", gateway, "cidr", cidrs)

    def set_managed_route_tables(self, gateway: str, route_tables: Iterable[str]) -> None:
        """Program these route tables only; with none, all of them. Needs controller 10.1."""
        self._set_list("edit_managed_route_tables", gateway, "route_tables", route_tables)

    def attach(self, spoke: str, transit: str, route_tables: Iterable[str] = ()) -> None:
        """Attach a spoke to a transit; one that is attached already is fine. Takes minutes."""
        tables = ",".join(route_tables)
        fields = {"spoke_gw": spoke, "transit_gw": transit} | ({"route_table_list": tables} if tables else {})
        call = json_call("attach_spoke_to_transit_gw", fields, seconds=LONG_CALL_SECONDS)
        self._done(call, already="AVXERR-TRANSIT-0034")

    def detach(self, spoke: str, transit: str) -> None:
        """Detach a spoke from a transit; one that is not attached is fine. Takes minutes, and cuts ingress as well."""
        fields = {"spoke_gw": spoke, "transit_gw": transit}
        call = form("detach_spoke_from_transit_gw", fields, seconds=LONG_CALL_SECONDS)
        self._done(call, already="not-attached")

    def _set_list(self, action: str, gateway: str, member: str, items: Iterable[str]) -> None:
        call = form(action, {"gateway_name": gateway, member: ",".join(items)})
        self._calls.results(call)

    def _done(self, call: Call, *, already: str) -> None:
        outcome = self._calls.outcome(call)
        if isinstance(outcome, Failure) and outcome.code != already:
            raise failed(call, outcome)
