import json

from tests.guardrail_lab.arrange import OWN_KEYS, deploy_function, new_runtime, watch_events, zip_of

ANYBODY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}


def identity_of(cloud, account, keys):
    """Create a runtime with these keys, and return the userIdentity of its event."""
    events = watch_events(cloud, account)
    agentcore = cloud.client("bedrock-agentcore-control", account=account, keys=keys)
    agentcore.create_agent_runtime(**new_runtime())
    [event] = events()
    return event["userIdentity"]


def test_the_lab_itself_is_root(cloud, account):
    assert identity_of(cloud, account, None) == {
        "type": "Root",
        "principalId": account,
        "arn": f"arn:aws:iam::{account}:root",
        "accountId": account,
        "accessKeyId": account,
    }


def test_a_user_is_named(guarded_cloud, account):
    iam = guarded_cloud.client("iam", account=account)
    user = iam.create_user(UserName="ada")["User"]
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.put_user_policy(UserName="ada", PolicyName="all", PolicyDocument=json.dumps(everything))
    keys = iam.create_access_key(UserName="ada")["AccessKey"]

    identity = identity_of(guarded_cloud, account, keys)

    assert identity["type"] == "IAMUser"
    assert identity["userName"] == "ada"
    assert identity["arn"] == user["Arn"]
    assert identity["principalId"] == user["UserId"]


def test_a_role_session_names_the_session_and_the_role(cloud, account):
    iam, sts = cloud.client("iam", account=account), cloud.client("sts", account=account)
    role = iam.create_role(RoleName="Developer", Path="/team/", AssumeRolePolicyDocument=json.dumps(ANYBODY))["Role"]
    keys = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="ada")["Credentials"]

    identity = identity_of(cloud, account, keys)

    issuer = identity["sessionContext"]["sessionIssuer"]
    assert identity["type"] == "AssumedRole"
    assert identity["arn"] == f"arn:aws:sts::{account}:assumed-role/Developer/ada"
    assert identity["principalId"] == f"{role['RoleId']}:ada"
    assert issuer["arn"] == role["Arn"]
    assert issuer["principalId"] == role["RoleId"]
    assert issuer["userName"] == "Developer"


def test_a_function_is_a_session_of_its_role(cloud, account):
    keys = deploy_function(cloud, account, zip_of({"main.py": OWN_KEYS}))({})

    identity = identity_of(cloud, account, keys)

    assert identity["type"] == "AssumedRole"
    assert identity["arn"] == f"arn:aws:sts::{account}:assumed-role/probe/probe"
