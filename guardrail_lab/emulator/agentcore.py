"""AgentCore's operations are answered by the lab's own control plane; the rest of the service stays ministack's."""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region

from guardrail_lab.agentcore.behaviour import Behaviour
from guardrail_lab.agentcore.control_plane import ControlPlane
from guardrail_lab.agentcore.errors import ServiceError, not_found
from guardrail_lab.agentcore.faults import Faults
from guardrail_lab.agentcore.model import AgentCoreModel
from guardrail_lab.emulator.seam import Answer, Forward, Request

NO_CONTENT = 204


class AgentCore:
    """A control plane for each account and Region that is asked for; they share what is to go wrong."""

    def __init__(self, model: AgentCoreModel, faults: Faults, behaviour: Behaviour) -> None:
        self._model, self._faults, self._behaviour = model, faults, behaviour
        self._planes: dict[tuple[str, str], ControlPlane] = {}

    async def answer(self, request: Request, forward: Forward) -> Answer:
        """Perform a control-plane call; faults have had their say in a layer further out."""
        call = request.agentcore
        if call is None or not self.plane(get_account_id(), get_region()).has(call.name):
            return await forward(request)
        try:
            answer = self.plane(get_account_id(), get_region()).perform(call.name, dict(call.parameters))
        except ServiceError as error:
            return refusal(error)
        status = call.operation.http["responseCode"]
        return json_answer(answer, status) if status != NO_CONTENT else Answer(status, {}, b"")

    def plane(self, account: str, region: str) -> ControlPlane:
        """Return the control plane of an account and Region."""
        known = self._planes.get((account, region))
        if known is None:
            known = ControlPlane(
                self._model, time.time, account, region, behaviour=self._behaviour, faults=self._faults
            )
            self._planes[account, region] = known
        return known

    def behave(self, **changes: Any) -> None:
        """Change settings of every control plane, of those that are still to come too."""
        self._behaviour = replace(self._behaviour, **changes)
        for plane in self._planes.values():
            plane.behave(**changes)

    def backdate(self, runtime_id: str, created_at: float) -> None:
        """Make a runtime as old as is wanted (seconds since 1970)."""
        for plane in self._planes.values():
            if plane.account.runtimes.get(runtime_id, time.time()) is not None:
                plane.backdate(runtime_id, created_at)
                return
        raise not_found("The runtime")

    def seed_tags(self, arn: str, tags: Mapping[str, str]) -> None:
        """Set tags that only AWS itself can set."""
        _, _, _, region, account, _ = arn.split(":", 5)
        self.plane(account, region).seed_tags(arn, tags)


def json_answer(document: Mapping[str, Any], status: int = 200) -> Answer:
    """Return an answer as a service that speaks rest-json gives it."""
    return Answer(status, {"Content-Type": "application/json"}, json.dumps(document).encode())


def refusal(error: ServiceError) -> Answer:
    """Return an error as the service words it on the wire."""
    return Answer(*error_response_json(error.code, error.message, error.status, error.extra))
