"""The denial of every invocation: one statement in the runtime's resource policy, and the way back from it."""

import json
from collections.abc import Mapping
from typing import Any

from guardrail.core.runtimes.step import Call, Denial

SID = "NetworkGuardrailQuarantine"
MAX_CHARACTERS = 20_480
"""The longest resource policy that AgentCore takes."""

ALL_INVOCATIONS = ("bedrock-agentcore:InvokeAgentRuntime*",)
LISTED_INVOCATIONS = (
    "bedrock-agentcore:InvokeAgentRuntime",
    "bedrock-agentcore:InvokeAgentRuntimeForUser",
    "bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStream",
    "bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStreamForUser",
)
"""What AWS's guide lists; they leave InvokeAgentRuntimeCommand open, so the wildcard is tried first."""

_WHOLE_STATEMENT = frozenset({"Sid", "Effect", "Principal", "Action", "Resource"})
_EVERYONE = ("*", {"AWS": "*"}, {"AWS": ["*"]})


class NotUnderstoodError(ValueError):
    """A resource policy is no policy document; changing it could lose what somebody meant by it."""


def is_denied(text: str | None) -> bool:
    """Say whether the policy holds our statement in full. One that somebody weakened does not count."""
    try:
        return any(_denies(statement) for statement in _parsed(text)["Statement"])
    except NotUnderstoodError:
        return False


def leaves_commands_open(text: str | None) -> bool:
    """Say whether our statement names the listed actions only, because AgentCore took no other."""
    if not is_denied(text):
        return False
    statements = _parsed(text)["Statement"]
    return not any(_denies(each) and set(ALL_INVOCATIONS) <= set(_listed(each["Action"])) for each in statements)


def is_ours(text: str | None) -> bool:
    """Say whether the policy holds a statement with our Sid, whole or not: there is something to take back."""
    try:
        return any(statement.get("Sid") == SID for statement in _parsed(text)["Statement"])
    except NotUnderstoodError:
        return False


def deny_call(arn: str, text: str | None) -> Call:
    """Return the call that adds our statement to the policy and keeps all others.

    In the place of a policy without room for it, or of none that we understand, our statement stands alone: what is
    remembered (`way_back`) comes back.
    """
    beside = None if takes_the_place(text) else text
    listed = Call("PutResourcePolicy", {"resourceArn": arn, "policy": _with(beside, LISTED_INVOCATIONS)})
    whole = {"resourceArn": arn, "policy": _with(beside, ALL_INVOCATIONS)}
    return Call("PutResourcePolicy", whole, otherwise=listed)


def takes_the_place(text: str | None) -> bool:
    """Say whether the denial cannot stand beside the policy, so that it takes its place for a while."""
    try:
        return len(_with(text, LISTED_INVOCATIONS)) > MAX_CHARACTERS
    except NotUnderstoodError:
        return True


def way_back(text: str | None, known: Denial | None) -> Denial:
    """Return what a denial of this policy has to remember: its text, without our statement."""
    if is_owed(text, known):
        return Denial(known.found if known else None)
    if not is_ours(text):
        return Denial(text or None)
    rest = _without(text)
    if known is not None and _same(known.found, rest):
        return Denial(known.found)
    return Denial(_text(rest) if rest["Statement"] else None)


def is_owed(text: str | None, known: Denial | None) -> bool:
    """Say whether a policy whose place our denial took is still to come back, whoever removed the denial."""
    found = None if known is None else known.found
    if found is None or found == text or not takes_the_place(found):
        return False
    try:
        return not _without(text)["Statement"]
    except NotUnderstoodError:
        return False


def lift_call(arn: str, text: str | None, denial: Denial | None) -> Call:
    """Return the call that takes our statement back.

    The text found before comes back byte for byte, unless somebody changed the rest meanwhile: then their rest stays.
    With nothing left the policy is deleted, since an empty one would deny every OAuth caller.

    Raises:
        NotUnderstoodError: The policy is no policy document.
    """
    rest = _without(text)
    found = None if denial is None else denial.found
    if is_owed(text, denial) or _same(found, rest):
        return Call("PutResourcePolicy", {"resourceArn": arn, "policy": found})
    if not rest["Statement"]:
        return Call("DeleteResourcePolicy", {"resourceArn": arn})
    return Call("PutResourcePolicy", {"resourceArn": arn, "policy": _text(rest)})


def _denies(statement: Mapping[str, Any]) -> bool:
    if statement.keys() != _WHOLE_STATEMENT or statement["Sid"] != SID or statement["Effect"] != "Deny":
        return False
    actions, resources = _listed(statement["Action"]), _listed(statement["Resource"])
    stopped = any(set(needed) <= set(actions) for needed in (ALL_INVOCATIONS, LISTED_INVOCATIONS))
    return stopped and statement["Principal"] in _EVERYONE and "*" in resources


def _listed(value: object) -> list[str]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]


def _with(text: str | None, actions: tuple[str, ...]) -> str:
    rest = _without(text)
    action = actions[0] if len(actions) == 1 else list(actions)
    ours = {"Sid": SID, "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"}
    return _text({**rest, "Statement": [*rest["Statement"], ours]})


def _without(text: str | None) -> dict[str, Any]:
    policy = _parsed(text)
    return {**policy, "Statement": [each for each in policy["Statement"] if each.get("Sid") != SID]}


def _same(text: str | None, policy: Mapping[str, Any]) -> bool:
    try:
        return text is not None and _parsed(text) == policy
    except (NotUnderstoodError, RecursionError):
        return False


def _parsed(text: str | None) -> dict[str, Any]:
    """The policy with its statements as a list; without a text, one without statements."""
    if text is None or not text.strip():
        return {"Version": "2012-10-17", "Statement": []}
    try:
        policy = json.loads(text, object_pairs_hook=_members, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotUnderstoodError("no JSON") from None
    statements = policy.get("Statement", []) if isinstance(policy, dict) else None
    statements = [statements] if isinstance(statements, dict) else statements
    if not isinstance(statements, list) or not all(isinstance(each, dict) for each in statements):
        raise NotUnderstoodError("no statements")
    return {**policy, "Statement": statements}


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a name that an object repeats, one value would be lost."""
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a repeated name")
    return members


def _refuse(_constant: str) -> None:
    raise ValueError("not JSON")


def _text(policy: Mapping[str, Any]) -> str:
    """The policy, every character as itself: escapes could make it longer than AgentCore takes."""
    try:
        text = json.dumps(policy, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
        return text if _is_text(text) else json.dumps(policy, separators=(",", ":"))
    except (ValueError, RecursionError):
        raise NotUnderstoodError("no JSON") from None


def _is_text(text: str) -> bool:
    """Whether it can be sent: half of a surrogate pair can only be escaped."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
