"""A client of the in-memory control plane that looks like boto3's, so that code written for the SDK runs on it."""

import json
from collections.abc import Callable
from datetime import datetime
from itertools import count
from types import SimpleNamespace
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.model import ListShape, Shape, StructureShape

from guardrail_lab.agentcore.control_plane import ControlPlane
from guardrail_lab.agentcore.errors import ServiceError

_TOKENS = count(1)


class InMemoryClient:
    """``client.get_agent_runtime(...)`` and so on: dates are datetimes, errors are ClientErrors, nothing is retried."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._names = {xform_name(name): name for name in plane.model.service.operation_names if plane.has(name)}
        self._handlers: dict[str, Callable[..., None]] = {}
        events = SimpleNamespace(register=self._register)
        self.meta = SimpleNamespace(service_model=plane.model.service, region_name=plane.account.region, events=events)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        """Return the method of an operation.

        Raises:
            AttributeError: The lab has none of this name.
        """
        if method not in self._names:
            raise AttributeError(method)
        return lambda **parameters: self._call(self._names[method], parameters)

    def _call(self, name: str, parameters: dict[str, Any]) -> Any:
        operation = self._plane.model.operation(name)
        for member in operation.idempotent_members:
            parameters.setdefault(member, f"{next(_TOKENS):036}")
        try:
            answer = self._plane.call(name, parameters)
        except ServiceError as error:
            raise as_client_error(error, name) from error
        seen = {**_from_wire(operation.output_shape, answer), "ResponseMetadata": {"HTTPStatusCode": 200}}
        if handler := self._handlers.get(f"before-parse.bedrock-agentcore-control.{name}"):
            handler(response_dict={"body": json.dumps(answer).encode()}, customized_response_dict=seen)
        return seen

    def _register(self, event: str, handler: Callable[..., None], unique_id: str | None = None) -> None:  # noqa: ARG002
        self._handlers[event] = handler


def as_client_error(error: ServiceError, operation: str) -> ClientError:
    """Return a refusal as the SDK raises it."""
    answer: Any = {
        "Error": {"Code": error.code, "Message": error.message},
        "ResponseMetadata": {"HTTPStatusCode": error.status},
        **error.extra,
    }
    return ClientError(answer, operation)


def _from_wire(shape: Shape | None, value: Any) -> Any:
    """Return a value as the SDK parses it: members that the model lacks are dropped."""
    if isinstance(shape, StructureShape) and shape.members and isinstance(value, dict):
        return {name: _from_wire(shape.members[name], inner) for name, inner in value.items() if name in shape.members}
    if isinstance(shape, ListShape):
        return [_from_wire(shape.member, inner) for inner in value]
    if shape is not None and shape.type_name == "timestamp":
        return datetime.fromisoformat(value)
    return value
