"""`/v1/api` and `/v2/api`: which action does what, since which release."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from guardrail_lab.controller import gateway_views, gateways, posture
from guardrail_lab.controller.jobs import Jobs
from guardrail_lab.controller.refusal import Refusal
from guardrail_lab.controller.simulation import Simulation

Fields = Mapping[str, str]
Act = Callable[[Simulation, Fields], Any]


def act(sim: Simulation, jobs: Jobs, action: str, fields: Fields) -> Any:
    """Do what an action asks for and return its results. With `async`, an action that can be a job becomes one.

    Args:
        fields: Without those that are empty: to the controller they are not given.

    Raises:
        Refusal: It is not done, or there is no such action.
    """
    if action == "check_task_status":
        return jobs.status(fields.get("request_id", ""))
    if action in _JOBS and fields.get("async") == "true":
        return jobs.start(partial(_JOBS[action], sim, fields))
    since, found = _ACTIONS.get(action, ("99.0", _JOBS.get(action)))
    if found is None or not (action in _JOBS or sim.release.has(since)):
        raise Refusal(400, "Valid action required")
    return found(sim, fields)


def _version(sim: Simulation, _: Fields) -> Any:
    current = f"{sim.release}.10"
    return {"current_version": current, "latest_version": current, "previous_version": current}


def _accounts(_: Simulation, __: Fields) -> Any:
    return {"account_list": [{"account_name": "agentcore", "cloud_type": 1}]}


_JOBS: dict[str, Act] = {
    "create_multicloud_primary_gateway": gateways.create,
    "create_mct_gateway": gateways.create,
    "delete_container": gateways.delete,
}
_ACTIONS: dict[str, tuple[str, Act]] = {
    "list_version_info": ("0.0", _version),
    "list_accounts": ("0.0", _accounts),
    "list_vpcs_summary": ("0.0", gateway_views.summary),
    "get_gateway_info": ("0.0", gateway_views.info),
    "list_vpc_route_tables": ("0.0", gateway_views.vpc_route_tables),
    "enable_snat": ("0.0", gateways.enable_snat),
    "disable_snat": ("0.0", gateways.disable_snat),
    "enable_private_vpc_default_route": ("0.0", partial(gateways.set_private_default, enabled=True)),
    "disable_private_vpc_default_route": ("0.0", partial(gateways.set_private_default, enabled=False)),
    "enable_skip_public_route_table_update": ("0.0", partial(gateways.set_skip_public, enabled=True)),
    "disable_skip_public_route_table_update": ("0.0", partial(gateways.set_skip_public, enabled=False)),
    "edit_gateway_custom_routes": ("0.0", partial(gateways.set_list, member="customized")),
    "edit_gateway_filter_routes": ("0.0", partial(gateways.set_list, member="filtered")),
    "edit_gateway_advertised_cidr": ("0.0", partial(gateways.set_list, member="advertised")),
    "edit_managed_route_tables": ("10.1", partial(gateways.set_list, member="managed_tables", key="route_tables")),
    "attach_spoke_to_transit_gw": ("0.0", gateways.attach),
    "detach_spoke_from_transit_gw": ("0.0", gateways.detach),
    "get_controller_feature": ("0.0", lambda sim, fields: posture.feature(sim, fields.get("feature", ""))),
    "get_all_controller_features": ("9.0", lambda sim, _: posture.features(sim)),
    "enable_controller_feature": (
        "0.0",
        lambda sim, fields: posture.set_feature(sim, fields.get("feature", ""), enabled=True),
    ),
    "disable_controller_feature": (
        "0.0",
        lambda sim, fields: posture.set_feature(sim, fields.get("feature", ""), enabled=False),
    ),
}
