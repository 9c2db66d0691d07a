"""A tool is judged as a runtime with one version that never changes; what is known of runtimes only is not asked."""

import pytest
from hypothesis import given

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.snapshot import parse_snapshot
from guardrail.core.runtimes.tool import TOOL_ID, ToolKind, tool_id_in, tool_snapshot_document
from guardrail.core.runtimes.verdict import judge
from tests.builders import (
    ACCOUNT,
    FOREIGN_GROUP,
    FOREIGN_SUBNET,
    GROUPS,
    OLD,
    PUBLIC,
    REGION,
    SUBNETS,
    event,
    snapshot_document,
    tool_answer,
    zone,
)
from tests.strategies import JSON, some_of

KINDS = list(ToolKind)
APPROVED = {"subnets": SUBNETS, "securityGroups": GROUPS}


def vpc(**members):
    return {"networkMode": "VPC", "vpcConfig": {**APPROVED, **members}}


def parsed(kind, answer):
    return parse_snapshot(tool_snapshot_document(kind, answer, ACCOUNT, REGION))


def judged(kind, network, **members):
    return judge(parsed(kind, tool_answer(kind, network, **members)), zone())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("network", "broken"),
    [
        pytest.param(vpc(), [], id="in the landing zone"),
        pytest.param(PUBLIC, [("network-mode", "PUBLIC")], id="PUBLIC"),
        pytest.param({"networkMode": "SANDBOX"}, [("network-mode", "SANDBOX")], id="SANDBOX is not the landing zone"),
        pytest.param(None, [("network-mode", "absent")], id="no placement at all"),
        pytest.param(vpc(subnets=[FOREIGN_SUBNET]), [("subnets", [FOREIGN_SUBNET])], id="a foreign subnet"),
        pytest.param(
            vpc(securityGroups=[FOREIGN_GROUP]), [("security-groups", [FOREIGN_GROUP])], id="a foreign security group"
        ),
        pytest.param({"networkMode": "VPC"}, [("subnets", []), ("security-groups", [])], id="VPC that says nothing"),
        pytest.param(vpc(requireServiceS3Endpoint=True), [], id="the model says that this is not about tools"),
    ],
)
@pytest.mark.parametrize("created", [OLD, "2026-11-20T10:00:00Z", None])
def test_a_tool_breaks_the_rules_on_where_it_is_and_never_the_one_that_is_about_runtimes_only(
    kind, network, broken, created
):
    document = judged(kind, network, createdAt=created).document()

    assert [(each["rule"], each["observed"]) for each in document["violations"]] == broken
    assert document["compliance"] == ("NON_COMPLIANT" if broken else "COMPLIANT")
    assert (document["kind"], document["unread"], document["notes"]) == (kind.value, [], [])
    assert {each["version"] for each in document["violations"]} <= {"1"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_tool_is_known_by_its_own_names(kind):
    snapshot = parsed(kind, tool_answer(kind, PUBLIC))

    assert (snapshot.runtime_id, snapshot.name, snapshot.tool) == ("tool-0123456789", "tool", kind)
    assert snapshot.runtime_arn == f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:{kind}-custom/tool-0123456789"
    assert (snapshot.newest, snapshot.endpoints) == (1, ())


@pytest.mark.parametrize(
    ("network", "note"),
    [
        (vpc(dualStack=True), "version 1: networkModeConfig.dualStack is not known here and was not judged"),
        ({**vpc(), "relay": "x"}, "version 1: networkConfiguration.relay is not known here and was not judged"),
    ],
)
def test_members_of_the_placement_that_are_not_known_are_noted(network, note):
    assert judged(ToolKind.BROWSER, network).notes == (note,)


@pytest.mark.parametrize(
    "network",
    ["VPC", {"networkMode": 1}, {"networkMode": "VPC", "vpcConfig": "subnet-1"}, vpc(subnets="subnet-1")],
)
def test_a_placement_of_an_unexpected_form_is_unread_and_breaks_nothing(network):
    verdict = judged(ToolKind.CODE_INTERPRETER, network)

    assert (verdict.compliance, verdict.violations) == ("INSUFFICIENT_DATA", ())


@pytest.mark.parametrize(
    ("answer", "why"),
    [({"error": "AccessDeniedException"}, "AccessDeniedException"), ({}, "it does not name itself")],
)
def test_a_tool_that_could_not_be_read_is_unknown(answer, why):
    verdict = judge(parsed(ToolKind.BROWSER, answer), zone())

    assert (verdict.compliance, [(each.what, each.why) for each in verdict.unread]) == (
        "INSUFFICIENT_DATA",
        [("runtime", why)],
    )


@pytest.mark.parametrize(
    ("status", "changes"), [("CREATING", True), ("DELETING", True), ("READY", False), ("CREATE_FAILED", False)]
)
def test_a_tool_that_is_being_made_or_deleted_is_in_transition(status, changes):
    assert parsed(ToolKind.BROWSER, tool_answer(ToolKind.BROWSER, PUBLIC, status=status)).in_transition is changes


def test_nothing_of_the_answer_is_kept_but_what_names_it_and_what_is_judged():
    answer = tool_answer(ToolKind.BROWSER, PUBLIC, description="secret", recording={"enabled": True})

    runtime = tool_snapshot_document(ToolKind.BROWSER, answer, ACCOUNT, REGION)["runtime"]

    assert set(runtime) == {
        *("agentRuntimeId", "agentRuntimeArn", "agentRuntimeName", "agentRuntimeVersion"),
        *("status", "createdAt", "networkConfiguration"),
    }


def test_a_runtimes_verdict_has_no_kind_so_that_its_digest_is_what_it_was():
    verdict = judge(parse_snapshot(snapshot_document({1: PUBLIC}, {})), zone())

    assert "kind" not in verdict.document()


@pytest.mark.parametrize("kind", ["runtime", "", 1, ["browser"]])
def test_a_snapshot_of_another_kind_is_refused(kind):
    with pytest.raises(InvalidInput, match=r"^snapshot\.kind: expected browser, code-interpreter$"):
        parse_snapshot(snapshot_document({1: None}, {}, kind=kind))


A, B, C, D = (f"{letter}-0123456789" for letter in "abcd")


@pytest.mark.parametrize(
    ("response", "request_", "resources", "tool_id"),
    [
        pytest.param({"browserId": A, "browserArn": f"x:browser-custom/{C}"}, {"browserId": B}, None, A, id="response"),
        pytest.param({"browserArn": f"x:browser-custom/{C}"}, {"browserId": B}, None, B, id="then request"),
        pytest.param({"browserArn": f"x:browser-custom/{C}"}, None, [{"ARN": f"x:browser-custom/{D}"}], C, id="ARN"),
        pytest.param(None, None, ["x", {"ARN": 1}, {"ARN": f"x:browser-custom/{D}"}], D, id="then resources"),
        pytest.param({"browserId": "aws.browser.v1"}, None, None, None, id="AWS's own is nobody's to judge"),
        pytest.param({"browserArn": "x:browser/aws.browser.v1"}, None, None, None, id="nor is its ARN"),
        pytest.param({"codeInterpreterId": A}, None, None, None, id="a tool of the other kind"),
        pytest.param({"browserArn": f"x:code-interpreter-custom/{A}"}, None, None, None, id="an ARN of the other kind"),
        pytest.param({"browserId": "HIDDEN_DUE_TO_SECURITY_REASONS"}, None, None, None, id="a redacted id is none"),
        pytest.param({"browserId": f"{A}\n"}, None, None, None, id="an id with a line end is none"),
        pytest.param({"browserId": [A]}, A, {"ARN": A}, None, id="parts of an unexpected type"),
    ],
)
def test_the_tool_of_an_event_is_named_best_first(response, request_, resources, tool_id):
    detail = {"responseElements": response, "requestParameters": request_, "resources": resources}

    assert tool_id_in({"detail": detail}, ToolKind.BROWSER) == tool_id


def test_a_code_interpreter_is_named_in_its_own_words():
    assert tool_id_in(event("create_code_interpreter"), ToolKind.CODE_INTERPRETER) == "c-0123456789"


@given(JSON | some_of(event("create_browser"), JSON))
def test_whatever_an_event_holds_the_tool_it_names_has_an_id_or_there_is_none(document):
    found = tool_id_in(document, ToolKind.BROWSER) if isinstance(document, dict) else None

    assert found is None or TOOL_ID.fullmatch(found)


@given(some_of(tool_answer(ToolKind.BROWSER, vpc()), JSON))
def test_whatever_the_service_answers_it_is_judged_or_unread(answer):
    if isinstance(answer, dict):
        assert judge(parsed(ToolKind.BROWSER, answer), zone()).document()["kind"] == "browser"
