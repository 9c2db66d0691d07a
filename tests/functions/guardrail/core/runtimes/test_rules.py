"""Each rule: what breaks it, what was observed, what is allowed."""

import pytest

from guardrail.core.runtimes.rules import SEVERITY, RuleId, broken_rules
from guardrail.core.runtimes.snapshot import parse_version
from tests.builders import (
    FOREIGN_GROUP,
    FOREIGN_PROVIDER,
    FOREIGN_SUBNET,
    GROUPS,
    NEW,
    OLD,
    PROVIDER,
    PUBLIC,
    SUBNETS,
    vpc,
    zone,
)

APPROVED = {"capacityProviderArn": PROVIDER}
FOREIGN = {"capacityProviderArn": FOREIGN_PROVIDER}
MODE_ABSENT = ("network-mode", "absent", "VPC")
FOREIGN_COMPUTE = ("capacity-provider", FOREIGN_PROVIDER, (PROVIDER,))


def broken(network=None, compute=None, created=NEW, where=None):
    parts = {"networkConfiguration": network, "capacityProviderConfiguration": compute, "createdAt": created}
    version = parse_version(1, {key: value for key, value in parts.items() if value is not None})
    return [(each.rule.value, each.observed, each.allowed) for each in broken_rules(version, where or zone())]


@pytest.mark.parametrize(
    ("network", "compute", "expected"),
    [
        pytest.param(vpc(), None, [], id="VPC inside the zone"),
        pytest.param(PUBLIC, None, [("network-mode", "PUBLIC", "VPC")], id="PUBLIC"),
        pytest.param({"networkMode": "MESH"}, None, [("network-mode", "MESH", "VPC")], id="an unknown mode"),
        pytest.param({"networkMode": "vpc"}, None, [("network-mode", "vpc", "VPC")], id="case matters"),
        pytest.param({"networkMode": ""}, None, [("network-mode", "", "VPC")], id="an empty mode"),
        pytest.param({}, None, [MODE_ABSENT], id="no mode"),
        pytest.param(None, None, [MODE_ABSENT], id="no networkConfiguration"),
        pytest.param(None, APPROVED, [], id="an approved capacity provider places it"),
        pytest.param(None, FOREIGN, [MODE_ABSENT, FOREIGN_COMPUTE], id="an unapproved one breaks both"),
        pytest.param(vpc(), APPROVED, [], id="VPC and approved compute"),
        pytest.param(vpc(), FOREIGN, [FOREIGN_COMPUTE], id="VPC and unapproved compute"),
        pytest.param(PUBLIC, APPROVED, [("network-mode", "PUBLIC", "VPC")], id="approved compute excuses no PUBLIC"),
        pytest.param(PUBLIC, FOREIGN, [("network-mode", "PUBLIC", "VPC"), FOREIGN_COMPUTE], id="both are judged"),
    ],
)
def test_network_mode_and_capacity_provider(network, compute, expected):
    assert broken(network, compute) == expected


@pytest.mark.parametrize(
    ("ids", "foreign"),
    [
        pytest.param([], (), id="none"),
        pytest.param(["b"], ("b",), id="one outside"),
        pytest.param(["c", "b", "a"], ("a", "b", "c"), id="sorted"),
        pytest.param(["b", "b"], ("b",), id="each once"),
        pytest.param(["inside", "b"], ("b",), id="one inside hides none outside"),
    ],
)
@pytest.mark.parametrize("rule", ["subnets", "security-groups"])
def test_foreign_ids_are_listed_sorted_without_the_approved_ones(rule, ids, foreign):
    subnets = [SUBNETS[0] if each == "inside" else each for each in ids]
    groups = [GROUPS[0] if each == "inside" else each for each in ids]
    network = vpc(subnets, GROUPS) if rule == "subnets" else vpc(SUBNETS, groups)

    assert broken(network) == [(rule, foreign, tuple(SUBNETS if rule == "subnets" else GROUPS))]


def test_ids_are_not_judged_outside_the_vpc_mode():
    network = {**vpc([FOREIGN_SUBNET], [FOREIGN_GROUP], requireServiceS3Endpoint=True), "networkMode": "PUBLIC"}

    assert broken(network, created=OLD) == [("network-mode", "PUBLIC", "VPC")]


@pytest.mark.parametrize(
    ("flag", "created", "observed"),
    [
        pytest.param(True, NEW, True, id="true, new"),
        pytest.param(True, OLD, True, id="true, old"),
        pytest.param(False, OLD, None, id="false, old"),
        pytest.param(None, OLD, "absent", id="absent, old"),
        pytest.param(None, "2026-06-11T00:00:00Z", None, id="absent, exactly the cut-off"),
        pytest.param(None, "2026-06-11T01:59:59+02:00", "absent", id="absent, before it in another offset"),
        pytest.param(None, "2026-06-10T23:00:00-01:00", None, id="absent, at it in another offset"),
        pytest.param(None, "2026-06-11T00:00:00", None, id="a time without an offset is UTC"),
        pytest.param(None, NEW, None, id="absent, new"),
        pytest.param(None, None, "absent", id="absent, createdAt missing"),
        pytest.param(None, "yesterday", "absent", id="absent, createdAt unparsable"),
        pytest.param(None, True, "absent", id="absent, createdAt not a time"),
        pytest.param(None, 1781135999, "absent", id="absent, epoch seconds before"),
        pytest.param(None, 1781136000.0, None, id="absent, epoch seconds at the cut-off"),
        pytest.param(None, 1e300, "absent", id="absent, epoch seconds beyond time"),
    ],
)
def test_the_service_managed_way_to_s3(flag, created, observed):
    network = vpc() if flag is None else vpc(requireServiceS3Endpoint=flag)

    assert broken(network, created=created) == ([] if observed is None else [("service-s3-endpoint", observed, False)])


def test_every_broken_rule_is_reported_in_the_order_of_the_rules():
    network = vpc([], [], requireServiceS3Endpoint=True)

    assert [rule for rule, *_ in broken(network, FOREIGN)] == [
        "subnets",
        "security-groups",
        "capacity-provider",
        "service-s3-endpoint",
    ]


def test_an_empty_list_of_capacity_providers_approves_none():
    assert broken(vpc(), APPROVED, where=zone(capacity_providers=[])) == [("capacity-provider", PROVIDER, ())]


def test_every_rule_has_a_severity_and_leaving_the_zone_is_high():
    assert set(SEVERITY) == set(RuleId)
    assert {rule.value for rule, severity in SEVERITY.items() if severity == "HIGH"} == {
        "network-mode",
        "subnets",
        "capacity-provider",
    }
