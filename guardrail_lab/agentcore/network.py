"""What a network configuration may say, beyond what the model checks, and what is stored of it."""

from collections.abc import Mapping
from typing import Any

from guardrail_lab.agentcore.errors import invalid

S3 = "requireServiceS3Endpoint"

Configuration = Mapping[str, Any]


def check_placement(network: Configuration | None, details: str = "networkModeConfig") -> None:
    """Refuse a mode without its details, and details without the mode; the latter is our reading.

    Args:
        details: ``networkModeConfig`` of runtimes and harnesses, ``vpcConfig`` of tools.

    Raises:
        ServiceError: ValidationException.
    """
    if network is None:
        return
    if network["networkMode"] == "VPC" and network.get(details) is None:
        raise invalid(f"{details[0].upper()}{details[1:]} is required for VPC mode")
    if network["networkMode"] != "VPC" and network.get(details) is not None:
        raise invalid(f"{details} is for VPC mode only")


def refuse_s3(network: Configuration | None, details: str = "networkModeConfig") -> None:
    """Refuse any value of requireServiceS3Endpoint.

    Raises:
        ServiceError: ValidationException that names the field.
    """
    if S3 in ((network or {}).get(details) or {}):
        raise invalid(f"{S3} is not supported for this resource")


def stored(network: Configuration, *, has_service_path: bool) -> Configuration:
    """Return what Get will show: a VPC placement always says whether the service-managed S3 path is there.

    Args:
        has_service_path: The runtime is from before the rollout. Only an explicit false removes the path; absent or
            true keeps it, or brings it back.
    """
    if network["networkMode"] != "VPC":
        return network
    details = network["networkModeConfig"]
    kept = has_service_path and details.get(S3) is not False
    return {**network, "networkModeConfig": {**details, S3: kept}}
