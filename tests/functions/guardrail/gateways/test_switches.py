"""The table of switches, as the loops read it: absent is engaged, unknown is an error, nothing is remembered."""

import json

import pytest

from guardrail.core.errors import GatewayError, InvalidInput
from guardrail.core.switch import Scope
from guardrail.gateways.switches import SwitchesReader
from tests.builders import NOW
from tests.deployed import deploy

EXEMPTION = {
    "id": "EX-1",
    "owner": "payments",
    "reason": "vendor callback",
    "ticket": "SEC-1",
    "runtimes": ["orders_*"],
    "rules": ["network-mode"],
    "expires": "2026-12-31",
}


@pytest.fixture
def put(aws):
    deploy(aws)

    def put(kind, name, **attributes):
        item = {"kind": kind, "name": name, **attributes}
        aws("dynamodb").put_item(TableName="switches", Item={key: {"S": value} for key, value in item.items()})

    return put


@pytest.fixture
def reader(aws, put):
    return SwitchesReader(aws, "switches", lambda: NOW)


def test_a_switch_that_nobody_wrote_is_engaged(reader):
    assert all(reader.engaged(scope) for scope in Scope)
    assert reader.exemptions().valid == ()


def test_a_switch_is_read_anew_each_time(reader, put):
    put("switch", "policy", state="backed-out")
    assert [reader.engaged(scope) for scope in Scope] == [True, False, True]

    put("switch", "policy", state="engaged")
    assert reader.engaged(Scope.POLICY)


def test_one_gateway_that_is_backed_out_is_enough(reader, put):
    put("switch", "insertion#one", state="engaged")
    put("switch", "insertion#two", state="backed-out")

    assert not reader.engaged(Scope.INSERTION)


@pytest.mark.parametrize("attributes", [{}, {"state": "off"}, {"state": ""}])
def test_a_state_that_nobody_knows_is_an_error_for_every_scope(reader, put, attributes):
    put("switch", "policy", body="{}", **{key: value or " " for key, value in attributes.items()})

    for scope in Scope:
        with pytest.raises(InvalidInput, match="nothing was changed"):
            reader.engaged(scope)


def test_exemptions_are_told_apart_by_the_day(reader, put):
    put("exemption", "EX-1", body=json.dumps(EXEMPTION))
    put("exemption", "EX-0", body=json.dumps({**EXEMPTION, "id": "EX-0", "expires": "2026-11-19"}))

    found = reader.exemptions()

    assert [each.id for each in found.valid] == ["EX-1"]
    assert [each.id for each in found.expired] == ["EX-0"]


@pytest.mark.parametrize("body", ["", "{", "[]", json.dumps({**EXEMPTION, "expires": "2027-12-31"})])
def test_an_exemption_that_nobody_of_ours_wrote_exempts_nothing_and_hides_no_other(reader, put, body):
    put("exemption", "EX-0", body=body or " ")
    put("exemption", "EX-1", body=json.dumps(EXEMPTION))

    found = reader.exemptions()

    assert [each.id for each in found.valid] == ["EX-1"]
    assert found.unreadable == ("EX-0",)


def test_a_table_that_cannot_be_read_is_an_error(aws, put):
    with pytest.raises(GatewayError, match="dynamodb:Query failed: ResourceNotFoundException"):
        SwitchesReader(aws, "elsewhere", lambda: NOW).engaged(Scope.POLICY)


def test_all_pages_are_read(reader, put):
    """A page holds a megabyte."""
    for number in range(4):
        put("switch", f"insertion#{number}", state="engaged", body="x" * 380_000)
    put("switch", "policy", state="backed-out")

    assert not reader.engaged(Scope.POLICY)
