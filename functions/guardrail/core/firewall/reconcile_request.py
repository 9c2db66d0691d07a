"""What `reconcile_pack` is asked to do: by a command of its schedule or of people, or by a deploy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.response_place import ResponsePlace

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


class Command(StrEnum):
    """What the schedule asks for (KEEP), and what people do. RULE reads the registry and asks no controller."""

    KEEP = "keep"
    PLAN = "plan"
    APPLY = "apply"
    RULE = "rule"


class RequestType(StrEnum):
    """What CloudFormation does with a custom resource."""

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"


@dataclass(frozen=True, slots=True)
class Ordered:
    """A command; `uuid` is of the rule that RULE asks about."""

    command: Command
    uuid: str = ""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A request of CloudFormation's, which waits for an answer at `response_url`: pre-signed, so a secret."""

    type: RequestType
    response_url: str
    stack_id: str
    request_id: str
    logical_id: str
    physical_id: str | None


Request = Ordered | Deployed


def parse_request(event: Any, place: ResponsePlace) -> Request:
    """Read what the function was invoked with.

    Args:
        place: Where an answer to CloudFormation may go.

    Raises:
        InvalidInput: It is neither, or it wants the answer to go somewhere else.
    """
    if isinstance(event, Mapping) and "ResponseURL" in event:
        return _deployed(event, place)
    if isinstance(event, Mapping) and set(event) <= {"command", "uuid"} and event.get("command") in list(Command):
        return _ordered(Command(event["command"]), event.get("uuid", ""))
    raise InvalidInput(
        "event", '{"command": "keep"}, "plan" or "apply" in its place, or {"command": "rule", "uuid": "…"}'
    )


def _ordered(command: Command, uuid: object) -> Ordered:
    if command is not Command.RULE:
        return Ordered(command)
    return Ordered(command, parse_uuid("event.uuid", uuid))


def parse_uuid(where: str, text: object) -> str:
    """Read a rule's uuid.

    Raises:
        InvalidInput: It is none.
    """
    if not isinstance(text, str) or not _UUID.fullmatch(text):
        raise InvalidInput(where, "a uuid such as 11111111-2222-4333-8444-555555555555")
    return text.lower()


def _deployed(event: Mapping[str, Any], place: ResponsePlace) -> Deployed:
    try:
        request = Deployed(
            type=RequestType(event["RequestType"]),
            response_url=str(event["ResponseURL"]),
            stack_id=str(event["StackId"]),
            request_id=str(event["RequestId"]),
            logical_id=str(event["LogicalResourceId"]),
            physical_id=event.get("PhysicalResourceId"),
        )
    except (KeyError, ValueError):
        raise InvalidInput("event", "a custom resource's request as CloudFormation sends it") from None
    if not place.takes(request.response_url):
        raise InvalidInput(
            "event.ResponseURL", f"an address in CloudFormation's bucket of {place.region}; nothing was done or sent"
        )
    return request
