"""A placement is read member by member; a member of an unexpected type is unknown, not absent."""

import pytest

from guardrail.core.runtimes.placement import parse_placement
from guardrail.core.runtimes.runtime import NetworkPlacement
from tests.builders import FOREIGN_SUBNET, GROUPS, PROVIDER, PUBLIC, SUBNETS, vpc

NETWORK = ("networkMode", "subnets", "securityGroups", "requireServiceS3Endpoint")
VPC = NetworkPlacement("VPC", frozenset(SUBNETS), frozenset(GROUPS))


def parse(network=None, compute=None):
    parts = {"networkConfiguration": network, "capacityProviderConfiguration": compute}
    return parse_placement({key: value for key, value in parts.items() if value is not None})


@pytest.mark.parametrize(
    ("network", "compute", "expected"),
    [
        pytest.param(None, None, NetworkPlacement(None), id="nothing"),
        pytest.param(PUBLIC, None, NetworkPlacement("PUBLIC"), id="PUBLIC"),
        pytest.param({"networkMode": "MESH"}, None, NetworkPlacement("MESH"), id="a mode of the future"),
        pytest.param(vpc(), None, VPC, id="VPC"),
        pytest.param({"networkMode": "VPC"}, None, NetworkPlacement("VPC"), id="VPC without networkModeConfig"),
        pytest.param(
            vpc([*SUBNETS, FOREIGN_SUBNET, FOREIGN_SUBNET], GROUPS, requireServiceS3Endpoint=True),
            {"capacityProviderArn": PROVIDER},
            NetworkPlacement("VPC", frozenset([*SUBNETS, FOREIGN_SUBNET]), frozenset(GROUPS), True, PROVIDER),
            id="everything",
        ),
        pytest.param(
            None, {"capacityProviderArn": PROVIDER}, NetworkPlacement(None, capacity_provider=PROVIDER), id="Instances"
        ),
    ],
)
def test_a_placement_is_read_as_agentcore_answers_it(network, compute, expected):
    assert parse(network, compute) == expected


@pytest.mark.parametrize(
    ("network", "compute", "malformed"),
    [
        pytest.param("VPC", None, NETWORK, id="networkConfiguration is text"),
        pytest.param([], None, NETWORK, id="networkConfiguration is a list"),
        pytest.param({"networkMode": 1}, None, NETWORK[:1], id="mode is a number"),
        pytest.param({"networkMode": "VPC", "networkModeConfig": "x"}, None, NETWORK[1:], id="config is text"),
        pytest.param(vpc("subnet-1", GROUPS), None, ("subnets",), id="subnets are text"),
        pytest.param(vpc([*SUBNETS, None], GROUPS), None, ("subnets",), id="a subnet is null"),
        pytest.param(vpc(SUBNETS, {"a": 1}), None, ("securityGroups",), id="groups are an object"),
        pytest.param(vpc(SUBNETS, [["sg-1"]]), None, ("securityGroups",), id="a group is a list"),
        pytest.param(vpc(requireServiceS3Endpoint="false"), None, ("requireServiceS3Endpoint",), id="S3 is text"),
        pytest.param(vpc(requireServiceS3Endpoint=0), None, ("requireServiceS3Endpoint",), id="S3 is a number"),
        pytest.param(None, "x", ("capacityProviderArn",) * 2, id="compute is text"),
        pytest.param(None, {}, ("capacityProviderArn",), id="compute without a provider"),
        pytest.param(None, {"capacityProviderArn": 7}, ("capacityProviderArn",) * 2, id="provider is a number"),
    ],
)
def test_a_member_of_an_unexpected_type_is_malformed_and_never_taken_for_absent(network, compute, malformed):
    assert parse(network, compute).malformed == malformed


def test_members_that_are_not_known_here_are_named_by_their_path_and_sorted():
    network = {**vpc(zz=1, aa=2), "dualStack": True}
    placement = parse(network, {"capacityProviderArn": PROVIDER, "share": 1})

    assert placement.unknown == (
        "capacityProviderConfiguration.share",
        "networkConfiguration.dualStack",
        "networkModeConfig.aa",
        "networkModeConfig.zz",
    )
    assert not placement.malformed
