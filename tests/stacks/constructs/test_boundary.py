"""Of every role in every stack: what it may do at most, and that the rest is not in it."""

import json

import pytest

from guardrail.core.runtimes.deny_side_doors import ROLE_PATH
from tests.stacks.templates import TEMPLATES, actions_of, of_type, resources_of, template_of

FUNCTIONS = {name for name in TEMPLATES if name != "prevention"}
ESCALATIONS = {
    "iam:AttachRolePolicy",
    "iam:CreatePolicyVersion",
    "iam:DeleteRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "kms:CreateGrant",
    "lambda:UpdateFunctionCode",
    "s3:DeleteObjectVersion",
    "secretsmanager:PutSecretValue",
    "sts:AssumeRole",
}


def allowed(document):
    """Each action on each resource, and under which conditions."""
    return {
        (action, json.dumps(resource, sort_keys=True), json.dumps(statement.get("Condition", {}), sort_keys=True))
        for statement in document["Statement"]
        for action in actions_of(statement)
        for resource in resources_of(statement)
    }


def functions_roles(name):
    """The roles of a stack's functions, by logical id."""
    roles = of_type(name, "AWS::IAM::Role")
    return {role: roles[role] for role in (each["Role"]["Fn::GetAtt"][0] for each in lambdas(name))}


def lambdas(name):
    return of_type(name, "AWS::Lambda::Function").values()


def given(name, role):
    """What a role's own policies allow."""
    policies = of_type(name, "AWS::IAM::Policy").values()
    return set().union(*(allowed(each["PolicyDocument"]) for each in policies if {"Ref": role} in each["Roles"]))


def bounded(name, role):
    boundary = of_type(name, "AWS::IAM::ManagedPolicy")[role["PermissionsBoundary"]["Ref"]]
    return boundary, allowed(boundary["PolicyDocument"])


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_the_role_of_each_function_may_do_what_its_boundary_allows_and_never_more(name):
    roles = functions_roles(name)

    assert len(roles) == len(lambdas(name)) >= 2
    for role_id, role in roles.items():
        boundary, at_most = bounded(name, role)
        assert given(name, role_id) == at_most
        assert (role["Path"], boundary["Path"]) == (ROLE_PATH, ROLE_PATH)
        assert not {"Policies", "ManagedPolicyArns"} & role.keys()


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_no_boundary_is_shared_and_none_has_a_wildcard_or_a_way_to_more_rights_among_its_actions(name):
    roles = functions_roles(name)

    assert len({json.dumps(role["PermissionsBoundary"]) for role in roles.values()}) == len(roles)
    for role in roles.values():
        at_most = {action: condition for action, _, condition in bounded(name, role)[1]}
        assert not [action for action in at_most if "*" in action]
        assert not ESCALATIONS & at_most.keys()
        rights = {action for action in at_most if action.startswith(("iam:", "sts:"))}
        assert rights <= {"iam:PassRole", "iam:CreateServiceLinkedRole"}
        assert all("StringEquals" in json.loads(at_most[action]) for action in rights)


def test_back_out_and_reconcile_pack_are_among_them():
    boundaries = {each["Description"] for each in of_type("firewall", "AWS::IAM::ManagedPolicy").values()}

    assert {f"The most that the role of {name} may do" for name in ("back_out", "reconcile_pack")} <= boundaries


def test_whoever_breaks_the_glass_can_never_do_more():
    [role] = [each for name, each in of_type("firewall, everything", "AWS::IAM::Role").items() if "BreakGlass" in name]
    [only] = [name for name in of_type("firewall, everything", "AWS::IAM::ManagedPolicy") if "BreakGlassOnly" in name]

    assert role["PermissionsBoundary"] == {"Ref": only}
    assert role["ManagedPolicyArns"] == [{"Ref": only}]


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_role_without_a_boundary_is_one_that_only_a_scheduler_or_a_state_machine_of_the_account_assumes(name):
    unbounded = [each for each in of_type(name, "AWS::IAM::Role").values() if "PermissionsBoundary" not in each]

    assert unbounded
    for role in unbounded:
        [trust] = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] in ({"Service": "scheduler.amazonaws.com"}, {"Service": "states.amazonaws.com"})


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_boundary_fits_into_a_managed_policy(name):
    """IAM counts 6,144 characters without spaces; names that CloudFormation fills in take 100 each here."""
    for each in of_type(name, "AWS::IAM::ManagedPolicy").values():
        assert len(json.dumps(each["PolicyDocument"]).replace(" ", "")) + 100 * count(each, "Ref", "Fn::GetAtt") < 6_144


def count(value, *keys):
    if isinstance(value, dict):
        return sum((key in keys) + count(each, *keys) for key, each in value.items())
    return sum(count(each, *keys) for each in value) if isinstance(value, list) else 0


def test_every_stack_is_looked_at():
    assert all(template_of(name)["Resources"] for name in TEMPLATES)
