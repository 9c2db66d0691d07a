import json

import pytest

from guardrail.core.runtimes.deny_policy import PolicyForm, SideDoors, render_deny
from guardrail.core.runtimes.deny_side_doors import our_side_doors
from tests.builders import ACCOUNT, zone, zone_document

WEST = {"region": "eu-west-1", "subnets": ["subnet-0e1b2c3d4e5f60001"], "capacity_providers": []}
ZONES = ["--zone", "zone.json", "--zone", "west.json"]


@pytest.fixture(autouse=True)
def another_region(files):
    (files / "west.json").write_text(json.dumps(zone_document(**WEST)))


@pytest.mark.parametrize("form", PolicyForm)
def test_the_documents_of_all_zones_are_printed_as_one_array(guardrail, form):
    shown = guardrail("iam", "render", *ZONES, "--form", form.value)

    assert (shown.code, shown.err) == (0, b"")
    assert json.loads(shown.out) == list(render_deny([zone(), zone(**WEST)], form))


def test_side_doors_are_closed_but_for_our_own_roles(guardrail):
    shown = guardrail(
        "iam", "render", "--zone", "west.json", "--form", "managed-policy", "--side-doors", "--gateway-targets"
    )

    assert json.loads(shown.out) == list(
        render_deny([zone(**WEST)], PolicyForm.MANAGED_POLICY, side_doors=our_side_doors(ACCOUNT), gateway_targets=True)
    )


def test_side_doors_are_closed_but_for_the_roles_that_are_named(guardrail):
    guard, *deploy = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("Guard", "Deploy", "ci/*"))
    roles = ["--guardrail-role", guard, "--deploy-role", deploy[0], "--deploy-role", deploy[1]]

    shown = guardrail("iam", "render", *ZONES, "--form", "managed-policy", "--side-doors", *roles)

    assert json.loads(shown.out) == list(
        render_deny([zone(), zone(**WEST)], PolicyForm.MANAGED_POLICY, side_doors=SideDoors((guard,), tuple(deploy)))
    )


def test_several_documents_come_with_the_advice_to_attach_them_all(guardrail, files):
    for name, changes in (("zone.json", {}), ("west.json", WEST)):
        subnets = [f"subnet-{number:017x}" for number in range(100)]
        (files / name).write_text(json.dumps(zone_document(**{**changes, "subnets": subnets})))

    shown = guardrail("iam", "render", *ZONES, "--form", "scp")

    assert (shown.code, len(json.loads(shown.out))) == (0, 2)
    assert shown.err.decode().startswith("2 documents: each denies PUBLIC, only all of them deny every foreign id")


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        pytest.param(
            zone_document(**WEST, account="444455556666"), "zones: expected zones of one account", id="accounts"
        ),
        pytest.param(zone_document(), "zones: expected one zone per Region; us-east-1 has 2", id="Regions"),
        pytest.param(
            {**zone_document(**WEST), "subnets": []}, "west.json: zone.subnets: expected at least one", id="empty"
        ),
        pytest.param(
            {**zone_document(**WEST), "security_groups": ["sg-mine-all-mine"]},
            "zone of eu-west-1: security_groups: expected ids that match",
            id="an id of another form",
        ),
        pytest.param(
            {**zone_document(**WEST), "subnets": [f"subnet-{number:017x}" for number in range(300)]},
            "zone of eu-west-1: subnets: expected at most 119, there are 300",
            id="a list that does not fit",
        ),
    ],
)
def test_zones_that_cannot_be_rendered_are_one_line_and_nothing_is_printed(guardrail, files, document, complaint):
    (files / "west.json").write_text(json.dumps(document))

    assert guardrail("iam", "render", *ZONES, "--form", "scp").complaint.startswith(complaint)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param(["--form", "scp"], "Missing option '--zone'", id="no zone"),
        pytest.param([*ZONES, "--form", "sso"], "expected managed-policy, boundary, scp", id="an unknown form"),
        pytest.param(
            [*ZONES, "--form", "scp", "--deploy-role", "arn:aws:iam::111122223333:role/Deploy"],
            "expected together with --side-doors",
            id="a role without side doors",
        ),
        pytest.param(
            [*ZONES, "--form", "scp", "--side-doors", "--guardrail-role", "Guardrail"],
            "guardrail role: expected the ARN of an IAM role",
            id="a role by its name",
        ),
    ],
)
def test_arguments_that_make_no_sense_are_one_line(guardrail, arguments, complaint):
    assert complaint in guardrail("iam", "render", *arguments).complaint
