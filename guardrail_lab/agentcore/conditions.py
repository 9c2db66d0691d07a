"""The Condition block of a resource policy: what is understood decides, what is not is refused, nothing is ignored."""

import fnmatch
import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

from guardrail_lab.agentcore.errors import invalid

Context = Mapping[str, str]
Matcher = Callable[[str, str], bool]


def like(pattern: str, text: str) -> bool:
    """Match IAM's wildcards: ``*`` for any text, ``?`` for one character; everything else is literal."""
    expression = "".join(".*" if each == "*" else "." if each == "?" else re.escape(each) for each in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _in_network(network: str, address: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)


def _equal_anycase(wanted: str, text: str) -> bool:
    return wanted.lower() == text.lower()


MATCHERS: dict[str, Matcher] = {
    "StringEquals": str.__eq__,
    "StringEqualsIgnoreCase": _equal_anycase,
    "StringLike": like,
    "ArnEquals": like,
    "ArnLike": like,
    "Bool": _equal_anycase,
    "IpAddress": _in_network,
}
NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
}
KEYS = (
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalType",
    "aws:PrincipalTag/*",
    "aws:userid",
    "aws:username",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIp",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpcSourceIp",
    "aws:SecureTransport",
)


def check_condition(block: Any) -> None:
    """Refuse an operator, key or value that ``holds`` could not decide.

    Raises:
        ServiceError: ValidationException.
    """
    if not isinstance(block, dict):
        raise invalid("Condition: expected an object")
    for operator, tests in block.items():
        name = operator.removesuffix("IfExists")
        if name not in MATCHERS and name not in NEGATED and operator != "Null":
            raise invalid("Condition: an operator that the lab does not evaluate")
        if not isinstance(tests, dict) or not tests:
            raise invalid("Condition: expected keys and values")
        for key, wanted in tests.items():
            _check_test(operator, key, values(wanted))


def _check_test(operator: str, key: str, wanted: list[str]) -> None:
    if not any(fnmatch.fnmatchcase(key.lower(), known.lower()) for known in KEYS):
        raise invalid("Condition: a key that the lab does not evaluate")
    if not wanted:
        raise invalid("Condition: expected at least one value")
    if operator == "Null" and wanted not in (["true"], ["false"]):
        raise invalid("Condition: Null takes true or false")
    if "IpAddress" in operator:
        for network in wanted:
            _check_network(network)


def _check_network(network: str) -> None:
    try:
        ipaddress.ip_network(network, strict=False)
    except ValueError as error:
        raise invalid("Condition: expected an IP address or a CIDR block") from error


def values(wanted: Any) -> list[str]:
    """Return a policy element's one or more texts.

    Raises:
        ServiceError: ValidationException when it is neither a text, a boolean, nor a list of them.
    """
    listed = wanted if isinstance(wanted, list) else [wanted]
    if not all(isinstance(each, str | bool) for each in listed):
        raise invalid("Policy: expected a text or a list of texts")
    return [str(each).lower() if isinstance(each, bool) else each for each in listed]


def holds(block: Mapping[str, Any], context: Context) -> bool:
    """Whether every test of a checked block is true of a request. Keys are compared without case."""
    known = {key.lower(): value for key, value in context.items()}
    return all(
        _test(operator, values(wanted), known.get(key.lower()))
        for operator, tests in block.items()
        for key, wanted in tests.items()
    )


def _test(operator: str, wanted: list[str], actual: str | None) -> bool:
    if operator == "Null":
        return (actual is None) == (wanted == ["true"])
    name = operator.removesuffix("IfExists")
    if actual is None:
        # As IAM: a missing key satisfies what is negated and what need not exist.
        return name in NEGATED or name != operator
    matcher = MATCHERS[NEGATED.get(name, name)]
    return any(matcher(each, actual) for each in wanted) != (name in NEGATED)
