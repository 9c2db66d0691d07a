from dataclasses import replace
from itertools import product

import pytest

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.deny_policy import PolicyForm, SideDoors, render_deny
from guardrail.core.runtimes.deny_side_doors import our_side_doors
from tests.deny_lattice import ACCOUNT, OTHER_ACCOUNT, ZONES, arn, attach, request
from tests.iam_evaluator import Decision, decide
from tests.iam_simulator import simulate

DEVELOPER = "developers/Ada"
NAME = "AgentCoreGuardrail-us-eas-VerifyRuntimeRole14DF20A6-x7Qd2LkPz0aB"
GUARDRAIL = f"agentcore-guardrail/{NAME}"
DEPLOYER = f"cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-us-east-1"
ROLES = (DEVELOPER, GUARDRAIL, DEPLOYER, NAME)

RUNTIME = "runtime/orders-AbCdEfGhIj"
ENDPOINT = f"{RUNTIME}/runtime-endpoint/prod"
APPROVED, FOREIGN = "capacity-provider/pool-AbCdEfGhIj", "capacity-provider/mine-AbCdEfGhIj"

# Which roles may use a side door; what is no side door stays open for everybody.
DOORS = [
    ("CreateHarness", "*", {GUARDRAIL}),
    ("UpdateHarness", "harness/helper-AbCdEfGhIj", {GUARDRAIL}),
    ("CreateCapacityProvider", "*", set()),
    ("PassCapacityProvider", APPROVED, set(ROLES)),
    ("PassCapacityProvider", FOREIGN, set()),
    ("PutResourcePolicy", RUNTIME, {GUARDRAIL}),
    ("PutResourcePolicy", ENDPOINT, {GUARDRAIL}),
    ("DeleteResourcePolicy", RUNTIME, {GUARDRAIL}),
    ("DeleteResourcePolicy", ENDPOINT, {GUARDRAIL}),
    ("PutResourcePolicy", "gateway/tools-AbCdEfGhIj", set(ROLES)),
    ("CreateAgentRuntimeEndpoint", RUNTIME, {GUARDRAIL, DEPLOYER}),
    ("UpdateAgentRuntimeEndpoint", ENDPOINT, {GUARDRAIL, DEPLOYER}),
    ("CreateHarnessEndpoint", "harness/helper-AbCdEfGhIj", {GUARDRAIL, DEPLOYER}),
    ("UpdateHarnessEndpoint", "harness/helper-AbCdEfGhIj/harness-endpoint/prod", {GUARDRAIL, DEPLOYER}),
    ("GetAgentRuntime", RUNTIME, set(ROLES)),
    ("InvokeAgentRuntime", ENDPOINT, set(ROLES)),
    ("DeleteAgentRuntimeEndpoint", ENDPOINT, set(ROLES)),
]


def closed(form, doors=None):
    return attach(form, render_deny(ZONES, form, side_doors=doors or our_side_doors(ACCOUNT)))


def questions(attached):
    return [
        (
            attached,
            request(action, "us-east-1", door if door == "*" else arn("us-east-1", door), role=role),
            role in may,
        )
        for (action, door, may), role in product(DOORS, ROLES)
    ]


@pytest.mark.parametrize("form", PolicyForm)
def test_a_side_door_opens_for_those_roles_only(form):
    for attached, asked, allowed in questions(closed(form)):
        assert decide(attached, asked) == (Decision.ALLOWED if allowed else Decision.EXPLICIT_DENY), asked


def test_the_simulator_opens_the_same_doors_in_every_form():
    asked = [question for form in PolicyForm for question in questions(closed(form))]

    decisions = simulate([(attached, each) for attached, each, _ in asked])

    wrong = [
        (each, decision)
        for (_, each, allowed), decision in zip(asked, decisions, strict=True)
        if decision != (Decision.ALLOWED if allowed else Decision.EXPLICIT_DENY)
    ]
    assert wrong == []


def test_without_the_flag_every_side_door_stays_open():
    attached = attach(PolicyForm.SCP, render_deny(ZONES, PolicyForm.SCP))

    assert {decide(attached, asked) for _, asked, _ in questions(attached)} == {Decision.ALLOWED}


def test_as_an_scp_side_doors_are_closed_in_one_account_only():
    other = request("CreateHarness", "us-east-1", account=OTHER_ACCOUNT)

    assert decide(closed(PolicyForm.SCP), other) == Decision.ALLOWED


def test_a_role_that_was_named_is_let_through_and_one_that_looks_like_ours_is_not():
    named = SideDoors(
        guardrail_roles=(f"arn:aws:iam::{ACCOUNT}:role/security/Guardrail",),
        deploy_roles=(f"arn:aws:iam::{ACCOUNT}:role/ci/Deploy",),
    )
    endpoint = arn("us-east-1", ENDPOINT)

    def decided(role):
        return decide(
            closed(PolicyForm.SCP, named), request("UpdateAgentRuntimeEndpoint", "us-east-1", endpoint, role=role)
        )

    assert decided("security/Guardrail") == decided("ci/Deploy") == Decision.ALLOWED
    assert decided(GUARDRAIL) == decided("ci/Deploy2") == Decision.EXPLICIT_DENY


def test_where_no_capacity_provider_is_approved_none_can_be_passed():
    zones = [replace(zone, capacity_providers=()) for zone in ZONES]
    attached = attach(
        PolicyForm.MANAGED_POLICY,
        render_deny(zones, PolicyForm.MANAGED_POLICY, side_doors=our_side_doors(ACCOUNT)),
    )

    passing = request("PassCapacityProvider", "us-east-1", arn("us-east-1", APPROVED))
    assert decide(attached, passing) == Decision.EXPLICIT_DENY


@pytest.mark.parametrize(
    "role",
    [
        pytest.param("*", id="everybody"),
        pytest.param("arn:aws:iam::111122223333:user/ada", id="a user"),
        pytest.param("arn:aws:iam::*:role/Guardrail", id="any account"),
        pytest.param("arn:aws:iam::111122223333:role/${aws:username}", id="a policy variable"),
        pytest.param("Guardrail", id="a name"),
    ],
)
def test_an_exception_is_the_arn_of_a_role(role):
    with pytest.raises(InvalidInput, match="guardrail role: expected the ARN of an IAM role"):
        SideDoors(guardrail_roles=(role,), deploy_roles=our_side_doors(ACCOUNT).deploy_roles)
    with pytest.raises(InvalidInput, match="deploy role: expected the ARN of an IAM role"):
        SideDoors(guardrail_roles=our_side_doors(ACCOUNT).guardrail_roles, deploy_roles=(role,))


def test_roles_of_another_account_and_providers_of_another_zone_are_refused():
    with pytest.raises(InvalidInput, match=f"roles of account {ACCOUNT}"):
        closed(PolicyForm.SCP, our_side_doors(OTHER_ACCOUNT))
    foreign = replace(ZONES[1], capacity_providers=ZONES[0].capacity_providers)
    with pytest.raises(InvalidInput, match="zone of eu-west-1: capacity_providers: expected"):
        render_deny([foreign], PolicyForm.SCP, side_doors=our_side_doors(ACCOUNT))


def test_roles_that_do_not_fit_are_refused_with_how_many_would():
    many = tuple(f"arn:aws:iam::{ACCOUNT}:role/deploy/Deploy-{number}" for number in range(200))
    doors = SideDoors(our_side_doors(ACCOUNT).guardrail_roles, many)

    with pytest.raises(InvalidInput, match=r"roles: expected at most \d+, there are 201"):
        closed(PolicyForm.SCP, doors)
