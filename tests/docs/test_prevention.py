"""docs/prevention.md: it explains every statement, its example runs, and each of its traps is one."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from guardrail.core.runtimes.deny_policy import PolicyForm, render_deny
from guardrail.core.runtimes.deny_side_doors import our_side_doors
from stacks.prevention_settings import KEYS
from tests.deny_lattice import ACCOUNT, GROUPS, SUBNETS, ZONES, request
from tests.iam_evaluator import FULL_ACCESS, Attached
from tests.iam_simulator import simulate

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "prevention.md").read_text()
TRAPS = TEXT.split("\n## Traps\n")[1].split("\n## ")[0]

EAST, WEST = ZONES
FOREIGN = "subnet-0f0f0f0f0f0f0f0f0"
PUBLIC = request("CreateAgentRuntime", EAST.region)
APPROVED = {"subnets": EAST.subnets, "groups": EAST.security_groups}


def create(**keys):
    return request("CreateAgentRuntime", EAST.region, **{**APPROVED, **keys})


def deny(condition, action="CreateAgentRuntime", resource="*"):
    return {"Effect": "Deny", "Action": f"bedrock-agentcore:{action}", "Resource": resource, "Condition": condition}


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def by_region(zone):
    return policy(deny({"ForAnyValue:StringNotEquals": {SUBNETS: list(zone.subnets)}}))


ONE_LIST = {SUBNETS: list(EAST.subnets)}
BOTH_LISTS = {SUBNETS: list(EAST.subnets), GROUPS: list(EAST.security_groups)}
ALLOW_LIST = {
    "Effect": "Allow",
    "Action": "*",
    "Resource": "*",
    "Condition": {"ForAllValues:StringEquals": BOTH_LISTS},
}

# What looks right, in the words of the table; the policies; a request; what becomes of it.
EXAMPLES = [
    (
        "both keys in one `Null` block",
        [policy(deny({"Null": {SUBNETS: "true", GROUPS: "true"}}))],
        create(groups=None),
        "Allowed",
    ),
    (
        "both keys in one `ForAnyValue` block",
        [policy(deny({"ForAnyValue:StringNotEquals": BOTH_LISTS}))],
        create(subnets=(FOREIGN,)),
        "Allowed",
    ),
    ("`ForAnyValue:StringNotEquals` alone", [by_region(EAST)], PUBLIC, "Allowed"),
    (
        "`…IfExists` instead of `Null`",
        [policy(deny({"ForAnyValue:StringNotEqualsIfExists": ONE_LIST}))],
        PUBLIC,
        "Allowed",
    ),
    (
        "`ForAllValues:StringNotEquals`",
        [policy(deny({"ForAllValues:StringNotEquals": ONE_LIST}))],
        create(subnets=(*EAST.subnets, FOREIGN)),
        "Allowed",
    ),
    (
        "`StringNotEquals` without a set operator",
        [policy(deny({"StringNotEquals": ONE_LIST}))],
        create(subnets=(FOREIGN,)),
        "Allowed",
    ),
    ("an allow list with `ForAllValues:StringEquals`", [policy(ALLOW_LIST)], PUBLIC, "Allowed"),
    (
        "`Resource: …:runtime/*`",
        [policy(deny({"Null": {SUBNETS: "true"}}, resource="arn:*:bedrock-agentcore:*:*:runtime/*"))],
        PUBLIC,
        "Allowed",
    ),
    ("a policy per Region", [by_region(EAST), by_region(WEST)], create(), "ExplicitlyDenied"),
    (
        "CreateAgentRuntimeEndpoint under `Null`",
        [policy(deny({"Null": {SUBNETS: "true"}}, action="CreateAgentRuntimeEndpoint"))],
        request("CreateAgentRuntimeEndpoint", EAST.region),
        "ExplicitlyDenied",
    ),
]


def test_each_trap_is_one():
    questions = [
        (Attached(identity=policies if "allow list" in name else [FULL_ACCESS, *policies]), asked)
        for name, policies, asked, _ in EXAMPLES
    ]

    assert simulate(questions) == [decision for *_, decision in EXAMPLES]


def test_ours_falls_into_none_of_them():
    ours = Attached(identity=(FULL_ACCESS, *render_deny(ZONES, PolicyForm.MANAGED_POLICY)))
    wanted = ["ExplicitlyDenied" if wrong == "Allowed" else "Allowed" for *_, wrong in EXAMPLES]

    assert simulate([(ours, asked) for _, _, asked, _ in EXAMPLES]) == wanted


def test_the_table_has_these_traps_and_no_others():
    rows = re.findall(r"^\| (.+?) \|", TRAPS, re.MULTILINE)[1:]

    assert rows == [name for name, *_ in EXAMPLES]


@pytest.mark.parametrize("form", PolicyForm)
def test_every_statement_is_explained(form):
    documents = render_deny(ZONES, form, side_doors=our_side_doors(ACCOUNT), gateway_targets=True)
    sids = {statement["Sid"] for document in documents for statement in document["Statement"]} - {"AllowEverythingElse"}

    assert [sid for sid in sids if f"`{re.sub('(UsEast1|EuWest1)$', '<Region>', sid)}`" not in TEXT] == []


def test_every_key_of_the_context_is_explained():
    assert [key for key in KEYS if f"| `{key}` |" not in TEXT] == []


def test_the_example_renders(tmp_path):
    [command] = re.findall(r"^\$ (guardrail .*)$", TEXT, re.MULTILINE)
    for zone in ZONES:
        (tmp_path / f"{zone.region}.json").write_text(json.dumps(zone.document()))

    subprocess.run(f"{ROOT}/.venv/bin/{command}", shell=True, cwd=tmp_path, check=True)

    documents = json.loads((tmp_path / "documents.json").read_text())
    assert documents == list(render_deny(ZONES, PolicyForm.MANAGED_POLICY))


def test_the_simulator_is_a_tool_for_development_only():
    """It is AGPL: nothing that ships or is deployed may know it."""
    packages = json.loads((ROOT / "package.json").read_text())
    ours = ["app.py", "functions", "stacks", "guardrail_cli", "guardrail_lab"]
    named = subprocess.run(["grep", "-rIl", "cloud-copilot", *ours], cwd=ROOT, capture_output=True, text=True).stdout

    assert "dependencies" not in packages
    assert "@cloud-copilot/iam-simulate" in packages["devDependencies"]
    assert named == ""
