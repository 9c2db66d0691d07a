"""What Hypothesis makes up: any JSON, valid documents with something wrong in them, and whole snapshots."""

import copy
from typing import Any

from guardrail.core.errors import InvalidInput
from hypothesis import strategies as st

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


def says_what_is_expected(error: InvalidInput, _document: object) -> bool:
    """Whether the error is one line that names a place and an expectation, and quotes no input."""
    text = str(error)
    return text.isprintable() and ": expected " in text and CANARY not in text


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


@st.composite
def answers(draw: st.DrawFn, number: object) -> Json:
    """GetAgentRuntime's answer for a version, or an error in its place."""
    if draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from(ERRORS))
    parts = {
        "agentRuntimeVersion": number,
        "agentRuntimeId": RUNTIME_ID,
        "agentRuntimeArn": RUNTIME_ARN,
        "agentRuntimeName": RUNTIME_NAME,
        "createdAt": draw(st.sampled_from(TIMES)),
        "networkConfiguration": draw(st.sampled_from(NETWORKS)),
        "capacityProviderConfiguration": draw(st.sampled_from(COMPUTES)),
        "environmentVariables": {"TOKEN": CANARY},
    }
    return {key: value for key, value in parts.items() if value is not None}


_ENDPOINT_VERSIONS = st.sampled_from([*map(str, NUMBERS), *map(str, NUMBERS), None, 3, "x", "1.0", "", True, 2.5, []])
_OWN_VERSIONS = st.sampled_from([*map(str, NUMBERS), "x", None, 4])


@st.composite
def _endpoints(draw: st.DrawFn) -> Json:
    shape = draw(st.integers(0, 9))
    if shape == 0:
        return draw(st.sampled_from([*ERRORS, {"error": "Gone", "name": "prod"}]))
    parts = {
        "name": draw(st.sampled_from(["DEFAULT", "prod", "a", "z"])),
        "liveVersion": draw(_ENDPOINT_VERSIONS),
        "targetVersion": draw(_ENDPOINT_VERSIONS),
        "agentRuntimeArn": RUNTIME_ARN,
        "status": draw(st.sampled_from(["READY", "CREATING", "UPDATE_FAILED"])),
    }
    return {key: value for key, value in parts.items() if value is not None}


@st.composite
def snapshots(draw: st.DrawFn) -> Json:
    """A snapshot as a reader may have left it: parts of it errors, versions missing, ages unknown."""
    versions = {
        str(number): draw(answers(str(number))) for number in draw(st.sets(st.sampled_from(NUMBERS), max_size=5))
    }
    return {
        "account": ACCOUNT,
        "region": REGION,
        "runtime": draw(answers(draw(_OWN_VERSIONS))),
        "endpoints": draw(st.lists(_endpoints(), max_size=4) | st.sampled_from(ERRORS)),
        "versions": versions,
    }
