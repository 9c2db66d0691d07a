"""The AgentCore control plane as the SDK that we ship describes it: which call a request is, and what it says."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


@dataclass(frozen=True, slots=True)
class AgentCoreCall:
    """One request to the control plane, its parameters by the names the SDK gives them."""

    operation: OperationModel
    parameters: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The operation's name, such as UpdateAgentRuntime."""
        return str(self.operation.name)

    @property
    def changes_something(self) -> bool:
        """Whether CloudTrail would call it a write."""
        return not self.name.startswith(("Get", "List"))


class AgentCoreModel:
    """The operations of ``service-2.json``, as botocore stores it."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._service = ServiceModel(document)
        operations = map(self._service.operation_model, self._service.operation_names)
        # A path without labels wins over one whose label would also match it.
        self._operations = sorted(operations, key=lambda operation: str(operation.http["requestUri"]).count("{"))
        self._paths = {operation.name: _path_pattern(operation.http["requestUri"]) for operation in self._operations}

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the model from a JSON file."""
        return cls(json.loads(path.read_bytes()))

    def operation(self, name: str) -> OperationModel:
        """Return one operation.

        Raises:
            botocore.model.OperationNotFoundError: The model has none of this name.
        """
        return self._service.operation_model(name)

    @property
    def service(self) -> ServiceModel:
        """The model as botocore reads it."""
        return self._service

    def read(self, method: str, path: str, query: Mapping[str, Sequence[str]], body: bytes) -> AgentCoreCall | None:
        """Return which call a request is; None for one that this model does not have, such as an invocation."""
        for operation in self._operations:
            found = self._paths[operation.name].fullmatch(path) if operation.http["method"] == method else None
            if found:
                return AgentCoreCall(operation, dict(_parameters(operation, found.groupdict(), query, body)))
        return None

    def configuration(self) -> frozenset[str]:
        """Return the members that a runtime's version is made of: what Update takes and Get gives back."""
        taken = _members(self._service.operation_model("UpdateAgentRuntime").input_shape)
        given = _members(self._service.operation_model("GetAgentRuntime").output_shape)
        return frozenset(taken) & frozenset(given) - {"agentRuntimeId"}


def redacted(shape: Shape | None, value: Any) -> Any:
    """Return a value as CloudTrail shows it: what the model marks sensitive is hidden, what it lacks is dropped."""
    if shape is None or shape.metadata.get("sensitive"):
        return HIDDEN
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {name: redacted(shape.members[name], inner) for name, inner in value.items() if name in shape.members}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [redacted(shape.member, inner) for inner in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {name: redacted(shape.value, inner) for name, inner in value.items()}
    return value


def _members(shape: StructureShape | None) -> Mapping[str, Shape]:
    return shape.members if shape else {}


def _path_pattern(uri: str) -> re.Pattern[str]:
    # The path arrives decoded, so an ARN in it has slashes of its own.
    labels = re.sub(r"\\{(\w*Arn)\\}", r"(?P<\1>.+)", re.escape(uri.rstrip("/")))
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", labels) + "/?")


def _parameters(
    operation: OperationModel, labels: Mapping[str, str], query: Mapping[str, Sequence[str]], body: bytes
) -> Iterator[tuple[str, Any]]:
    document = _json_object(body)
    for member, shape in _members(operation.input_shape).items():
        location, wire = shape.serialization.get("location"), shape.serialization.get("name", member)
        if location == "uri":
            yield member, labels[wire]
        elif location == "querystring" and wire in query:
            yield member, _from_query(shape, query[wire])
        elif location is None and document.get(wire) is not None:
            yield member, document[wire]


def _from_query(shape: Shape, texts: Sequence[str]) -> Any:
    match shape.type_name:
        case "list":
            return list(texts)
        case "integer" if texts[0].isdigit():
            return int(texts[0])
        case "boolean" if texts[0] in ("true", "false"):
            return texts[0] == "true"
    return texts[0]


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
