"""The contract: what AgentCore does, one short observation for each thing that the guardrail relies on.

Every case runs against the lab's control plane, in process and by HTTP, against ministack's and against moto's. A case
returns what it saw as a text; ``deviations.py`` says where an emulator is known to show something else.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

from tests.guardrail_lab.agentcore.arrange import endpoints, new_capacity_provider, policy, refusal
from tests.guardrail_lab.arrange import PUBLIC, ROLE, VPC, new_runtime, new_version

REFUSED = "ValidationException"


@dataclass(frozen=True)
class Subject:
    """One implementation of AgentCore.

    Attributes:
        settle: Let what is changing settle.
        hold: Let nothing settle that begins from now on.
        invoke: Invoke a runtime (ARN, endpoint) and return what its container says.
    """

    control: Any
    settle: Callable[[], None]
    hold: Callable[[], None]
    invoke: Callable[[str, str], dict[str, Any]]

    def new(self, **members: Any) -> dict[str, Any]:
        """CreateAgentRuntime's answer, the runtime settled."""
        sent = {"agentRuntimeName": fresh("agent"), "networkConfiguration": PUBLIC, **members}
        made: dict[str, Any] = self.control.create_agent_runtime(**new_runtime(**sent))
        self.settle()
        return made

    def moved(self, **members: Any) -> str:
        """The id of a runtime with a second version of these members."""
        runtime_id = str(self.new(**members)["agentRuntimeId"])
        self.update(runtime_id, networkConfiguration=VPC)
        return runtime_id

    def update(self, runtime_id: str, **members: Any) -> None:
        self.control.update_agent_runtime(**new_version(runtime_id, **members))
        self.settle()

    def get(self, runtime_id: str, **version: str) -> dict[str, Any]:
        found: dict[str, Any] = self.control.get_agent_runtime(agentRuntimeId=runtime_id, **version)
        return found


@dataclass(frozen=True)
class Case:
    """What is observed of a subject, and what it has to be."""

    name: str
    expected: str
    observe: Callable[[Subject], str]


CASES: list[Case] = []


def fresh(prefix: str) -> str:
    return f"{prefix}_{uuid4().hex[:8]}"


def shows(expected: str) -> Callable[[Callable[[Subject], str]], Callable[[Subject], str]]:
    """Add a function to the contract; its name is the case's."""

    def add(observe: Callable[[Subject], str]) -> Callable[[Subject], str]:
        CASES.append(Case(observe.__name__, expected, observe))
        return observe

    return add


def observed(case: Case, subject: Subject) -> str:
    """What a subject shows; an error is its code, and what the emulator cannot do at all is ``cannot``."""
    try:
        return case.observe(subject)
    except ClientError as error:
        code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        return code if code.endswith("Exception") and status < 500 else f"cannot ({status})"
    except (NotImplementedError, LookupError, TypeError) as error:  # moto's own, in process; ours may never show it
        return f"cannot ({type(error).__name__})"


@shows("1 CREATING")
def create_answers_version_1_in_creation(subject):
    made = subject.control.create_agent_runtime(
        **new_runtime(agentRuntimeName=fresh("agent"), networkConfiguration=PUBLIC)
    )
    return f"{made['agentRuntimeVersion']} {made['status']}"


@shows("runtime/NAME-xxxxxxxxxx")
def an_arn_holds_the_id_and_no_version(subject):
    name = fresh("agent")
    made = subject.new(agentRuntimeName=name)
    resource = made["agentRuntimeArn"].split(":", 5)[5].replace(name, "NAME")
    without_uuid = re.sub("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID", resource)
    return re.sub("-[0-9a-zA-Z]{10}$", "-xxxxxxxxxx", without_uuid)


@shows("absent")
def a_network_may_be_left_out(subject):
    made = subject.control.create_agent_runtime(**new_runtime(agentRuntimeName=fresh("agent")))
    return str(subject.get(made["agentRuntimeId"]).get("networkConfiguration", "absent"))


@shows("900 28800")
def a_runtime_has_the_default_lifecycle(subject):
    found = subject.get(subject.new()["agentRuntimeId"])["lifecycleConfiguration"]
    return " ".join(map(str, found.values()))


@shows("None")
def no_description_is_no_description(subject):
    return repr(subject.get(subject.new()["agentRuntimeId"]).get("description"))


@shows("8080 V2 prod")
def what_create_takes_get_gives(subject):
    sent = {"allowedPorts": [{"port": 8080}], "platformVersion": "V2", "environmentVariables": {"STAGE": "prod"}}
    found = subject.get(subject.new(**sent)["agentRuntimeId"])
    ports = [str(each["port"]) for each in found.get("allowedPorts", [])]
    return " ".join([*ports, found.get("platformVersion", "-"), *found.get("environmentVariables", {}).values()])


@shows("True")
def metadata_configuration_is_kept(subject):
    runtime_id = subject.moved()
    subject.update(runtime_id, networkConfiguration=VPC, metadataConfiguration={"requireMMDSV2": True})
    return str(subject.get(runtime_id).get("metadataConfiguration", {}).get("requireMMDSV2"))


@shows(REFUSED)
def a_role_that_is_none_is_refused(subject):
    return refusal(subject.new, roleArn="x")


@shows(REFUSED)
def vpc_mode_needs_its_details(subject):
    network = {"networkMode": "VPC"}
    sent = new_runtime(agentRuntimeName=fresh("agent"), networkConfiguration=network)
    return refusal(subject.control.create_agent_runtime, **sent)


@shows("ConflictException")
def two_runtimes_of_one_name_are_refused(subject):
    name = fresh("agent")
    subject.new(agentRuntimeName=name)
    return refusal(subject.new, agentRuntimeName=name)


@shows("same id, ValidationException")
def a_client_token_makes_a_request_idempotent(subject):
    sent = new_runtime(agentRuntimeName=fresh("agent"), clientToken=uuid4().hex + "0", networkConfiguration=PUBLIC)
    ids = {subject.control.create_agent_runtime(**sent)["agentRuntimeId"] for _ in range(2)}
    other = refusal(subject.control.create_agent_runtime, **{**sent, "networkConfiguration": VPC})
    return f"{'same id' if len(ids) == 1 else 'two ids'}, {other}"


@shows("2 UPDATING")
def an_update_is_a_new_version(subject):
    runtime_id = subject.new()["agentRuntimeId"]
    answer = subject.control.update_agent_runtime(**new_version(runtime_id, networkConfiguration=VPC))
    return f"{answer['agentRuntimeVersion']} {answer['status']}"


@shows("READY")
def an_update_ends(subject):
    return str(subject.get(subject.moved())["status"])


@shows("absent")
def an_update_replaces_the_whole_configuration(subject):
    return str(subject.get(subject.moved(description="orders")).get("description", "absent"))


@shows("PUBLIC then VPC")
def a_version_can_be_read_and_stays_as_it_was(subject):
    runtime_id = subject.moved()
    modes = [
        subject.get(runtime_id, agentRuntimeVersion=version)["networkConfiguration"]["networkMode"]
        for version in ("1", "2")
    ]
    return " then ".join(modes)


@shows("1 2")
def every_version_is_listed(subject):
    found = subject.control.list_agent_runtime_versions(agentRuntimeId=subject.moved())["agentRuntimes"]
    return " ".join(sorted(each["agentRuntimeVersion"] for each in found))


@shows("ConflictException")
def an_update_during_an_update_is_refused(subject):
    runtime_id = subject.new()["agentRuntimeId"]
    subject.hold()
    subject.control.update_agent_runtime(**new_version(runtime_id, networkConfiguration=VPC))
    return refusal(subject.control.update_agent_runtime, **new_version(runtime_id, networkConfiguration=VPC))


@shows("UPDATING, DEFAULT 1 -> 2 UPDATING")
def an_update_takes_its_time(subject):
    runtime_id = subject.new()["agentRuntimeId"]
    subject.hold()
    subject.control.update_agent_runtime(**new_version(runtime_id, networkConfiguration=VPC))
    live, target, status = endpoints(subject.control, runtime_id)["DEFAULT"]
    return f"{subject.get(runtime_id)['status']}, DEFAULT {live} -> {target} {status}"


@shows("1/1")
def a_new_runtime_has_a_default_endpoint(subject):
    return _serves(subject, subject.new()["agentRuntimeId"], "DEFAULT")


@shows("2/2")
def default_follows_the_newest_version(subject):
    return _serves(subject, subject.moved(), "DEFAULT")


@shows("1/1")
def a_named_endpoint_stays_where_it_is(subject):
    return _serves(subject, _pinned(subject), "prod")


@shows("2/2")
def a_named_endpoint_can_be_moved(subject):
    runtime_id = _pinned(subject)
    subject.control.update_agent_runtime_endpoint(
        agentRuntimeId=runtime_id, endpointName="prod", agentRuntimeVersion="2"
    )
    subject.settle()
    return _serves(subject, runtime_id, "prod")


@shows("ResourceNotFoundException")
def an_endpoint_needs_a_version_that_exists(subject):
    sent = {"agentRuntimeId": subject.new()["agentRuntimeId"], "name": "prod", "agentRuntimeVersion": "99"}
    return refusal(subject.control.create_agent_runtime_endpoint, **sent)


@shows("ConflictException")
def default_cannot_be_deleted(subject):
    sent = {"agentRuntimeId": subject.new()["agentRuntimeId"], "endpointName": "DEFAULT"}
    return refusal(subject.control.delete_agent_runtime_endpoint, **sent)


@shows("ConflictException")
def a_runtime_with_endpoints_cannot_be_deleted(subject):
    return refusal(subject.control.delete_agent_runtime, agentRuntimeId=_pinned(subject))


@shows("1 3")
def one_version_can_be_deleted(subject):
    runtime_id = _pinned(subject)
    subject.update(runtime_id, networkConfiguration=VPC)
    subject.control.delete_agent_runtime(agentRuntimeId=runtime_id, agentRuntimeVersion="2")
    subject.settle()
    found = subject.control.list_agent_runtime_versions(agentRuntimeId=runtime_id)["agentRuntimes"]
    return " ".join(sorted(each["agentRuntimeVersion"] for each in found))


@shows("ConflictException")
def a_version_that_an_endpoint_serves_cannot_be_deleted(subject):
    sent = {"agentRuntimeId": _pinned(subject), "agentRuntimeVersion": "1"}
    return refusal(subject.control.delete_agent_runtime, **sent)


@shows("1 and more")
def lists_come_in_pages(subject):
    for _ in range(2):
        subject.new()
    answer = subject.control.list_agent_runtimes(maxResults=1)
    return f"{len(answer['agentRuntimes'])} and {'more' if answer.get('nextToken') else 'nothing'}"


@shows("create ValidationException, update ValidationException, get False")
def a_new_runtime_takes_no_word_about_the_service_s3_path(subject):
    network = {
        "networkMode": "VPC",
        "networkModeConfig": {**VPC["networkModeConfig"], "requireServiceS3Endpoint": False},
    }
    create = refusal(
        subject.control.create_agent_runtime,
        **new_runtime(agentRuntimeName=fresh("agent"), networkConfiguration=network),
    )
    runtime_id = subject.moved()
    shown = subject.get(runtime_id)["networkConfiguration"]["networkModeConfig"].get("requireServiceS3Endpoint")
    update = refusal(subject.control.update_agent_runtime, **new_version(runtime_id, networkConfiguration=network))
    return f"create {create}, update {update}, get {shown}"


@shows("orders, then also ada, then ada")
def tags_stay_with_a_runtime(subject):
    control, made = subject.control, subject.new(tags={"team": "orders"})
    arn = made["agentRuntimeArn"]
    first = control.list_tags_for_resource(resourceArn=arn)["tags"]
    control.tag_resource(resourceArn=arn, tags={"owner": "ada"})
    both = control.list_tags_for_resource(resourceArn=arn)["tags"]
    control.untag_resource(resourceArn=arn, tagKeys=["team"])
    left = control.list_tags_for_resource(resourceArn=arn)["tags"]
    also = "also " if "team" in both else ""
    return f"{first.get('team')}, then {also}{both.get('owner')}, then {' '.join(left.values())}"


@shows(REFUSED)
def tags_of_aws_are_refused(subject):
    arn = subject.new()["agentRuntimeArn"]
    return refusal(subject.control.tag_resource, resourceArn=arn, tags={"aws:cloudformation:stack-name": "x"})


@shows("kept, then ResourceNotFoundException")
def a_resource_policy_is_kept_and_deleted(subject):
    arn, text = subject.new()["agentRuntimeArn"], policy()
    subject.control.put_resource_policy(resourceArn=arn, policy=text)
    kept = json.loads(subject.control.get_resource_policy(resourceArn=arn)["policy"]) == json.loads(text)
    subject.control.delete_resource_policy(resourceArn=arn)
    return f"{'kept' if kept else 'changed'}, then {refusal(subject.control.get_resource_policy, resourceArn=arn)}"


@shows(REFUSED)
def a_resource_policy_without_statements_is_refused(subject):
    empty = json.dumps({"Version": "2012-10-17", "Statement": []})
    return refusal(subject.control.put_resource_policy, resourceArn=subject.new()["agentRuntimeArn"], policy=empty)


@shows("version 1 on PUBLIC")
def an_invocation_reaches_the_version_that_its_endpoint_serves(subject):
    found = subject.invoke(subject.new()["agentRuntimeArn"], "DEFAULT")
    return f"version {found.get('agentRuntimeVersion')} on {found.get('networkMode')}"


@shows("AccessDeniedException")
def a_denial_stops_invocations(subject):
    arn = subject.new()["agentRuntimeArn"]
    attached = policy({**json.loads(policy())["Statement"][0], "Resource": arn})
    subject.control.put_resource_policy(resourceArn=arn, policy=attached)
    return refusal(subject.invoke, arn=arn, endpoint="DEFAULT")


@shows("PUBLIC, update of its runtime ConflictException")
def a_harness_is_public_unless_told_otherwise_and_owns_its_runtime(subject):
    made = subject.control.create_harness(harnessName=fresh("harness"), executionRoleArn=ROLE)["harness"]
    subject.settle()
    found = subject.control.get_harness(harnessId=made["harnessId"])["harness"]
    environment = found["environment"]["agentCoreRuntimeEnvironment"]
    direct = refusal(subject.control.update_agent_runtime, **new_version(environment["agentRuntimeId"]))
    return f"{environment['networkConfiguration']['networkMode']}, update of its runtime {direct}"


@shows("READY VPC")
def a_browser_keeps_its_network(subject):
    network = {"networkMode": "VPC", "vpcConfig": VPC["networkModeConfig"]}
    made = subject.control.create_browser(name=fresh("browser"), networkConfiguration=network)
    subject.settle()
    found = subject.control.get_browser(browserId=made["browserId"])
    return f"{found['status']} {found['networkConfiguration']['networkMode']}"


@shows("READY SANDBOX")
def a_code_interpreter_keeps_its_network(subject):
    network = {"networkMode": "SANDBOX"}
    made = subject.control.create_code_interpreter(name=fresh("interpreter"), networkConfiguration=network)
    subject.settle()
    found = subject.control.get_code_interpreter(codeInterpreterId=made["codeInterpreterId"])
    return f"{found['status']} {found['networkConfiguration']['networkMode']}"


@shows("READY 1")
def a_capacity_provider_keeps_its_subnets(subject):
    made = subject.control.create_capacity_provider(**new_capacity_provider(fresh("provider")))
    subject.settle()
    found = subject.control.get_capacity_provider(capacityProviderId=made["capacityProviderId"])
    return f"{found['status']} {len(found['computeConfiguration']['ec2Configuration']['vpcConfiguration']['subnets'])}"


def _pinned(subject: Subject) -> str:
    """A runtime of two versions whose endpoint prod is on the first."""
    runtime_id = str(subject.new()["agentRuntimeId"])
    subject.control.create_agent_runtime_endpoint(agentRuntimeId=runtime_id, name="prod", agentRuntimeVersion="1")
    subject.settle()
    subject.update(runtime_id, networkConfiguration=VPC)
    return runtime_id


def _serves(subject: Subject, runtime_id: str, name: str) -> str:
    found = subject.control.list_agent_runtime_endpoints(agentRuntimeId=runtime_id)["runtimeEndpoints"]
    return next(
        (f"{each.get('liveVersion')}/{each.get('targetVersion')}" for each in found if each["name"] == name), "none"
    )
