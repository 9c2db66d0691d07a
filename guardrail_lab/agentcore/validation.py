"""Requests are held to the SDK's model, and refused as the service does it, with ``reason`` and ``fieldList``."""

from collections.abc import Mapping
from typing import Any

from guardrail_lab.agentcore.constraints import Broken, Test, broken_constraints, compiled
from guardrail_lab.agentcore.errors import ServiceError
from guardrail_lab.agentcore.model import AgentCoreModel


class Validator:
    """Checks parameters against input shapes; each shape is compiled once."""

    def __init__(self, model: AgentCoreModel) -> None:
        self._model = model
        self._tests: dict[str, Test] = {}

    def check(self, operation: str, parameters: Mapping[str, Any]) -> None:
        """Accept or refuse a request.

        Raises:
            ServiceError: ValidationException that names every member, and never repeats a value.
        """
        shape = self._model.operation(operation).input_shape
        if shape is None:
            return
        if operation not in self._tests:
            self._tests[operation] = compiled(shape)
        if not self._tests[operation](parameters):
            raise _refusal(list(broken_constraints(shape, dict(parameters))))


def _refusal(broken: list[Broken]) -> ServiceError:
    texts = "; ".join(f"Value at '{where}' failed to satisfy constraint: Member {what}" for where, what in broken)
    errors = "error" if len(broken) == 1 else "errors"
    fields = [{"name": where, "message": f"Member {what}"} for where, what in broken]
    return ServiceError(
        "ValidationException",
        f"{len(broken)} validation {errors} detected: {texts}",
        400,
        {"reason": "FieldValidationFailed", "fieldList": fields},
    )
