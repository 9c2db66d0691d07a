"""`guardrail watch`, `back-out`, `restore`, `status`, `exempt`, `revoke`, through deployed functions."""

import json

import pytest

from tests.guardrail_cli.aws_endpoint import ANSWER, STATUS, aws_endpoint

WHY = ("--reason", "INC-42", "--as", "me")
NETWORK = {"BackOutFunction": "net", "BackOutScopes": "insertion,policy"}
AGENTS = {"BackOutFunction": "agents", "BackOutScopes": "response"}


@pytest.fixture
def aws(monkeypatch):
    with aws_endpoint() as endpoint:
        endpoint.stacks = [{"Other": "x"}, NETWORK, AGENTS]
        endpoint.answers = {"net": ANSWER, "agents": ANSWER}
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "test")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
        yield endpoint


def test_the_region_is_the_one_that_the_aws_cli_would_take(guardrail, aws, monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_REGION", "us-east-1")

    assert guardrail("back-out", *WHY).code == 0


@pytest.mark.parametrize(
    ("command", "function", "order"),
    [
        (
            ["back-out", *WHY],
            "net",
            {"command": "back-out", "scope": "insertion", "for": "4h", "reason": "INC-42", "claimed_by": "me"},
        ),
        (
            ["back-out", "--scope", "response", "--for", "P1D", *WHY],
            "agents",
            {"command": "back-out", "scope": "response", "for": "P1D", "reason": "INC-42", "claimed_by": "me"},
        ),
        (
            ["back-out", "--gateway", "g", "--allow-detach", "--dry-run", *WHY],
            "net",
            {
                "command": "back-out", "scope": "insertion", "gateway": "g", "allow_detach": True, "dry_run": True,
                "for": "4h", "reason": "INC-42", "claimed_by": "me",
            },
        ),
        (
            ["watch", "on", "--all", *WHY],
            "net",
            {"command": "watch", "on": True, "for": "4h", "reason": "INC-42", "claimed_by": "me"},
        ),
        (
            ["watch", "off", "a", "b", *WHY],
            "net",
            {
                "command": "watch", "on": False, "rules": ["a", "b"], "for": "4h", "reason": "INC-42",
                "claimed_by": "me",
            },
        ),
        (
            ["restore", "--scope", "policy", "--leave-changed", "--as", "me"],
            "net",
            {"command": "restore", "scope": "policy", "leave_changed": True, "claimed_by": "me"},
        ),
        (
            ["revoke", "EX-7", "--as", "me"],
            "agents",
            {"command": "revoke", "id": "EX-7", "claimed_by": "me"},
        ),
    ],
)  # fmt: skip
def test_an_order_goes_to_the_function_that_has_the_scope_and_says_what_was_typed(
    guardrail, aws, command, function, order
):
    done = guardrail(*command)

    assert (done.code, done.err) == (0, b"")
    assert aws.orders == [(function, order)]


def test_json_is_the_answer_of_the_function_and_nothing_else(guardrail, aws):
    done = guardrail("back-out", *WHY, "--format", "json")

    assert (done.code, json.loads(done.out)) == (0, ANSWER)


def test_several_functions_answer_one_after_the_other(guardrail, aws):
    done = guardrail("restore", "--scope", "all", "--format", "json")

    assert json.loads(done.out) == {
        "functions": [{"function": "agents", "answer": ANSWER}, {"function": "net", "answer": ANSWER}]
    }


def test_one_function_that_fails_does_not_keep_the_order_from_the_others(guardrail, aws):
    aws.answers["agents"] = "it broke"
    done = guardrail("back-out", "--scope", "all", *WHY)

    assert (done.code, [name for name, _ in aws.orders]) == (1, ["agents", "net"])
    assert done.err == b"agents: the function failed: it broke; guardrail status says what is in force\n"
    assert done.out.decode().splitlines()[:3] == ["agents", "net", "done"]


@pytest.mark.parametrize(
    ("answer", "code", "complaint"),
    [
        ({"proof": {"status": "proven", "routes": []}}, 0, ""),
        ({"proof": {"status": "accepted", "routes": []}}, 2, ""),
        ({"proof": {"status": "wrong", "routes": []}}, 2, ""),
        ({"proof": {"status": "accepted", "routes": []}, "calls": 0}, 0, ""),
        ({"done": False, "refused": "insertion: no single call"}, 1, "insertion: no single call\n"),
        ({"done": False, "failed": "controller:disable_snat failed: x"}, 1, "controller:disable_snat failed: x\n"),
        ({"done": False}, 1, "it was not done\n"),
        ({"done": False, "would": [{"method": "PUT", "path": "/x"}]}, 2, ""),
        ({"done": False, "would": []}, 0, ""),
        ({"done": False, "would": [], "refused": "why"}, 1, "why\n"),
    ],
)
def test_the_exit_code_says_what_the_answer_says(guardrail, aws, answer, code, complaint):
    aws.answers["net"] = {**ANSWER, **answer}
    done = guardrail("back-out", *WHY, "--format", "json")

    assert (done.code, done.err.decode()) == (code, complaint)
    assert json.loads(done.out) == aws.answers["net"]


def test_text_says_until_when_and_what_the_routes_show(guardrail, aws):
    route = {"subnet": "subnet-1", "route_table": "rtb-1", "target": "nat-1", "state": "active", "at_spoke": False}
    field = {"of": "gateway/g", "name": "snat", "before": True, "after": False, "label": "g snat"}
    aws.answers["net"] = {
        **ANSWER,
        "proof": {"status": "proven", "routes": [route]},
        "undo": {"fields": [field]},
        "notes": ["a note\x1b[2J"],
    }

    assert guardrail("back-out", *WHY).out.decode().splitlines() == [
        "done",
        "  g snat: yes -> no",
        "proof   proven",
        "  subnet-1 by rtb-1: default route to nat-1 (active)",
        "until   2026-11-20 18:00Z, then it ends by itself; guardrail restore ends it earlier",
        "- a note[2J",
    ]


def test_status_asks_every_function_and_shows_suspensions_exemptions_and_fights(guardrail, aws, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    aws.answers |= {"net": STATUS, "agents": {**STATUS, "suspensions": [], "exemptions": []}}
    done = guardrail("status")
    text = done.out.decode()

    assert [name for name, _ in aws.orders] == ["agents", "net"]
    assert done.code == 0
    assert "2026-11-20 14:00Z" in text
    assert "back-out" in text
    assert "2026-11-20 18:00Z" in text
    assert "! insertion: agentcore-vca-agentcore-spoke snat is no longer as the back-out left it" in text
    assert "EX-7" in text
    assert "nothing is suspended" in text


def test_exempt_hands_over_the_file_as_it_is(guardrail, aws, files):
    [exemption] = json.loads((files / "exemptions.json").read_text())
    done = guardrail("exempt", "exemptions.json", "--as", "me")

    assert (done.code, done.err) == (0, b"")
    assert aws.orders == [("agents", {**exemption, "command": "exempt", "claimed_by": "me"})]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("[]", "bad.json: exemption: expected one exemption, an object"),
        ('{"id": "x"}', "bad.json: exemptions[0]"),
    ],
)
def test_a_file_that_is_no_exemption_goes_nowhere(guardrail, aws, files, content, complaint):
    (files / "bad.json").write_text(content)

    assert guardrail("exempt", "bad.json").complaint.startswith(complaint)
    assert aws.orders == []


def test_a_named_function_is_invoked_without_a_look_at_the_stacks(guardrail, aws):
    aws.stacks = []
    done = guardrail("restore", "--function", "net")

    assert (done.code, [name for name, _ in aws.orders]) == (0, ["net"])


@pytest.mark.parametrize(
    ("stacks", "complaint"),
    [
        ([], "--function: expected the name of the function for insertion, by its output BackOutFunction"),
        ([AGENTS], "--function: expected the name of the function for insertion, by its output BackOutFunction"),
        (
            [NETWORK, {**NETWORK, "BackOutFunction": "net-2"}],
            "--function: expected the name of the function for insertion; there are net, net-2",
        ),
    ],
)
def test_which_function_is_meant_has_to_be_clear(guardrail, aws, stacks, complaint):
    aws.stacks = stacks

    assert guardrail("back-out", *WHY).complaint == complaint
    assert aws.orders == []


def test_nothing_is_deployed_here(guardrail, aws):
    aws.stacks = [{"Other": "x"}]

    assert guardrail("status").complaint == (
        "--function: expected a name: no stack of this account and Region has the output BackOutFunction"
    )


def test_a_function_that_breaks_is_told_in_one_line_without_its_traceback(guardrail, aws):
    aws.answers["net"] = "Task timed out\nafter 900 seconds"

    assert guardrail("back-out", *WHY).complaint == (
        "the function failed: Task timed out after 900 seconds; guardrail status says what is in force"
    )
    assert len(aws.orders) == 1


@pytest.mark.parametrize("answer", [None, [], {"records": 1}])
def test_another_function_than_ours_is_told(guardrail, aws, answer):
    aws.answers["net"] = answer

    assert "the function's answer is not that of a back_out function" in guardrail("back-out", *WHY).complaint


@pytest.mark.parametrize(
    ("answers", "where", "failed"),
    [
        ({"net": "it broke"}, None, "the function failed: it broke; guardrail status says what is in force"),
        ({}, None, "lambda:Invoke failed: ResourceNotFoundException; --controller URL goes straight to a controller, "),
        ({}, "http://127.0.0.1:9", "cloudformation:DescribeStacks failed: EndpointConnectionError; --controller URL "),
    ],
    ids=["the function breaks", "it is gone", "AWS does not answer"],
)
@pytest.mark.parametrize(
    "command", [["back-out", *WHY], ["watch", "on", "--all", *WHY], ["restore", "--scope", "policy"]]
)
def test_what_fails_in_aws_is_an_answer_in_json_and_one_line(
    guardrail, aws, monkeypatch, command, answers, where, failed
):
    aws.answers = answers
    monkeypatch.setenv("AWS_ENDPOINT_URL", where or aws.url)
    done = guardrail(*command, "--format", "json")
    document = json.loads(done.out)

    assert (done.code, document["done"], document.keys()) == (1, False, ANSWER.keys())
    assert document["failed"].startswith(failed)
    assert done.err.decode() == f"{document['failed']}\n"


def test_what_aws_refuses_is_one_line_that_names_the_other_way(guardrail, aws):
    refused = "lambda:Invoke failed: ResourceNotFoundException"

    assert guardrail("revoke", "EX-7", "--function", "nobody").complaint == refused
    assert guardrail("restore", "--function", "nobody").complaint == (
        f"{refused}; --controller URL goes straight to a controller, without AWS"
    )


def test_an_aws_that_does_not_answer_is_one_line_that_names_the_other_way(guardrail, aws, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    assert guardrail("back-out", *WHY).complaint == (
        "cloudformation:DescribeStacks failed: EndpointConnectionError; "
        "--controller URL goes straight to a controller, without AWS"
    )
