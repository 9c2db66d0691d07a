"""The deployed reconciler, called as its schedule, CloudFormation and operators call it, over real clients."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from guardrail.core.errors import GuardrailError
from guardrail.core.evidence import canonical_json, digest
from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.bound_json import bound_document
from reconcile_pack.handler import handler, logger
from tests.builders import REGION, event
from tests.controller_lab import PASSWORD, USER, controller_lab
from tests.deployed import CONTEXT, deploy, log_lines
from tests.firewall_builders import rule
from tests.firewall_states import pack_of
from tests.response_bucket import response_bucket
from tests.strategies import CANARY

PACK = pack_of(rule("20-no-ssh", "DENY", priority=20, src=("s0",), ports=((22, 22),)), w0=("a.example.com",))
PREFIX = "ours"
NAME = f"{PREFIX}-20-no-ssh"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with controller_lab(tmp_path_factory.mktemp("controller")) as lab:
        yield lab


@pytest.fixture
def controller(running):
    """An empty one."""
    running.renew()
    return running


@pytest.fixture
def bucket(stack):
    """Where the lab's CloudFormation waits for answers."""
    with response_bucket() as bucket:
        stack.set("AWS_ENDPOINT_URL", bucket.endpoint)
        stack.set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")  # clients go to moto nevertheless
        yield bucket


@pytest.fixture
def stack(aws, controller, monkeypatch):
    """What the stack made, and a way to change what it decided."""
    made = deploy(aws)
    login = {"url": controller.url, "username": USER, "password": PASSWORD}
    secret = aws("secretsmanager").create_secret(Name="controller", SecretString=json.dumps(login))["ARN"]
    ca_certificate = Path(controller.ca_file).read_text()
    document = {"pack": bound_document(BoundPack(PACK, PREFIX)), "ca_certificate": ca_certificate}
    aws("s3").create_bucket(Bucket="cdk")
    aws("s3").put_object(Bucket="cdk", Key="pack.json", Body=canonical_json(document))
    environment = {
        "AWS_REGION": REGION,
        "CONTROLLER": controller.url,
        "CONTROLLER_SECRET": secret,
        "PACK_BUCKET": "cdk",
        "PACK_KEY": "pack.json",
        "PACK_DIGEST": digest(document),
        "HEAL": "true",
        "ACCEPT_CONTROLLER_WIDE": "false",
        "STATE_TABLE": "state",
        "SWITCHES_TABLE": "switches",
        "EVIDENCE_BUCKET": "evidence",
        "EVENT_BUS": "findings",
        "TOPIC_ARN": made.topic_arn,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return SimpleNamespace(made=made, secret=secret, set=monkeypatch.setenv)


@pytest.fixture
def log():
    yield from log_lines(logger)


def rules(controller):
    return {each["name"]: each for each in controller.simulator.sim.all_rules()}


def ask(name, **changes):
    return handler({**event(name, function="reconcile_pack"), **changes}, CONTEXT)


def test_a_plan_is_what_apply_then_does(controller, stack, log):
    planned = ask("plan")
    assert not rules(controller)

    applied = ask("apply")

    assert planned["changes"] == applied["changes"]
    assert (planned["sync"], applied["sync"], applied["error"]) == ("OutOfSync", "Synced", None)
    assert NAME in rules(controller)
    assert ask("plan")["changes"] == []


def test_the_schedule_heals_a_hand_edit_and_says_so_once_in_one_line(controller, stack, log, capsys):
    ask("apply")
    rules(controller)[NAME]["priority"] = 21
    controller.simulator.sim.changed()

    assert ask("keep")["state"] == "healed"
    assert ask("keep")["state"] == "in-sync"

    line = log()[1]
    assert (line["message"], line["command"], line["state"], line["changes"]) == (
        "controller compared",
        "keep",
        "healed",
        1,
    )
    assert rules(controller)[NAME]["priority"] == 20
    assert [json.loads(text)["FirewallDrift"] for text in capsys.readouterr().out.splitlines() if "Drift" in text] == [
        [1.0],
        [0.0],
    ]
    assert len(stack.made.mails()) == 1


def test_the_rule_behind_a_uuid_is_found_without_asking_the_controller(controller, stack, log):
    ask("apply")
    uuid = rules(controller)[NAME]["uuid"]
    controller.requests.clear()

    [found] = ask("rule", uuid=uuid)["rules"]

    assert (found["name"], found["until"]) == (NAME, None)
    assert ask("rule")["rules"] == []
    assert controller.requests == []


def test_a_deploy_is_answered_when_the_pack_is_there(controller, stack, bucket, log):
    ask("deploy_create", ResponseURL=bucket.url)

    [answer] = bucket.documents()
    assert (answer["Status"], answer["Data"]["Sync"]) == ("SUCCESS", "Synced")
    assert answer["PhysicalResourceId"] == f"firewall/{controller.url.removeprefix('https://')}"
    assert NAME in rules(controller)


def test_a_deploy_of_a_pack_that_lacks_a_rule_deletes_that_rule_and_nothing_else(controller, stack, bucket, log, aws):
    ask("deploy_create", ResponseURL=bucket.url)
    before, gone = rules(controller), f"{PREFIX}-20-no-ssh"
    made = len(controller.simulator.calls)
    document = json.loads(aws("s3").get_object(Bucket="cdk", Key="pack.json")["Body"].read())
    document["pack"] = bound_document(BoundPack(pack_of(w0=("a.example.com",)), PREFIX))
    aws("s3").put_object(Bucket="cdk", Key="pack.json", Body=canonical_json(document))
    stack.set("PACK_DIGEST", digest(document))

    ask("deploy_update", ResponseURL=bucket.url)

    assert [answer["Status"] for answer in bucket.documents()] == ["SUCCESS", "SUCCESS"]
    writes = [call for call in [*controller.simulator.calls][made:] if call["method"] != "GET" and "path" in call]
    assert [call["method"] for call in writes] == ["PUT"]
    assert {name: each["uuid"] for name, each in rules(controller).items()} == {
        name: each["uuid"] for name, each in before.items() if name != gone
    }
    assert gone in before


def test_a_deploy_that_cannot_apply_is_answered_with_one_line(controller, stack, bucket, log):
    controller.simulator.sim.world.features["microseg"] = False

    assert ask("deploy_update", ResponseURL=bucket.url) == {"answered": "FAILED"}

    [answer] = bucket.documents()
    assert answer["Status"] == "FAILED"
    assert "microseg" in answer["Reason"]
    assert "Plan: " in answer["Reason"]
    assert "\n" not in answer["Reason"]


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("CONTROLLER", "", "environment variable CONTROLLER: expected a value"),
        (
            "CONTROLLER",
            "https://192.0.2.9",
            "controller secret: expected the url of the controller that the stack names",
        ),
        ("PACK_DIGEST", "sha256:0", "file of the bound pack: expected the one that the stack was deployed with"),
        ("STATE_TABLE", "no-such-table", "dynamodb:GetItem failed: ResourceNotFoundException"),
    ],
)
def test_whatever_is_wrong_cloudformation_gets_an_answer(controller, stack, bucket, log, name, value, why):
    stack.set(name, value)

    ask("deploy_create", ResponseURL=bucket.url)

    [answer] = bucket.documents()
    assert (answer["Status"], why in answer["Reason"]) == ("FAILED", True)
    assert not rules(controller)


def test_an_answer_that_is_wanted_elsewhere_fails_the_invocation_and_nothing_is_done_or_sent(controller, stack, log):
    with response_bucket() as elsewhere:
        for url in (elsewhere.url, f"https://{CANARY}.example/answer"):
            with pytest.raises(GuardrailError, match=r"^event\.ResponseURL: expected an address in CloudFormation's"):
                ask("deploy_create", ResponseURL=url)

    assert elsewhere.received == []
    assert controller.requests == []
    assert not rules(controller)
    assert CANARY not in json.dumps(log())


def test_a_defect_is_answered_too_and_not_quoted(controller, stack, bucket, log, aws):
    aws("s3").put_object(Bucket="cdk", Key="pack.json", Body=b"[1]")
    document = {"canary": 1}
    aws("s3").put_object(Bucket="cdk", Key="pack.json", Body=canonical_json(document))
    stack.set("PACK_DIGEST", digest(document))

    ask("deploy_create", ResponseURL=bucket.url)

    [answer] = bucket.documents()
    assert answer["Reason"].endswith("a defect: KeyError")
    assert "canary" not in answer["Reason"]


def test_deleting_the_stack_deletes_nothing_on_the_controller_and_never_fails(controller, stack, bucket, log):
    ask("apply")
    controller.requests.clear()

    ask("deploy_delete", ResponseURL=bucket.url)

    [answer] = bucket.documents()
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "firewall/192.0.2.1")
    assert controller.requests == []
    assert NAME in rules(controller)


def test_a_command_that_fails_fails_the_invocation_with_a_line_in_the_log(controller, stack, log, monkeypatch):
    stack.set("CONTROLLER", "https://192.0.2.9")

    with pytest.raises(GuardrailError, match="controller secret"):
        ask("keep")

    [line] = log()
    assert (line["message"], line["level"], line["command"]) == ("command failed", "ERROR", "keep")


def test_no_password_and_no_address_of_an_answer_is_in_any_log_line(controller, stack, bucket, log):
    ask("apply")
    ask("deploy_update", ResponseURL=bucket.url)

    text = json.dumps(log())

    assert PASSWORD not in text
    assert "signature" not in text
