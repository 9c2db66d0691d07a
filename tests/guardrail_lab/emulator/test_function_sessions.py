from tests.guardrail_lab.arrange import OWN_KEYS, deploy_function, zip_of


def test_a_function_acts_as_its_role_without_auth_too(cloud, account):
    keys = deploy_function(cloud, account, zip_of({"main.py": OWN_KEYS}))({})

    caller = cloud.client("sts", keys=keys).get_caller_identity()

    assert caller["Arn"] == f"arn:aws:sts::{account}:assumed-role/probe/probe"
    assert caller["Account"] == account


def test_two_functions_of_one_account_have_different_keys(cloud, account):
    first, second = (
        deploy_function(cloud, account, zip_of({"main.py": OWN_KEYS}), name)({}) for name in ("first", "second")
    )

    assert first["AccessKeyId"] != second["AccessKeyId"]


def test_ministack_still_runs_functions_as_root(cloud_without, account):
    cloud = cloud_without("function_sessions")
    keys = deploy_function(cloud, account, zip_of({"main.py": OWN_KEYS}))({})

    caller = cloud.client("sts", account=account, keys={**keys, "SessionToken": None}).get_caller_identity()

    assert caller["Arn"] == f"arn:aws:iam::{account}:root"
