from dataclasses import replace

import pytest

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.deny_side_doors import our_side_doors
from stacks.prevention_settings import Prevention, prevention
from tests.deny_lattice import ACCOUNT, OTHER_ACCOUNT, ZONES

ELSEWHERE = replace(ZONES[0], account=OTHER_ACCOUNT)


def decided(**keys):
    return {"prevention": keys}.get


def test_nothing_is_prevented_until_the_context_says_so():
    assert prevention({}.get, ZONES) == Prevention()


def test_by_default_cdks_roles_are_bound_and_side_doors_stay_open():
    found = prevention(decided(roles=["Developer", "Developer"]), ZONES)
    [account] = found.accounts

    assert (account.roles, account.region) == (("Developer",), "us-east-1")
    assert (account.cdk_qualifier, account.cdk_regions) == ("hnb659fds", ("us-east-1", "eu-west-1"))
    assert (account.side_doors, account.gateway_targets, found.management_account) == (None, False, None)


def test_one_deny_for_each_account_of_the_zones():
    accounts = prevention(decided(), [*ZONES, ELSEWHERE]).accounts

    assert [each.account for each in accounts] == [ACCOUNT, OTHER_ACCOUNT]
    assert [each.zones for each in accounts] == [ZONES, (ELSEWHERE,)]


def test_everything_can_be_decided():
    guard = f"arn:aws:iam::{ACCOUNT}:role/Guard"
    context = {
        "prevention": {
            "path": "/developers/",
            "cdk_execution_roles": False,
            "side_doors": {"guardrail_roles": [guard]},
            "gateway_targets": True,
            "region": "eu-west-1",
            "management_account": "999988887777",
        }
    }
    found = prevention(context.get, ZONES)
    [account] = found.accounts

    assert (account.cdk_regions, account.gateway_targets, account.region) == ((), True, "eu-west-1")
    assert account.side_doors == replace(our_side_doors(ACCOUNT), guardrail_roles=(guard,))
    assert (account.path, found.management_account) == ("/developers/", "999988887777")


def test_the_qualifier_is_that_of_the_bootstrap():
    context = {"prevention": {}, "@aws-cdk/core:bootstrapQualifier": "platform"}

    assert prevention(context.get, ZONES).accounts[0].cdk_qualifier == "platform"


def test_every_region_that_is_bootstrapped_can_be_listed_also_one_without_a_zone():
    [account] = prevention(decided(cdk_execution_roles=["us-east-1", "ap-southeast-2"]), ZONES).accounts

    assert account.cdk_regions == ("us-east-1", "ap-southeast-2")


def test_true_closes_side_doors_but_for_our_own_roles():
    assert prevention(decided(side_doors=True), ZONES).accounts[0].side_doors == our_side_doors(ACCOUNT)


@pytest.mark.parametrize(
    ("keys", "where"),
    [
        pytest.param(
            {"role": ["Developer"]}, "context prevention: expected an object with no keys but", id="unknown key"
        ),
        pytest.param({"roles": "Developer"}, "context prevention.roles", id="no list"),
        pytest.param({"roles": ["arn:aws:iam::111122223333:role/Developer"]}, "not as ARNs", id="an ARN"),
        pytest.param({"roles": ["teams/Developer"]}, "without path", id="a path"),
        pytest.param(
            {"cdk_execution_roles": "us-east-1"}, "context prevention.cdk_execution_roles", id="a Region outside a list"
        ),
        pytest.param({"gateway_targets": "yes"}, "context prevention.gateway_targets", id="no flag"),
        pytest.param({"side_doors": "all"}, "context prevention.side_doors", id="side doors as text"),
        pytest.param({"side_doors": {"roles": []}}, "context prevention.side_doors", id="side doors, unknown key"),
        pytest.param({"side_doors": {"deploy_roles": "x"}}, "side_doors.deploy_roles", id="side doors, no list"),
        pytest.param({"side_doors": {"deploy_roles": ["x"]}}, "deploy role", id="side doors, no ARN"),
        pytest.param({"region": 1}, "context prevention.region", id="no Region"),
        pytest.param({"management_account": "mine"}, "context prevention.management_account", id="no account"),
    ],
)
def test_bad_context_is_named_in_one_line(keys, where):
    with pytest.raises(InvalidInput) as error:
        prevention(decided(**keys), ZONES)

    assert where in str(error.value)
    assert "\n" not in str(error.value)


def test_something_else_than_an_object_is_refused():
    with pytest.raises(InvalidInput, match="context prevention"):
        prevention({"prevention": True}.get, ZONES)
