"""CloudTrail's event: which runtime to look at, who came, and how. A hint, never the truth about a runtime."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from guardrail.core.errors import InvalidInput

RUNTIME_ID = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,99}-[a-zA-Z0-9]{10}", re.ASCII)
_RUNTIME_IN_ARN = re.compile(r":runtime/([^/]*)")
_ASSUMED_ROLE = re.compile(r":assumed-role/(?:.*/)?([^/]*)\Z", re.DOTALL)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException"})


class Kind(StrEnum):
    """What a recorded call is about."""

    RUNTIME = "runtime"
    ENDPOINT = "endpoint"
    HARNESS = "harness"
    BROWSER = "browser"
    CODE_INTERPRETER = "code-interpreter"
    CAPACITY_PROVIDER = "capacity-provider"
    RESOURCE_POLICY = "resource-policy"
    GUARDRAIL_TAMPER = "guardrail-tamper"
    OTHER = "other"


class Via(StrEnum):
    """How the caller came, as far as the event shows it."""

    SERVICE = "service"
    CLOUDFORMATION = "cloudformation"
    SSO = "sso"
    CONSOLE = "console"
    CLI = "cli"
    SDK = "sdk"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who made the call: `userIdentity` in short. Anything the event does not say is None."""

    arn: str | None
    type: str | None
    session_name: str | None
    via: Via


@dataclass(frozen=True, slots=True)
class TrailEvent:
    """One recorded API call.

    Attributes:
        runtime_id: The runtime it is about, or None where the event cannot name one.
        denied: IAM stopped it, so nothing changed.
    """

    runtime_id: str | None
    action: str
    error: str | None
    denied: bool
    actor: Actor
    event_id: str | None
    event_time: str | None
    account: str | None
    region: str | None
    kind: Kind

    @property
    def at(self) -> datetime | None:
        """When it was made (UTC), to the second; None when the event does not say."""
        try:
            then = datetime.fromisoformat(self.event_time or "")
        except ValueError:
            return None
        return then if then.tzinfo else None

    def made_by(self, role_arn: str) -> bool:
        """Say whether it was this role: as CloudTrail names the session of a role, its path is not told.

        The whole beginning is compared: the path of an IAM user may hold anything, the name of such a session too.
        """
        account, _, path = role_arn.partition(":role/")
        name = path.rpartition("/")[2]
        session = f"{account.replace(':iam:', ':sts:', 1)}:assumed-role/{name}/"
        return bool(name) and (self.actor.arn or "").startswith(session)

    @property
    def must_name_a_runtime(self) -> bool:
        """Whether the call changed a runtime, so that an event without its id cannot be followed up."""
        return self.error is None and self.kind in (Kind.RUNTIME, Kind.ENDPOINT)

    def document(self) -> dict[str, Any]:
        """Return the event as JSON values; nothing of the request or the response is in it but the id."""
        return {
            "runtime_id": self.runtime_id,
            "action": self.action,
            "error": self.error,
            "denied": self.denied,
            "actor": actor_document(self.actor),
            "event_id": self.event_id,
            "event_time": self.event_time,
            "account": self.account,
            "region": self.region,
            "kind": self.kind.value,
        }


def actor_document(actor: Actor) -> dict[str, Any]:
    """Return the actor as JSON values."""
    return {"arn": actor.arn, "type": actor.type, "session_name": actor.session_name, "via": actor.via.value}


def parse_event(document: object) -> TrailEvent:
    """Read an EventBridge event of detail-type `AWS API Call via CloudTrail`.

    A bare CloudTrail record, as a trail's log files hold them, is read as its detail.

    Raises:
        InvalidInput: It is not an object, or holds no recorded call.
    """
    if not isinstance(document, dict):
        raise InvalidInput("event", "an EventBridge event object")
    detail = document.get("detail", document)
    action = _text(detail, "eventName")
    if action is None:
        raise InvalidInput("event.detail.eventName", "the name of an API call, as CloudTrail records it")
    error = _text(detail, "errorCode")
    return TrailEvent(
        runtime_id=next((text for text in _candidates(detail) if RUNTIME_ID.fullmatch(text)), None),
        action=action,
        error=error,
        denied=error in _DENIED,
        actor=_actor(detail),
        event_id=_text(detail, "eventID"),
        event_time=_text(detail, "eventTime"),
        account=_text(document, "account") or _text(detail, "recipientAccountId"),
        region=_text(document, "region") or _text(detail, "awsRegion"),
        kind=_kind(_text(detail, "eventSource"), action),
    )


def parse_short(document: object) -> TrailEvent:
    """Read back what `TrailEvent.document` returned.

    Raises:
        InvalidInput: It is something else.
    """
    try:
        fields: dict[str, Any] = dict(document)  # type: ignore[call-overload]
        actor = fields.pop("actor")
        event = TrailEvent(
            **{**fields, "kind": Kind(fields["kind"])}, actor=Actor(**{**actor, "via": Via(actor["via"])})
        )
    except (TypeError, ValueError, KeyError, AttributeError):
        raise InvalidInput("message.cause", "an event in short, as the guardrail itself wrote it") from None
    if not isinstance(event.action, str) or not isinstance(event.denied, bool) or not _all_text(event):
        raise InvalidInput("message.cause", "texts and nulls, and a boolean for denied")
    return event


def _all_text(event: TrailEvent) -> bool:
    actor = event.actor
    texts = (event.runtime_id, event.error, event.event_id, event.event_time, event.account, event.region)
    return all(text is None or isinstance(text, str) for text in (*texts, actor.arn, actor.type, actor.session_name))


def _candidates(detail: dict[str, Any]) -> Iterator[str]:
    """What may name the runtime, best first; a redacted value fails the pattern of ids like any other text."""
    response, request = _object(detail, "responseElements"), _object(detail, "requestParameters")
    yield _text(response, "agentRuntimeId") or ""
    yield _text(request, "agentRuntimeId") or ""
    managed = _managed_runtime(response)
    yield _text(managed, "agentRuntimeId") or ""
    resources = detail.get("resources")
    arns = [
        _text(response, "agentRuntimeArn"),
        _text(response, "agentRuntimeEndpointArn"),
        _text(managed, "agentRuntimeArn"),
        *(_text(resource, "ARN") for resource in (resources if isinstance(resources, list) else ())),
        _text(request, "resourceArn"),
    ]
    for arn in arns:
        found = _RUNTIME_IN_ARN.search(arn or "")
        if found:
            yield found.group(1)


def _managed_runtime(response: dict[str, Any]) -> dict[str, Any]:
    """The runtime that a harness has made for itself, as CreateHarness, UpdateHarness and DeleteHarness answer it."""
    environment = _object(_object(response, "harness"), "environment")
    return _object(environment, "agentCoreRuntimeEnvironment")


_AGENTCORE_SOURCES = frozenset({"bedrock-agentcore.amazonaws.com", "bedrock-agentcore-control.amazonaws.com"})
_TAMPERING = {
    "events.amazonaws.com": frozenset({"DisableRule", "DeleteRule", "RemoveTargets", "PutRule"}),
    "cloudtrail.amazonaws.com": frozenset({"StopLogging", "DeleteTrail", "PutEventSelectors"}),
}
_KIND_BY_NOUN = (
    ("AgentRuntimeEndpoint", Kind.ENDPOINT),
    ("AgentRuntime", Kind.RUNTIME),
    ("HarnessEndpoint", Kind.HARNESS),
    ("Harness", Kind.HARNESS),
    ("Browser", Kind.BROWSER),
    ("CodeInterpreter", Kind.CODE_INTERPRETER),
    ("CapacityProvider", Kind.CAPACITY_PROVIDER),
    ("ResourcePolicy", Kind.RESOURCE_POLICY),
)
_VERBS = ("Create", "Update", "Delete", "Put")


def _kind(source: str | None, action: str) -> Kind:
    if action in _TAMPERING.get(source or "", ()):
        return Kind.GUARDRAIL_TAMPER
    if source in _AGENTCORE_SOURCES:
        for noun, kind in _KIND_BY_NOUN:
            if action.removesuffix(noun) in _VERBS:
                return kind
    return Kind.OTHER


def _actor(detail: dict[str, Any]) -> Actor:
    identity = _object(detail, "userIdentity")
    arn = _text(identity, "arn")
    session = _ASSUMED_ROLE.search(arn or "")
    return Actor(
        arn=arn,
        type=_text(identity, "type"),
        session_name=session.group(1) if session else None,
        via=_via(detail, identity, arn or ""),
    )


def _via(detail: dict[str, Any], identity: dict[str, Any], arn: str) -> Via:
    """The first that fits. Another service that calls for the caller is a service; CloudFormation has its own word."""
    callers = {_text(identity, "invokedBy"), _text(detail, "sourceIPAddress")} - {None}
    cloudformation = "cloudformation.amazonaws.com" in callers
    services = [caller for caller in callers if caller == "AWS Internal" or str(caller).endswith(".amazonaws.com")]
    agent = (_text(detail, "userAgent") or "").lower().lstrip("[")
    if _text(identity, "type") == "AWSService" or (services and not cloudformation):
        return Via.SERVICE
    if cloudformation:
        return Via.CLOUDFORMATION
    if "/AWSReservedSSO_" in arn:
        return Via.SSO
    if detail.get("sessionCredentialFromConsole") in ("true", True) or agent.startswith(_CONSOLE_AGENTS):
        return Via.CONSOLE
    if agent.startswith("aws-cli/"):
        return Via.CLI
    return Via.SDK if agent.startswith(_SDK_AGENTS) or "aws-sdk" in agent else Via.UNKNOWN


_CONSOLE_AGENTS = ("console.amazonaws.com", "signin.amazonaws.com", "mozilla/", "aws internal console")
_SDK_AGENTS = ("boto3/", "botocore/", "apn/", "terraform/", "hashicorp")


def _text(document: object, key: str) -> str | None:
    value = document.get(key) if isinstance(document, dict) else None
    return value if isinstance(value, str) and value else None


def _object(document: dict[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}
