"""The lab's own path, /_lab/: trouble on request, flows, routes, calls, log lines. It needs no login."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from guardrail_lab.controller.faults import Fault
from guardrail_lab.controller.flow import Flow
from guardrail_lab.controller.routes import route_tables
from guardrail_lab.controller.simulator import Simulator
from guardrail_lab.controller.web import WebReply, WebRequest, json_reply

PREFIX = "/_lab/"


def answer(simulator: Simulator, request: WebRequest) -> WebReply:
    """Answer a request of the lab's own path."""
    found = _PATHS.get((request.method, request.path.removeprefix(PREFIX)))
    if found is None:
        known = ", ".join(f"{method} {PREFIX}{path}" for method, path in _PATHS)
        return json_reply(404, {"error": f"expected one of {known}"})
    try:
        return json_reply(200, found(simulator, request.document()))
    except (ValueError, TypeError, KeyError, AttributeError):
        return json_reply(400, {"error": "the body is not of the expected form; docs/controller.md shows it"})
    finally:
        simulator.keep()


def _health(simulator: Simulator, _: Any) -> Any:
    return {"ready": True, "version": str(simulator.sim.release), "logins": simulator.sessions.logins}


def _add_fault(simulator: Simulator, document: Mapping[str, Any]) -> Any:
    simulator.faults.add(Fault.parse(document))
    return {}


def _clear_faults(simulator: Simulator, _: Any) -> Any:
    simulator.faults.clear()
    return {}


def _calls(simulator: Simulator, _: Any) -> Any:
    return list(simulator.calls)


def _forget_calls(simulator: Simulator, _: Any) -> Any:
    simulator.calls.clear()
    return {}


def _flow(simulator: Simulator, document: Mapping[str, Any]) -> Any:
    return asdict(simulator.dataplane.pass_through(Flow.parse(document)))


def _log(simulator: Simulator, _: Any) -> Any:
    return simulator.dataplane.log


def _routes(simulator: Simulator, _: Any) -> Any:
    return route_tables(simulator.sim)


def _set_route(simulator: Simulator, document: Mapping[str, Any]) -> Any:
    """Change the customer's own default route, as somebody with AWS credentials would."""
    simulator.sim.world.vpcs[document["vpc_id"]]["route_tables"][document["route_table"]]["own"] = document["own"]
    simulator.sim.changed()
    return {}


def _set_gateway(simulator: Simulator, document: Mapping[str, Any]) -> Any:
    """Change what no call changes, such as whether a transit advertises a default route."""
    simulator.sim.world.gateways[document["name"]].update(document)
    simulator.sim.changed()
    return {}


def _set_timing(simulator: Simulator, document: Mapping[str, Any]) -> Any:
    for name, seconds in document.items():
        if name not in asdict(simulator.sim.timing):
            raise ValueError(name)
        setattr(simulator.sim.timing, name, float(seconds))
    return asdict(simulator.sim.timing)


def _reboot(simulator: Simulator, _: Any) -> Any:
    simulator.restart()
    return {}


def _expire(simulator: Simulator, _: Any) -> Any:
    simulator.sessions.end_all()
    return {}


_PATHS: dict[tuple[str, str], Callable[[Simulator, Any], Any]] = {
    ("GET", "health"): _health,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "calls"): _calls,
    ("DELETE", "calls"): _forget_calls,
    ("POST", "flows"): _flow,
    ("GET", "log"): _log,
    ("GET", "routes"): _routes,
    ("PUT", "routes"): _set_route,
    ("PUT", "gateways"): _set_gateway,
    ("PUT", "timing"): _set_timing,
    ("POST", "reboot"): _reboot,
    ("DELETE", "sessions"): _expire,
}
