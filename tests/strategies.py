"""What Hypothesis makes up: any JSON, valid documents with something wrong in them, and whole snapshots."""

import copy
from collections.abc import Callable
from itertools import product
from typing import Any

from hypothesis import strategies as st

from guardrail.core.errors import InvalidInput
from tests.builders import (
    ACCOUNT,
    FOREIGN_GROUP,
    FOREIGN_PROVIDER,
    FOREIGN_SUBNET,
    GROUPS,
    NEW,
    OLD,
    PROVIDER,
    PUBLIC,
    REGION,
    RUNTIME_ARN,
    RUNTIME_ID,
    RUNTIME_NAME,
    SUBNETS,
    Json,
    vpc,
)

CANARY = "cAnArY-5up3rs3cr3t"
"""Stands in made-up text; where it turns up again, input was quoted."""

_SEEN_BEFORE = (
    CANARY,
    f"\n{CANARY}\x1b[2J",
    "",
    "1",
    "\ud800",
    "error",
    "9" * 400,
    RUNTIME_ID,
    "HIDDEN_DUE_TO_SECURITY_REASONS",
)
TEXT = st.sampled_from(_SEEN_BEFORE) | st.text(max_size=20)
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT
JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def some_of(draw: st.DrawFn, document: Any, noise: st.SearchStrategy[Any]) -> Any:
    """The document with one to three of its parts replaced, removed or joined by noise."""
    damaged = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        part = damaged
        while True:
            keys = list(part) if isinstance(part, dict) else list(range(len(part)))
            key = draw(st.sampled_from(keys)) if keys else None
            if key is not None and isinstance(part[key], dict | list) and draw(st.booleans()):
                part = part[key]
                continue
            break
        _damage(part, key, draw(st.sampled_from(["replace", "remove", "join"])), draw(noise))
    return damaged


def _damage(part: Any, key: Any, how: str, noise: Any) -> None:
    if key is None or how == "join":
        if isinstance(part, dict):
            part[CANARY] = noise
        else:
            part.append(noise)
    elif how == "remove":
        del part[key]
    else:
        part[key] = noise


def read_or_refused(read: Callable[[Any], Any], document: object) -> Any:
    """What is read of the document, or None when it is refused in one line that says where and what was expected.

    Any other error passes; a refusal that quotes the document fails.
    """
    try:
        return read(document)
    except InvalidInput as refusal:
        text = str(refusal)
    if CANARY in text or not text.isprintable() or ": expected " not in text:
        raise AssertionError(f"not a clear refusal: {text}")
    return None


NETWORKS = (
    None,
    PUBLIC,
    {"networkMode": "MESH"},
    {},
    {"networkMode": "VPC"},
    vpc(),
    vpc(SUBNETS[:1]),
    vpc([], []),
    vpc([*SUBNETS, FOREIGN_SUBNET], GROUPS),
    vpc([FOREIGN_SUBNET, "subnet-00000000000000000"], [FOREIGN_GROUP]),
    vpc(requireServiceS3Endpoint=True),
    vpc(requireServiceS3Endpoint=False),
    {**vpc(), "dualStack": True},
    {**vpc([FOREIGN_SUBNET], []), "networkMode": "PUBLIC"},
)
COMPUTES = (None, None, {"capacityProviderArn": PROVIDER}, {"capacityProviderArn": FOREIGN_PROVIDER})
TIMES = (
    NEW,
    OLD,
    "2026-06-11T00:00:00Z",
    "2026-06-11T01:00:00+02:00",
    "2026-06-11T00:00:00.000001",
    "soon",
    None,
    17.5,
)
ERRORS = ({"error": "ThrottlingException"}, {"error": "AccessDeniedException"})
NUMBERS = (1, 2, 3, 9, 10, 11, 100)


def _present(**parts: object) -> Json:
    return {key: value for key, value in parts.items() if value is not None}


_READ = [
    _present(networkConfiguration=network, capacityProviderConfiguration=compute, createdAt=created)
    for network, compute, created in product(NETWORKS, COMPUTES, TIMES)
]
_NAMED = {
    "agentRuntimeId": RUNTIME_ID,
    "agentRuntimeArn": RUNTIME_ARN,
    "agentRuntimeName": RUNTIME_NAME,
    "environmentVariables": {"TOKEN": CANARY},
}
_ENDPOINT_VERSIONS = [*map(str, NUMBERS), *map(str, NUMBERS), None, 3, "x", "1.0", "", True, 2.5, []]
_ENDPOINTS = [
    _present(name=name, liveVersion=live, targetVersion=target, agentRuntimeArn=RUNTIME_ARN, status="CREATING")
    for name, live, target in product(["DEFAULT", "prod", "a", "z"], _ENDPOINT_VERSIONS, _ENDPOINT_VERSIONS)
]
_FAILED_ENDPOINTS = [*ERRORS, {"error": "Gone", "name": "prod"}]
_OWN_VERSIONS = st.sampled_from([*map(str, NUMBERS), "x", None, 4])


def answers(number: object) -> st.SearchStrategy[Json]:
    """GetAgentRuntime's answer for a version, or now and then an error in its place."""
    read = st.sampled_from(_READ).map(lambda parts: {**_present(agentRuntimeVersion=number), **_NAMED, **parts})
    return st.integers(0, 5).flatmap(lambda chance: read if chance else st.sampled_from(ERRORS))


_SOME_ENDPOINTS = st.lists(
    st.integers(0, 9).flatmap(lambda chance: st.sampled_from(_ENDPOINTS if chance else _FAILED_ENDPOINTS)), max_size=4
)


@st.composite
def snapshots(draw: st.DrawFn) -> Json:
    """A snapshot as a reader may have left it: parts of it errors, versions missing, ages unknown."""
    numbers = draw(st.sets(st.sampled_from(NUMBERS), max_size=5))
    return {
        "account": ACCOUNT,
        "region": REGION,
        "runtime": draw(answers(draw(_OWN_VERSIONS))),
        "endpoints": draw(_SOME_ENDPOINTS | st.sampled_from(ERRORS)),
        "versions": {str(number): draw(answers(str(number))) for number in numbers},
    }
