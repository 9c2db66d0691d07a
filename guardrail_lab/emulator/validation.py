"""AgentCore requests are held to the model of the SDK that we ship: ministack's own checks follow an older one."""

from ministack.core.responses import error_response_json

from guardrail_lab.emulator.constraints import Broken, broken_constraints
from guardrail_lab.emulator.seam import Answer, Forward, Request


async def validate(request: Request, forward: Forward) -> Answer:
    """Answer a malformed control-plane request as the service does, with ``reason`` and ``fieldList``."""
    call = request.agentcore
    if call is None or call.operation.input_shape is None:
        return await forward(request)
    broken = list(broken_constraints(call.operation.input_shape, dict(call.parameters)))
    return _refusal(broken) if broken else await forward(request)


def _refusal(broken: list[Broken]) -> Answer:
    texts = "; ".join(f"Value at '{where}' failed to satisfy constraint: Member {what}" for where, what in broken)
    errors = "error" if len(broken) == 1 else "errors"
    fields = [{"name": where, "message": f"Member {what}"} for where, what in broken]
    return Answer(
        *error_response_json(
            "ValidationException",
            f"{len(broken)} validation {errors} detected: {texts}",
            400,
            {"reason": "FieldValidationFailed", "fieldList": fields},
        )
    )
