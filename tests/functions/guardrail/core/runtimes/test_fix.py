"""The fixes, carried out: nothing else about the runtime is lost, and what comes out is compliant."""

import ast
import json
import os
import shlex
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import botocore.session
import jq
import pytest
import yaml
from botocore import xform_name
from botocore.validate import ParamValidator

from guardrail.core.runtimes.snapshot import parse_snapshot
from guardrail.core.runtimes.verdict import judge
from tests.builders import (
    FOREIGN_GROUP,
    FOREIGN_PROVIDER,
    FOREIGN_SUBNET,
    GROUPS,
    NEW,
    OLD,
    PROVIDER,
    PUBLIC,
    SUBNETS,
    answer,
    endpoint,
    snapshot_document,
    vpc,
    zone,
)

MODEL = botocore.session.Session().get_service_model("bedrock-agentcore-control")
GET, UPDATE = (MODEL.operation_model(name) for name in ("GetAgentRuntime", "UpdateAgentRuntime"))
OPTIONS_OF_EVERY_COMMAND = {"region", "output", "cli-input-json"}
HOSTILE = "x'; touch pwned; $(touch pwned) `touch pwned` \"\\\n touch pwned #-AbCdEfGhIj"


def made_up(shape):
    """A value of this shape, with every member that it may have; of a union, the first."""
    if shape.type_name == "structure":
        members = list(shape.members.items())
        return {name: made_up(member) for name, member in (members[:1] if shape.is_tagged_union else members)}
    if shape.type_name == "list":
        return [made_up(shape.member)]
    if shape.type_name == "map":
        return {"KEY": made_up(shape.value)}
    made = {"boolean": True, "timestamp": NEW, "integer": shape.metadata.get("min", 1)}
    return made.get(shape.type_name, (shape.metadata.get("enum") or [f"{shape.name}-value"])[0])


def full_answer(number=1, **members):
    """All that GetAgentRuntime can return, as the CLI prints it; a member that is None is absent."""
    said = {**made_up(GET.output_shape), **answer(number), "capacityProviderConfiguration": None, **members}
    return {name: value for name, value in said.items() if value is not None}


def violations(*answers, endpoints=(), where=None):
    newest = answers[-1]
    versions = {each["agentRuntimeVersion"]: each for each in answers}
    document = snapshot_document({1: None}, {}, runtime=newest, versions=versions, endpoints=list(endpoints))
    return judge(parse_snapshot(document), where or zone()).document()["violations"]


def pipelines(text):
    """The commands that a POSIX shell would run: of each line, the words of each stage, the file between two as a |."""
    text = text.replace("(f=$(mktemp); trap 'rm -f \"$f\"' EXIT; ", "").replace(' > "$f" && ', " | ")
    text = text.replace(' "file://$f")', " file://request")
    lexer = shlex.shlex(text, posix=True, punctuation_chars="|\n")
    lexer.whitespace, lexer.whitespace_split = " \t", True
    stages = [list(words) for bar, words in groupby(lexer, lambda word: set(word) <= {"|", "\n"}) if not bar]
    lines, current = [], []
    for stage in stages:
        current.append(stage)
        if stage[0] == "aws" and (stage[2].startswith("update-")):
            lines.append(current)
            current = []
    assert not current
    return lines


def options(words):
    assert len(words) % 2 == 0
    return {name.removeprefix("--"): value for name, value in zip(words[::2], words[1::2], strict=True)}


def request_of(pipeline, got):
    """What the first fix pipeline would send, given what Get returns."""
    get, filtering, update = pipeline
    assert (get[:3], filtering[0], update[:3]) == (
        ["aws", "bedrock-agentcore-control", "get-agent-runtime"],
        "jq",
        ["aws", "bedrock-agentcore-control", "update-agent-runtime"],
    )
    (request,) = jq.compile(filtering[1]).input_value(got)
    return request


def version_made_by(request, got):
    """GetAgentRuntime's answer after UpdateAgentRuntime: a full replacement, what was left out is dropped."""
    kept = {name: got[name] for name in GET.output_shape.members if name not in UPDATE.input_shape.members}
    return {**kept, **request, "agentRuntimeVersion": str(int(got["agentRuntimeVersion"]) + 1)}


BREAKING = [
    pytest.param({"networkConfiguration": PUBLIC}, id="PUBLIC"),
    pytest.param({"networkConfiguration": PUBLIC, "createdAt": OLD}, id="PUBLIC, old"),
    pytest.param({"networkConfiguration": None}, id="no networkConfiguration"),
    pytest.param({"networkConfiguration": vpc([FOREIGN_SUBNET])}, id="foreign subnets"),
    pytest.param({"networkConfiguration": vpc(SUBNETS, [FOREIGN_GROUP])}, id="foreign security groups"),
    pytest.param({"networkConfiguration": vpc(requireServiceS3Endpoint=True)}, id="S3 true, new"),
    pytest.param({"networkConfiguration": vpc(requireServiceS3Endpoint=True), "createdAt": OLD}, id="S3 true, old"),
    pytest.param({"networkConfiguration": vpc(), "createdAt": OLD}, id="S3 absent, old"),
    pytest.param({"capacityProviderConfiguration": {"capacityProviderArn": FOREIGN_PROVIDER}}, id="foreign compute"),
    pytest.param(
        {"capacityProviderConfiguration": {"capacityProviderArn": PROVIDER}, "networkConfiguration": PUBLIC},
        id="approved compute, PUBLIC",
    ),
]


@pytest.mark.parametrize("members", BREAKING)
@pytest.mark.parametrize("providers", [[PROVIDER], []], ids=["compute approved", "no compute approved"])
def test_the_command_loses_nothing_and_what_it_makes_is_compliant(members, providers):
    got, where = full_answer(**members), zone(capacity_providers=providers)
    fixes = {each["fix"]["cli"] for each in violations(got, where=where)}
    assert len(fixes) == 1

    request = request_of(*pipelines(fixes.pop()), got)

    assert not ParamValidator().validate(request, UPDATE.input_shape).generate_report()
    assert set(request) <= set(UPDATE.input_shape.members)
    placement = {"networkConfiguration", "capacityProviderConfiguration"}
    resent = (set(got) & set(UPDATE.input_shape.members)) - placement
    assert {name: request[name] for name in resent} == {name: got[name] for name in resent}
    assert request["metadataConfiguration"] == {"requireMMDSV2": True}
    assert violations(version_made_by(request, got), where=where) == []


def test_every_member_that_get_returns_and_update_does_not_take_is_left_out():
    got = full_answer(networkConfiguration=PUBLIC, capacityProviderConfiguration={"capacityProviderArn": PROVIDER})
    assert set(got) == set(GET.output_shape.members)

    request = request_of(*pipelines(violations(got)[0]["fix"]["cli"]), got)

    assert set(request) == set(GET.output_shape.members) & set(UPDATE.input_shape.members)


def test_empty_values_that_update_refuses_are_left_out():
    empty = {"description": "", "allowedPorts": [], "requestHeaderConfiguration": {"requestHeaderAllowlist": []}}
    got = full_answer(networkConfiguration=PUBLIC, **empty)

    request = request_of(*pipelines(violations(got)[0]["fix"]["cli"]), got)

    assert not set(request) & set(empty)
    assert not ParamValidator().validate(request, UPDATE.input_shape).generate_report()


@pytest.mark.parametrize(
    ("flag", "created", "sent"),
    [
        pytest.param(None, NEW, None, id="newer runtimes refuse the member"),
        pytest.param(False, NEW, None, id="even though Get reports it as false"),
        pytest.param(True, NEW, False, id="true is switched off"),
        pytest.param(None, OLD, False, id="leaving it out keeps the way open"),
        pytest.param(False, OLD, False, id="what was switched off stays off"),
    ],
)
def test_the_service_managed_way_to_s3_is_closed_where_it_can_be(flag, created, sent):
    flags = {} if flag is None else {"requireServiceS3Endpoint": flag}
    got = full_answer(networkConfiguration=vpc([FOREIGN_SUBNET], **flags), createdAt=created)

    request = request_of(*pipelines(violations(got)[0]["fix"]["cli"]), got)

    assert request["networkConfiguration"]["networkModeConfig"].get("requireServiceS3Endpoint") is sent


def test_a_list_that_is_right_already_stays_as_it_is():
    got = full_answer(networkConfiguration=vpc(SUBNETS[:1], [FOREIGN_GROUP]))

    request = request_of(*pipelines(violations(got)[0]["fix"]["cli"]), got)

    assert request["networkConfiguration"] == vpc(SUBNETS[:1], GROUPS)


def test_no_more_ids_are_proposed_than_agentcore_takes():
    many = zone(subnets=[f"subnet-{n:017}" for n in range(40)], security_groups=[f"sg-{n:017}" for n in range(40)])
    got = full_answer(networkConfiguration=PUBLIC)

    request = request_of(*pipelines(violations(got, where=many)[0]["fix"]["cli"]), got)

    placed = request["networkConfiguration"]["networkModeConfig"]
    assert (len(placed["subnets"]), len(placed["securityGroups"])) == (16, 16)


def test_where_the_newest_version_is_compliant_the_endpoints_move_to_it():
    served = [endpoint("prod", 1, 1), endpoint("beta", 1, 2)]
    (violation,) = violations(full_answer(1, networkConfiguration=PUBLIC), full_answer(2), endpoints=served)

    assert [options(words[3:]) for (words,) in pipelines(violation["fix"]["cli"])] == [
        {
            "region": "us-east-1",
            "agent-runtime-id": "orders_agent-AbCdEfGhIj",
            "endpoint-name": name,
            "agent-runtime-version": "2",
        }
        for name in ("beta", "prod")
    ]
    assert yaml.safe_load(violation["fix"]["cloudformation"]) == {"AgentRuntimeVersion": "2"}
    assert violation["fix"]["terraform"].endswith('\nagent_runtime_version = "2"')
    assert violation["fix"]["cdk"].endswith('\nagent_runtime_version="2"')


def test_where_the_newest_version_is_broken_too_it_is_repaired_first_and_the_endpoints_move_to_the_result():
    got = full_answer(2, networkConfiguration=PUBLIC)
    old, newest = violations(full_answer(1, networkConfiguration=PUBLIC), got, endpoints=[endpoint("prod", 1, 1)])
    repair, move = pipelines(old["fix"]["cli"])

    assert [repair] == pipelines(newest["fix"]["cli"])
    made = version_made_by(request_of(repair, got), got)
    assert options(move[0][3:])["agent-runtime-version"] == made["agentRuntimeVersion"] == "3"
    assert violations(got, made, endpoints=[endpoint("prod", 3, 3)]) == []


def test_no_endpoint_is_moved_to_a_version_of_which_not_everything_is_known():
    unknown = full_answer(2, networkConfiguration=vpc("subnet-1"))
    (violation,) = violations(full_answer(1, networkConfiguration=PUBLIC), unknown, endpoints=[endpoint("prod", 1, 1)])
    repair, move = pipelines(violation["fix"]["cli"])

    assert request_of(repair, unknown)["networkConfiguration"] == vpc()
    assert options(move[0][3:])["agent-runtime-version"] == "3"


def test_every_option_of_the_commands_exists():
    fixes = [
        *violations(full_answer(1, networkConfiguration=PUBLIC), full_answer(2), endpoints=[endpoint("a", 1, 1)]),
        *violations(full_answer(1, networkConfiguration=PUBLIC)),
    ]
    operations = {xform_name(name, "-"): MODEL.operation_model(name) for name in MODEL.operation_names}
    used = set()
    for words in [
        stage for fix in fixes for line in pipelines(fix["fix"]["cli"]) for stage in line if stage[0] == "aws"
    ]:
        known = {xform_name(member, "-") for member in operations[words[2]].input_shape.members}
        assert set(options(words[3:])) <= known | OPTIONS_OF_EVERY_COMMAND
        used.add(words[2])

    assert used == {"get-agent-runtime", "update-agent-runtime", "update-agent-runtime-endpoint"}


@pytest.mark.parametrize(
    ("members", "forms"),
    [
        pytest.param({"networkConfiguration": PUBLIC}, ["cli", "cloudformation", "terraform", "cdk"], id="PUBLIC"),
        pytest.param(
            {"networkConfiguration": vpc(requireServiceS3Endpoint=True)}, ["cli"], id="S3: no template has the member"
        ),
        pytest.param(
            {"capacityProviderConfiguration": {"capacityProviderArn": FOREIGN_PROVIDER}},
            ["cli", "cloudformation"],
            id="compute",
        ),
    ],
)
def test_a_form_that_cannot_express_the_fix_is_null(members, forms):
    (violation,) = violations(full_answer(**members))

    assert [form for form, text in violation["fix"].items() if text is not None] == forms


def test_the_template_forms_place_the_runtime_as_the_command_does():
    fix = violations(full_answer(networkConfiguration=PUBLIC))[0]["fix"]

    assert yaml.safe_load(fix["cloudformation"]) == {
        "NetworkConfiguration": {
            "NetworkMode": "VPC",
            "NetworkModeConfig": {"Subnets": SUBNETS, "SecurityGroups": GROUPS},
        }
    }
    assert f"subnets         = {json.dumps(SUBNETS)}" in fix["terraform"]
    assert f"security_groups = {json.dumps(GROUPS)}" in fix["terraform"]
    said = {node.value for node in ast.walk(ast.parse(f"Runtime({fix['cdk']}\n)")) if isinstance(node, ast.Constant)}
    assert said == {*SUBNETS, *GROUPS}


def test_the_template_for_compute_names_an_approved_provider_or_says_to_remove_it():
    foreign = full_answer(capacityProviderConfiguration={"capacityProviderArn": FOREIGN_PROVIDER})
    approved, none = (
        violations(foreign, where=zone(capacity_providers=providers))[0]["fix"]["cloudformation"]
        for providers in ([PROVIDER], [])
    )

    assert yaml.safe_load(approved)["CapacityProviderConfiguration"] == {"CapacityProviderArn": PROVIDER}
    assert none.endswith("# and remove CapacityProviderConfiguration")


def test_a_runtime_that_nothing_names_has_no_fix():
    nameless = full_answer(networkConfiguration=PUBLIC, agentRuntimeId=None, agentRuntimeArn=None)

    assert set(violations(nameless)[0]["fix"].values()) == {None}


STUB = """#!{python}
import json, sys
with open("calls", "a") as calls:
    print(json.dumps(sys.argv), file=calls)
if "get-agent-runtime" in sys.argv:
    print(open("got").read())
elif sys.argv[0].endswith("jq"):
    import jq
    print(jq.compile(sys.argv[1]).input_text(sys.stdin.read()).text())
elif "update-agent-runtime" in sys.argv:
    path = sys.argv[sys.argv.index("--cli-input-json") + 1].removeprefix("file://")
    first, second = open(path).read(), open(path).read()  # the AWS CLI reads it twice
    assert first == second
    open("request", "w").write(first)
    open("left", "w").write(path)
"""


def test_a_real_shell_runs_our_commands_and_nothing_else_whatever_the_names_are(tmp_path):
    got = full_answer(2, networkConfiguration=PUBLIC, agentRuntimeId=HOSTILE)
    old = {**got, "agentRuntimeVersion": "1"}
    fix = violations(old, got, endpoints=[endpoint(HOSTILE, 1, 1)])[0]["fix"]
    (tmp_path / "got").write_text(json.dumps(got))
    for command in ("aws", "jq"):
        (tmp_path / command).write_text(STUB.format(python=sys.executable))
        (tmp_path / command).chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"

    subprocess.run(["sh", "-c", fix["cli"]], cwd=tmp_path, env={**os.environ, "PATH": path}, check=True)

    assert sorted(each.name for each in tmp_path.iterdir()) == ["aws", "calls", "got", "jq", "left", "request"]
    assert not Path((tmp_path / "left").read_text()).exists()  # it holds the environment variables
    calls = [json.loads(line)[1:] for line in (tmp_path / "calls").read_text().splitlines()]
    assert sorted(call[1] for call in calls if call[0] == "bedrock-agentcore-control") == [
        "get-agent-runtime",
        "update-agent-runtime",
        "update-agent-runtime-endpoint",
    ]
    moved = next(call for call in calls if "update-agent-runtime-endpoint" in call)
    assert (options(moved[2:])["agent-runtime-id"], options(moved[2:])["endpoint-name"]) == (HOSTILE, HOSTILE)
    assert json.loads((tmp_path / "request").read_text())["agentRuntimeId"] == HOSTILE


def test_a_name_never_leaves_the_comment_that_it_stands_in():
    old, newest = full_answer(1, networkConfiguration=PUBLIC), full_answer(2)
    (violation,) = violations(old, newest, endpoints=[endpoint("a\n\rOwner: me\u2028", 1, 1)])

    assert yaml.safe_load(violation["fix"]["cloudformation"]) == {"AgentRuntimeVersion": "2"}
    for form in ("cloudformation", "terraform", "cdk"):
        comment, setting = violation["fix"][form].splitlines()
        assert comment.startswith("#")
        assert not setting.startswith("Owner")


@pytest.mark.parametrize("newest", [1, 2])
def test_endpoints_that_stay_behind_are_moved_to_the_repaired_version_and_default_follows_by_itself(newest):
    answers = [full_answer(number, networkConfiguration=PUBLIC) for number in range(1, newest + 1)]
    served = [endpoint("DEFAULT", 1, 1), endpoint("prod", 1, 1)]

    fix = violations(*answers, endpoints=served)[0]["fix"]

    *_, (move,) = pipelines(fix["cli"])
    assert move[2] == "update-agent-runtime-endpoint"
    assert (options(move[3:])["endpoint-name"], options(move[3:])["agent-runtime-version"]) == ("prod", str(newest + 1))
    assert "DEFAULT" not in fix["cli"]
