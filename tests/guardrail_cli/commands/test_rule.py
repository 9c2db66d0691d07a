"""`guardrail rule`, offline; tests/end_to_end/test_reconcile.py asks a deployed reconciler."""

import json
from datetime import timedelta

import pytest

from guardrail.core.firewall.registry import Registry
from tests.builders import NOW
from tests.strategies import CANARY

UUID, OTHER = "11111111-2222-4333-8444-555555555555", "11111111-2222-4333-8444-666666666666"
NAME = "agentcore-05-deny-link-local"
REGISTRY = (
    Registry()
    .after("agentcore", "sha256:1", {UUID: NAME}, [NAME], NOW)
    .after("agentcore", "sha256:2", {OTHER: NAME}, [NAME], NOW + timedelta(hours=1))
)


@pytest.fixture
def record(files):
    document = {"version": 1, "controller": "192.0.2.1", "registry": REGISTRY.document()}
    (files / "record.json").write_text(json.dumps(document))
    return files / "record.json"


@pytest.mark.parametrize("uuid", [UUID, UUID.upper()])
def test_the_rule_is_told_with_its_time_and_the_packs_of_that_time(guardrail, record, uuid):
    shown = guardrail("rule", uuid, "--record", "record.json")

    assert (shown.code, shown.err) == (0, b"")
    assert shown.out.decode().splitlines() == [
        f"{NAME}  since {NOW.isoformat()} until {(NOW + timedelta(hours=1)).isoformat()}",
        f"  pack agentcore sha256:1  since {NOW.isoformat()} until {(NOW + timedelta(hours=1)).isoformat()}",
    ]


def test_json_is_what_the_registry_says(guardrail, record):
    shown = guardrail("rule", OTHER, "--record", "record.json", "--format", "json")

    assert json.loads(shown.out) == {"uuid": OTHER, "rules": REGISTRY.of(OTHER)}


def test_a_registry_alone_will_do(guardrail, record):
    record.write_text(json.dumps(REGISTRY.document()))

    assert guardrail("rule", UUID, "--record", "record.json").code == 0


def test_a_uuid_that_nobody_knows_is_a_failure(guardrail, record):
    unknown = "99999999-2222-4333-8444-555555555555"

    shown = guardrail("rule", unknown, "--record", "record.json")

    assert (shown.code, shown.out) == (1, b"")
    assert shown.err.decode() == f"{unknown}: no rule of ours has or had this uuid\n"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("[]", "record.json: registry: expected a registry of rules, version 1"),
        (json.dumps({"registry": {"canary": CANARY}}), "record.json: registry: expected a registry of rules"),
        ("{", "record.json:1:2: expected JSON"),
    ],
)
def test_something_else_is_refused_and_not_quoted(guardrail, record, content, complaint):
    record.write_text(content)

    shown = guardrail("rule", UUID, "--record", "record.json")

    assert shown.code == 1
    assert shown.err.decode().startswith(complaint)
    assert CANARY not in shown.err.decode()


@pytest.mark.parametrize(
    "arguments",
    [["rule"], ["rule", CANARY], ["rule", UUID, "--record", "record.json", "--function", "x"]],
    ids=["no uuid", "no uuid of a rule", "both"],
)
def test_a_wrong_call_is_a_usage_error(guardrail, record, arguments):
    shown = guardrail(*arguments)

    assert shown.code == 1
    assert shown.err.count(b"\n") == 1
