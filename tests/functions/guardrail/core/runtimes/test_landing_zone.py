"""A landing zone is read strictly: what is wrong is said in one line, and nothing is approved by accident."""

import pytest
from hypothesis import given

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.landing_zone import parse_landing_zone
from tests.builders import GROUPS, PROVIDER, SUBNETS, zone, zone_document
from tests.strategies import JSON, read_or_refused, some_of


def test_a_zone_is_read_sorted_and_each_id_once():
    parsed = zone(subnets=[SUBNETS[1], SUBNETS[0], SUBNETS[1]])

    assert parsed.subnets == tuple(SUBNETS)
    assert parsed.security_groups == tuple(GROUPS)
    assert parsed.capacity_providers == (PROVIDER,)


def test_a_zone_may_approve_no_capacity_provider_or_not_speak_of_them():
    document = zone_document(capacity_providers=[])
    silent = {key: value for key, value in document.items() if key != "capacity_providers"}

    assert parse_landing_zone(document) == parse_landing_zone(silent)
    assert parse_landing_zone(document).capacity_providers == ()


def test_what_a_zone_says_is_read_back_as_the_same_zone():
    assert parse_landing_zone(zone().document()) == zone()


@pytest.mark.parametrize("region", ["us-east-1", "us-gov-west-1", "ap-southeast-7", "cn-north-1"])
def test_a_zone_may_lie_in_any_partition(region):
    assert zone(region=region).region == region


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"subnets": []}, "zone.subnets: expected at least one", id="no subnets"),
        pytest.param({"security_groups": []}, "zone.security_groups: expected at least one", id="no groups"),
        pytest.param({"vpc": "vpc-1"}, "zone: expected no keys but account", id="unknown key"),
        pytest.param({"account": "1111"}, "zone.account: expected a string, 12 digits", id="short account"),
        pytest.param({"account": 111122223333}, "zone.account: expected a string", id="account is a number"),
        pytest.param({"account": "١١١١٢٢٢٢٣٣٣٣"}, "zone.account: expected a string", id="digits of another script"),
        pytest.param({"account": "111122223333\n"}, "zone.account: expected a string", id="account with a line end"),
        pytest.param({"region": "useast1"}, "zone.region: expected a string, an AWS Region", id="no Region"),
        pytest.param({"region": None}, "zone.region: expected a string, an AWS Region", id="Region is null"),
        pytest.param({"subnets": "subnet-1"}, "zone.subnets: expected a list", id="subnets are text"),
        pytest.param({"subnets": ["sg-1"]}, "zone.subnets: expected a list of strings that start", id="a group"),
        pytest.param({"subnets": [None]}, "zone.subnets: expected a list", id="a subnet is null"),
        pytest.param({"security_groups": {}}, "zone.security_groups: expected a list", id="groups are an object"),
        pytest.param({"capacity_providers": ["approved"]}, "zone.capacity_providers: expected a list", id="no ARN"),
        pytest.param({"capacity_providers": None}, "zone.capacity_providers: expected a list", id="null"),
    ],
)
def test_a_zone_with_a_mistake_is_refused_by_the_name_of_the_key(changes, error):
    with pytest.raises(InvalidInput) as refused:
        zone(**changes)

    assert str(refused.value).startswith(error)


@pytest.mark.parametrize("missing", ["account", "region", "subnets", "security_groups"])
def test_a_zone_that_lacks_a_key_is_refused_by_its_name(missing):
    document = zone_document()
    del document[missing]

    with pytest.raises(InvalidInput, match=rf"^zone\.{missing}: expected "):
        parse_landing_zone(document)


@pytest.mark.fuzz
@given(JSON | some_of(zone_document(), JSON))
def test_whatever_json_is_given_it_is_a_zone_or_a_clear_refusal(document):
    parsed = read_or_refused(parse_landing_zone, document)

    assert parsed is None or (parsed.subnets and parsed.security_groups)
