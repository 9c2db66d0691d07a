"""A tool is replaced, not changed: what is created anew is like the old one, but for its name and its place."""

import ast
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import botocore.session
import pytest
import yaml
from botocore import xform_name
from botocore.validate import ParamValidator

from guardrail.core.runtimes.snapshot import parse_snapshot
from guardrail.core.runtimes.tool import ToolKind, tool_snapshot_document
from guardrail.core.runtimes.verdict import judge
from tests.builders import ACCOUNT, FOREIGN_GROUP, GROUPS, PUBLIC, REGION, SUBNETS, tool_answer, zone
from tests.functions.guardrail.core.runtimes.test_fix import HOSTILE, OPTIONS_OF_EVERY_COMMAND, STUB, made_up, options

MODEL = botocore.session.Session().get_service_model("bedrock-agentcore-control")
KINDS = list(ToolKind)
CREATED = {"networkMode": "VPC", "vpcConfig": {"subnets": SUBNETS, "securityGroups": GROUPS}}
NOT_COPIED = {"clientToken", "tags"}


def operation(verb, kind):
    return MODEL.operation_model(f"{verb}{kind.noun}")


def full_answer(kind, network, **members):
    """All that Get can return, as the CLI prints it."""
    return {**made_up(operation("Get", kind).output_shape), **tool_answer(kind, network), **members}


def fixes(kind, answer, where=None):
    snapshot = parse_snapshot(tool_snapshot_document(kind, answer, ACCOUNT, REGION))
    return [each["fix"] for each in judge(snapshot, where or zone()).document()["violations"]]


def run(kind, answer, folder):
    """Run the command in a real shell whose aws and jq are stubs, and return what it would create."""
    stub = STUB.replace("get-agent-runtime", f"get-{kind}").replace("update-agent-runtime", f"create-{kind}")
    (folder / "got").write_text(json.dumps(answer))
    for name in ("aws", "jq"):
        (folder / name).write_text(stub.format(python=sys.executable))
        (folder / name).chmod(0o755)
    command = fixes(kind, answer)[0]["cli"]
    environment = {"PATH": f"{folder}:/usr/bin:/bin"}
    subprocess.run(["/bin/sh", "-ec", command], cwd=folder, env=environment, check=True)
    calls = [json.loads(line) for line in (folder / "calls").read_text().splitlines()]
    assert [words[2] for words in calls if words[0].endswith("aws")] == [f"get-{kind}", f"create-{kind}"]
    for words in (words for words in calls if words[0].endswith("aws")):
        members = operation("Get" if words[2].startswith("get") else "Create", kind).input_shape.members
        assert set(options(words[3:])) <= {xform_name(each, "-") for each in members} | OPTIONS_OF_EVERY_COMMAND
    return json.loads((folder / "request").read_text())


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_creates_one_like_it_in_the_landing_zone_and_deletes_nothing(kind, tmp_path):
    answer = full_answer(kind, PUBLIC)

    request = run(kind, answer, tmp_path)

    shape = operation("Create", kind).input_shape
    assert not ParamValidator().validate(request, shape).generate_report()
    assert set(request) == set(shape.members) - NOT_COPIED
    assert (request.pop("name"), request.pop("networkConfiguration")) == ("tool_vpc", CREATED)
    assert request == {member: answer[member] for member in request}


def test_the_name_of_the_new_one_is_another_and_not_too_long(tmp_path):
    request = run(ToolKind.BROWSER, full_answer(ToolKind.BROWSER, PUBLIC, name="n" * 48), tmp_path)

    assert request["name"] == "n" * 44 + "_vpc"


def test_empty_values_that_create_refuses_are_left_out(tmp_path):
    request = run(ToolKind.BROWSER, full_answer(ToolKind.BROWSER, PUBLIC, description="", certificates=[]), tmp_path)

    assert not {"description", "certificates"} & set(request)


def test_a_list_that_is_right_already_stays_as_it_is(tmp_path):
    placed = {"networkMode": "VPC", "vpcConfig": {"subnets": SUBNETS[:1], "securityGroups": [FOREIGN_GROUP]}}

    request = run(ToolKind.CODE_INTERPRETER, full_answer(ToolKind.CODE_INTERPRETER, placed), tmp_path)

    assert request["networkConfiguration"]["vpcConfig"] == {"subnets": SUBNETS[:1], "securityGroups": GROUPS}


@pytest.mark.parametrize("kind", KINDS)
def test_to_delete_the_old_one_is_told_and_left_to_people(kind):
    lines = fixes(kind, full_answer(kind, PUBLIC))[0]["cli"].split("\n")

    assert [line.startswith("#") for line in lines] == [False, True, True]
    assert lines[-1].endswith(f" delete-{kind} --region {REGION} --{kind}-id tool-0123456789")
    assert f"{kind.member}Id" in operation("Delete", kind).input_shape.members


@pytest.mark.parametrize("kind", KINDS)
def test_the_template_forms_place_the_tool_as_the_command_does(kind):
    (fix,) = fixes(kind, full_answer(kind, PUBLIC))

    assert yaml.safe_load(fix["cloudformation"]) == {
        "NetworkConfiguration": {"NetworkMode": "VPC", "VpcConfig": {"Subnets": SUBNETS, "SecurityGroups": GROUPS}}
    }
    assert f"subnets         = {json.dumps(SUBNETS)}" in fix["terraform"]
    assert f"security_groups = {json.dumps(GROUPS)}" in fix["terraform"]
    said = {node.value for node in ast.walk(ast.parse(f"Tool({fix['cdk']}\n)")) if isinstance(node, ast.Constant)}
    assert said == {*SUBNETS, *GROUPS}


@pytest.mark.parametrize("kind", KINDS)
def test_the_constructs_that_the_cdk_form_names_exist(kind):
    """Read, not imported: that would start a Node process."""
    [cdk] = find_spec("aws_cdk").submodule_search_locations
    classes = Path(cdk, "aws_bedrockagentcore", "__init__.py").read_text().split("\nclass ")
    (fix,) = fixes(kind, full_answer(kind, PUBLIC))

    assert f"aws_bedrockagentcore.{kind.noun}Custom," in fix["cdk"]
    assert f"{kind.noun}NetworkConfiguration.using_vpc(" in fix["cdk"]
    assert [each for each in classes if each.startswith(f"{kind.noun}Custom(")]
    [network] = [each for each in classes if each.startswith(f"{kind.noun}NetworkConfiguration(")]
    assert "    def using_vpc(" in network


def test_every_violation_of_a_tool_has_the_same_fix():
    placed = {"networkMode": "VPC", "vpcConfig": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}}

    first, second = fixes(ToolKind.BROWSER, full_answer(ToolKind.BROWSER, placed))

    assert first == second


@pytest.mark.parametrize("tool_id", [HOSTILE, "aws.browser.v1", "tool-0123456789\n"])
def test_nothing_of_an_id_that_is_none_gets_into_a_command(tool_id):
    (fix,) = fixes(ToolKind.BROWSER, full_answer(ToolKind.BROWSER, PUBLIC, browserId=tool_id))

    assert set(fix.values()) == {None}
