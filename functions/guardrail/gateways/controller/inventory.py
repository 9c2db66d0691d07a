"""The gateways: what puts each of them in the path of its VPC."""

from dataclasses import dataclass
from typing import Any

from guardrail.gateways.controller.call import query
from guardrail.gateways.controller.calls import Calls, failed
from guardrail.gateways.controller.outcome import Failure
from guardrail.gateways.controller.shape import Document, Unexpected, checked, flag, object_, objects, text, texts
from guardrail.gateways.controller.shape import text_or_empty as maybe

_NAMED = "~~"


@dataclass(frozen=True, slots=True)
class Gateway:
    """One gateway as `list_vpcs_summary` has it.

    Attributes:
        vpc_id: Without the name that the controller appends to it.
        snat: Whether source NAT is on.
        snat_target: `primary` for plain source NAT; anything else is customised, and would be lost by turning it off.
        spoke_route_tables: Ids, without the names that the controller appends.
        addresses: Private addresses of the gateway and of its twin, if it has one.
    """

    name: str
    group: str
    account: str
    cloud_type: int
    vpc_id: str
    region: str
    state: str
    snat: bool
    snat_target: str
    private_default_route: bool
    custom_routes: tuple[str, ...]
    filtered_routes: tuple[str, ...]
    advertised_routes: tuple[str, ...]
    transit: str
    egress_transit: str
    spoke_route_tables: tuple[str, ...]
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GatewayDetail:
    """What only `get_gateway_info` says: customised NAT rules and attachments."""

    name: str
    transit: str
    egress_transit: str
    snat_rules: tuple[Document, ...]
    dnat_rules: tuple[Document, ...]


class Inventory:
    """Reads gateways, and route tables by their ids; routes themselves only AWS can tell."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def gateways(self) -> tuple[Gateway, ...]:
        """Return all gateways."""
        return self._summary({})

    def gateway(self, name: str) -> Gateway | None:
        """Return the gateway of that name, or None."""
        return next((gateway for gateway in self._summary({"gateway_name": name}) if gateway.name == name), None)

    def detail(self, name: str) -> GatewayDetail | None:
        """Return what else is known of a gateway, or None when there is none of that name."""
        call = query("get_gateway_info", {"gateway_name": name})
        outcome = self._calls.outcome(call)
        if isinstance(outcome, Failure):
            if outcome.code == "not-found":
                return None
            raise failed(call, outcome)
        detail = checked(call.operation, _read_detail, outcome.document)
        return detail if detail.name == name else None

    def route_tables(self, gateway: Gateway) -> tuple[str, ...]:
        """Return the ids of the route tables of a gateway's VPC."""
        fields = {"vpc_id": gateway.vpc_id, "account_name": gateway.account, "vpc_region": gateway.region}
        call = query("list_vpc_route_tables", fields)
        return checked(call.operation, _read_tables, self._calls.results(call))

    def _summary(self, fields: dict[str, str]) -> tuple[Gateway, ...]:
        call = query("list_vpcs_summary", fields)
        return checked(call.operation, _read_gateways, self._calls.results(call))


def _read_gateways(results: Any) -> tuple[Gateway, ...]:
    return tuple(_read_gateway(item) for item in objects(results))


def _read_gateway(item: Document) -> Gateway:
    return Gateway(
        name=text(item.get("vpc_name")),
        group=maybe(item.get("group_name")),
        account=maybe(item.get("account_name")),
        cloud_type=_cloud_type(item.get("cloud_type")),
        vpc_id=maybe(item.get("vpc_id")).partition(_NAMED)[0],
        region=maybe(item.get("vpc_region")),
        state=maybe(item.get("inst_state")),
        snat=_yes(item.get("enable_nat")),
        snat_target=maybe(item.get("snat_target")),
        private_default_route=flag(item.get("private_vpc_default_enabled")),
        custom_routes=texts(item.get("customized_cidr_list")),
        filtered_routes=texts(item.get("filtering_cidr_list")),
        advertised_routes=texts(item.get("include_cidr_list")),
        transit=maybe(item.get("transit_gw_name")),
        egress_transit=maybe(item.get("egress_transit_gw_name")),
        spoke_route_tables=_table_ids(item.get("spoke_rtb_list")),
        addresses=_addresses(item),
    )


def _addresses(item: Document) -> tuple[str, ...]:
    twin = item.get("hagw_details")
    found = (maybe(each.get("private_ip")) for each in (item, *([object_(twin)] if twin else [])))
    return tuple(address for address in found if address)


def _read_detail(results: Any) -> GatewayDetail:
    found = object_(results)
    return GatewayDetail(
        name=maybe(found.get("vpc_name")),
        transit=maybe(found.get("transit_gw_name")),
        egress_transit=maybe(found.get("egress_transit_gw_name")),
        snat_rules=objects(found.get("snat_ip_port_list")),
        dnat_rules=objects(found.get("dnat_ip_port_list")),
    )


def _read_tables(results: Any) -> tuple[str, ...]:
    return _table_ids(object_(results).get("vpc_rtbs_list"))


def _table_ids(value: Any) -> tuple[str, ...]:
    return tuple(entry.partition(_NAMED)[0] for entry in texts(value))


def _yes(value: Any) -> bool:
    """Read `yes` or `no`; a word that is neither must not pass for "no SNAT"."""
    word = maybe(value)
    if word not in ("yes", "no", ""):
        raise Unexpected
    return word == "yes"


def _cloud_type(value: Any) -> int:
    if isinstance(value, str) and value.isdecimal() and len(value) < 10:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Unexpected
