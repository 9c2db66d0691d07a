"""The deployed reconciler, unmodified, against the simulated controller over TLS, on a cloud that evaluates IAM."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from guardrail.core.evidence import RecordKind
from guardrail.core.firewall.objects import SYSTEM_GROUPS
from guardrail.gateways.controller.client import Controller
from guardrail.gateways.controller.hidden import Hidden
from guardrail.gateways.controller.login import FixedLogin, make_login
from guardrail_lab.cloud import LocalCloud
from guardrail_lab.controller.launch import LocalController, local_controller
from guardrail_lab.controller.simulation import Timing
from guardrail_lab.evidence_room import read_evidence
from guardrail_lab.firewall import LOGIN, PREFIX, FirewallOutputs, command, firewall_outputs
from guardrail_lab.listener import OPEN_TO_SERVICES
from tests.end_to_end.deploy import upload_assets
from tests.firewall_assembly import CONTROLLER, SECRET, STACK, firewall_assembly
from tests.guardrail_cli.arrange import GUARDRAIL
from tests.patience import STACK_WAITER

AT_ONCE = Timing(propagation=0, release=0, job=0)
ANYWHERE = SYSTEM_GROUPS["Anywhere"]
FOREIGN = {
    "name": "somebody-elses",
    "priority": 9000,
    "action": "PERMIT",
    "src_ads": [ANYWHERE],
    "dst_ads": [ANYWHERE],
    "protocol": "TCP",
    "port_ranges": [{"lo": 8443}],
}


@dataclass
class Deployed:
    """A cloud with the stack on it, and the controller that it keeps."""

    cloud: LocalCloud
    controller: LocalController
    secret_arn: str = ""
    queue_urls: dict[str, str] = field(default_factory=dict)
    foreign: dict[str, Any] = field(default_factory=dict)

    @property
    def outputs(self) -> FirewallOutputs:
        return firewall_outputs(self.cloud, STACK)

    def human(self) -> Controller:
        """A client of somebody who works on the controller by hand."""
        login = make_login("test", self.controller.url, "somebody", Hidden("any"))
        return Controller(FixedLogin(login), ca_file=str(self.controller.ca_path))

    def keep(self) -> dict[str, Any]:
        return command(self.cloud, self.outputs.reconcile_function, {"command": "keep"})

    def order(self, **members: str) -> dict[str, Any]:
        """What an operator asks of the function that backs out."""
        return command(self.cloud, self.outputs.back_out_function, {"claimed_by": "oncall", **members})

    def rules(self) -> dict[str, dict[str, Any]]:
        """Every rule on the controller, by name."""
        return {rule["name"]: rule for rule in self.controller.simulator.sim.all_rules()}

    def ours(self) -> dict[str, dict[str, Any]]:
        return {name: rule for name, rule in self.rules().items() if name.startswith(f"{PREFIX}-")}

    def template(self, **environment: str) -> str:
        """The synthesised template with the real controller and secret, and some variables of the function changed."""
        text = (firewall_assembly() / f"{STACK}.template.json").read_text()
        document = json.loads(text.replace(CONTROLLER, self.controller.url).replace(SECRET, self.secret_arn))
        for each in document["Resources"].values():
            if (
                each["Type"] == "AWS::Lambda::Function"
                and "CONTROLLER" in each["Properties"]["Environment"]["Variables"]
            ):
                each["Properties"]["Environment"]["Variables"] |= environment
        return json.dumps(document)

    def create(self) -> None:
        cloudformation = self.cloud.client("cloudformation")
        cloudformation.create_stack(StackName=STACK, TemplateBody=self.template(), Capabilities=["CAPABILITY_IAM"])
        waiter = cloudformation.get_waiter("stack_create_complete")
        waiter.wait(StackName=STACK, WaiterConfig=STACK_WAITER)

    def update(self, **environment: str) -> None:
        cloudformation = self.cloud.client("cloudformation")
        body = self.template(**environment)
        cloudformation.update_stack(StackName=STACK, TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
        waiter = cloudformation.get_waiter("stack_update_complete")
        waiter.wait(StackName=STACK, WaiterConfig=STACK_WAITER)

    def failures(self) -> list[str]:
        events = self.cloud.client("cloudformation").describe_stack_events(StackName=STACK)["StackEvents"]
        return [
            event["ResourceStatusReason"]
            for event in events
            if event["ResourceStatus"].endswith("_FAILED") and event["ResourceType"].startswith("Custom::")
        ]

    def listen(self) -> None:
        """Keep what is put on the bus and before people."""
        sqs, outputs = self.cloud.client("sqs"), self.outputs
        for name in ("findings", "messages"):
            attributes = {"Policy": json.dumps(OPEN_TO_SERVICES)}
            self.queue_urls[name] = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        events = self.cloud.client("events")
        pattern = json.dumps({"source": ["agentcore.guardrail"], "detail-type": ["Firewall Drift"]})
        events.put_rule(Name="drift", EventBusName=outputs.findings_bus, EventPattern=pattern)
        targets = [{"Id": "queue", "Arn": self._arn("findings")}]
        events.put_targets(Rule="drift", EventBusName=outputs.findings_bus, Targets=targets)
        sns = self.cloud.client("sns")
        sns.subscribe(TopicArn=outputs.alerts_topic, Protocol="sqs", Endpoint=self._arn("messages"))

    def received(self, name: str) -> list[dict[str, Any]]:
        asked = {"QueueUrl": self.queue_urls[name], "MaxNumberOfMessages": 10, "WaitTimeSeconds": 1}
        found = []
        for message in self.cloud.client("sqs").receive_message(**asked).get("Messages", []):
            found.append(json.loads(message["Body"]))
            self.cloud.client("sqs").delete_message(
                QueueUrl=self.queue_urls[name], ReceiptHandle=message["ReceiptHandle"]
            )
        return found

    def evidence(self, kind: str) -> list[dict[str, Any]]:
        return [each for each in read_evidence(self.cloud, self.outputs.evidence_bucket) if each["kind"] == kind]

    def _arn(self, name: str) -> str:
        asked = {"QueueUrl": self.queue_urls[name], "AttributeNames": ["QueueArn"]}
        return self.cloud.client("sqs").get_queue_attributes(**asked)["Attributes"]["QueueArn"]


@pytest.fixture(scope="module")
def place() -> Iterator[Deployed]:
    """A cloud with assets and a secret, and a controller; nothing is deployed yet."""
    with local_controller(timing=AT_ONCE) as controller, LocalCloud(auth=True) as cloud:
        upload_assets(cloud, firewall_assembly(), STACK)
        login = {"url": controller.url, **LOGIN, "ca_certificate": controller.ca_path.read_text()}
        secret = cloud.client("secretsmanager").create_secret(Name="controller", SecretString=json.dumps(login))
        yield Deployed(cloud, controller, secret["ARN"])


@pytest.fixture(scope="module")
def deployed(place: Deployed) -> Deployed:
    """The same with the stack, after somebody else has made a rule."""
    human, version = place.human(), place.human().posture.version()
    human.policies.replace([*human.policies.read(), FOREIGN], version)
    place.foreign = dict(place.rules()[FOREIGN["name"]])
    place.create()
    place.listen()
    return place


def edited(deployed: Deployed, name: str, **members: object) -> None:
    """Somebody changes a rule of ours by hand, with the controller's own API."""
    human, version = deployed.human(), deployed.human().posture.version()
    for ruleset in human.rulesets.list():
        if any(rule["name"] == name for rule in ruleset["policies"]):
            rules = [{**rule, **members} if rule["name"] == name else rule for rule in ruleset["policies"]]
            human.rulesets.replace(ruleset, rules, version)


def deleted(deployed: Deployed, name: str) -> None:
    human, version = deployed.human(), deployed.human().posture.version()
    for ruleset in human.rulesets.list():
        if any(rule["name"] == name for rule in ruleset["policies"]):
            rules = [rule for rule in ruleset["policies"] if rule["name"] != name]
            human.rulesets.replace(ruleset, rules, version)


def test_a_bad_controller_fails_the_deploy_with_one_clear_line_and_leaves_nothing_there(place: Deployed):
    place.controller.simulator.sim.world.features["microseg"] = False

    with pytest.raises(WaiterError):
        place.create()

    [why] = set(place.failures())
    assert f"firewall/{place.controller.url.removeprefix('https://')}: " in why
    assert "microseg" in why
    assert "Plan: " in why
    assert "\n" not in why
    assert not place.ours()
    place.cloud.client("cloudformation").delete_stack(StackName=STACK)
    place.controller.simulator.sim.world.features["microseg"] = True


def test_a_deploy_brings_the_pack_to_the_controller_and_keeps_evidence_before_and_after(deployed: Deployed):
    assert f"{PREFIX}-100-default-deny" in deployed.ours()
    assert deployed.keep()["state"] == "in-sync"
    [intent] = deployed.evidence(RecordKind.FIREWALL_INTENT)
    [outcome] = deployed.evidence(RecordKind.FIREWALL_OUTCOME)
    assert (intent["intact"], outcome["intact"], outcome["sync"]) == (True, True, "Synced")


def test_the_role_is_refused_nothing_and_does_nothing_but_its_work(deployed: Deployed):
    deployed.keep()

    calls = {(call.service, call.operation) for call in deployed.cloud.calls()}

    assert not [call for call in deployed.cloud.calls() if call.status in (401, 403)]
    assert calls <= {
        ("s3", "GetObject"),
        ("s3", "PutObject"),
        ("secretsmanager", "GetSecretValue"),
        ("dynamodb", "GetItem"),
        ("dynamodb", "UpdateItem"),
        ("dynamodb", "Query"),
        ("events", "PutEvents"),
        ("sns", "Publish"),
    }


def test_a_hand_edit_is_reported_once_and_left_alone_while_healing_is_off(deployed: Deployed):
    edited(deployed, f"{PREFIX}-05-deny-link-local", logging=False)

    states = [deployed.keep()["state"] for _ in range(2)]

    [finding] = [each["detail"] for each in deployed.received("findings")]
    [message] = [each["Message"] for each in deployed.received("messages")]
    assert states == ["found", "found"]
    assert deployed.ours()[f"{PREFIX}-05-deny-link-local"]["logging"] is False
    assert finding["changes"] == [
        {
            "action": "update",
            "address": f"rule/{PREFIX}-05-deny-link-local",
            "fields": {"logging": {"live": False, "pack": True}},
        }
    ]
    assert finding["who"]["actor"] == "unknown"
    assert f"rule/{PREFIX}-05-deny-link-local: changed (logging is False, expected True)" in message
    assert finding["evidence"].rpartition("/")[2] in {
        each["key"].rpartition("/")[2] for each in deployed.evidence(RecordKind.FIREWALL_DRIFT)
    }


def test_with_healing_on_hand_edits_are_undone_and_the_rules_keep_their_uuids(deployed: Deployed):
    before = {name: rule["uuid"] for name, rule in deployed.ours().items()}
    deployed.update(HEAL="true")
    edited(deployed, f"{PREFIX}-05-deny-link-local", action="PERMIT")

    kept = deployed.keep()

    assert (kept["state"], kept["sync"], kept["writes"]) == ("healed", "Synced", 1)
    assert {name: rule["uuid"] for name, rule in deployed.ours().items()} == before
    assert deployed.ours()[f"{PREFIX}-05-deny-link-local"]["action"] == "DENY"
    assert [each["detail"]["state"] for each in deployed.received("findings")] == ["healed"]
    assert deployed.keep()["state"] == "in-sync"


def test_a_uuid_leads_to_the_rule_that_had_it_even_after_somebody_deleted_it(deployed: Deployed):
    name = f"{PREFIX}-28-deny-known-exfil"
    uuid = deployed.ours()[name]["uuid"]
    deleted(deployed, name)
    assert deployed.keep()["state"] == "healed"

    old, new = (looked_up(deployed, each) for each in (uuid, deployed.ours()[name]["uuid"]))

    assert [(each["name"], each["until"] is None) for each in old] == [(name, False)]
    assert [(each["name"], each["until"] is None) for each in new] == [(name, True)]
    assert old[0]["packs"][0]["name"] == "agentcore"


def looked_up(deployed: Deployed, uuid: str) -> list[dict[str, Any]]:
    """What the command line says of a uuid; it finds the function by the stack's outputs."""
    asked = [GUARDRAIL, "rule", uuid, "--format", "json"]
    done = subprocess.run(asked, env=deployed.cloud.environment(), capture_output=True, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)["rules"]
    return found


def test_while_somebody_has_backed_out_of_the_rules_nothing_is_healed_and_afterwards_it_is(deployed: Deployed):
    name = f"{PREFIX}-100-default-deny"
    deployed.update(HEAL="true", POWERTOOLS_LOG_LEVEL="WARNING")
    assert deployed.keep()["state"] == "in-sync"
    deployed.received("findings")

    assert deployed.order(command="back-out", scope="policy", reason="INC-42")["done"] is True
    states = [deployed.keep()["state"] for _ in range(2)]
    edited(deployed, name, logging=False)

    assert (states, deployed.keep()["state"]) == (["suspended"] * 2, "suspended")
    assert [each["detail"]["state"] for each in deployed.received("findings")] == ["suspended"]
    edited(deployed, name, logging=True)
    assert deployed.order(command="restore", scope="policy")["done"] is True
    assert deployed.keep()["state"] == "in-sync"


def test_a_controller_that_does_not_answer_is_an_error_and_never_in_sync(deployed: Deployed):
    deployed.cloud.client("secretsmanager").update_secret(
        SecretId=deployed.secret_arn, SecretString=json.dumps({"url": "https://127.0.0.1:9", **LOGIN})
    )
    deployed.update(HEAL="true", POWERTOOLS_LOG_LEVEL="DEBUG")  # new environments read the secret anew

    answer = deployed.keep()

    assert answer["errorMessage"] == "controller secret: expected the url of the controller that the stack names"
    assert "state" not in answer


def test_through_all_of_it_the_rule_of_somebody_else_came_unchanged(deployed: Deployed):
    assert deployed.rules()[FOREIGN["name"]] == deployed.foreign
    assert deployed.foreign["uuid"]


def test_destroying_the_stack_leaves_the_rules_where_they_are(deployed: Deployed):
    before = deployed.ours()
    cloudformation = deployed.cloud.client("cloudformation")

    cloudformation.delete_stack(StackName=STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=STACK, WaiterConfig=STACK_WAITER)

    assert deployed.ours() == before
