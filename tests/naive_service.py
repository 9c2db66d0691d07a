"""A tiny AgentCore of one runtime, written from the contract alone: full replacement, slow versions, a policy.

It is slow where the service is: a new version is UPDATING until time passes, DEFAULT follows one moment later, and an
endpoint that is moved serves its old version until then. Every request is held against botocore's model.
"""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

from guardrail.core.runtimes.step import Call
from tests.builders import ACCOUNT, REGION, RUNTIME_ARN, Json

READ_ONLY = (
    "agentRuntimeArn",
    "agentRuntimeName",
    "agentRuntimeVersion",
    "createdAt",
    "lastUpdatedAt",
    "status",
    "failureReason",
    "workloadIdentityDetails",
)


class RefusedError(Exception):
    """The service answers ValidationException."""


@dataclass
class NaiveService:
    """One runtime.

    Attributes:
        versions: GetAgentRuntime's answers by number; the greatest is the newest. One that an endpoint serves can lack.
        endpoints: By name: live, target, status.
        old: Made before requireServiceS3Endpoint came; a newer runtime refuses the member.
        takes_wildcard: Whether a resource policy may name InvokeAgentRuntime*.
        fails: Whether updates end in UPDATE_FAILED.
    """

    versions: dict[int, Json]
    endpoints: dict[str, Json]
    policy: str | None = None
    old: bool = False
    takes_wildcard: bool = True
    fails: bool = False
    status: str = "READY"
    stack: str | None = None
    harness: str | None = None
    calls: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    @property
    def newest(self) -> int:
        return max(self.versions)

    def document(self) -> Json:
        runtime = {**self.versions[self.newest], "status": self.status}
        items = [
            {
                "name": name,
                "status": each["status"],
                "agentRuntimeArn": RUNTIME_ARN,
                **({"liveVersion": str(each["live"])} if each["live"] else {}),
                **({"targetVersion": str(each["target"])} if each["target"] else {}),
            }
            for name, each in self.endpoints.items()
        ]
        served = {each[way] for each in self.endpoints.values() for way in ("live", "target") if each[way]}
        missing = {"error": "ResourceNotFoundException"}
        return deepcopy(
            {
                "account": ACCOUNT,
                "region": REGION,
                "runtime": runtime,
                "endpoints": items,
                "versions": {str(number): self.versions.get(number, missing) for number in served - {self.newest}},
                "resource_policy": self.policy,
                "tags": {"tags": {"aws:cloudformation:stack-name": self.stack} if self.stack else {}},
                "harness": self.harness,
            }
        )

    def take(self, call: Call) -> None:
        """Do what is asked; on a refusal that the caller foresaw, what is asked instead."""
        parameters = deepcopy(dict(call.parameters))
        report = ParamValidator().validate(parameters, _input(call.operation))
        assert not report.has_errors(), report.generate_report()
        self.calls.append(call.operation)
        try:
            _OPERATIONS[call.operation](self, parameters)
        except RefusedError as refusal:
            if call.otherwise is None or call.otherwise_if not in str(refusal):
                raise
            self.take(call.otherwise)

    def pass_time(self) -> None:
        """Let the service get on by one moment."""
        if self.status == "UPDATING":
            self.status = "UPDATE_FAILED" if self.fails else "READY"
            if not self.fails and "DEFAULT" in self.endpoints:
                self.endpoints["DEFAULT"].update(target=self.newest, status="UPDATING")
            return
        for each in self.endpoints.values():
            if each["status"] in ("UPDATING", "CREATING"):
                each.update(live=each["target"], status="READY")

    def publish(self, network: Json) -> None:
        """Somebody deploys: a new version, elsewhere."""
        self.versions[self.newest + 1] = {
            **self.versions[self.newest],
            "agentRuntimeVersion": str(self.newest + 1),
            "networkConfiguration": network,
        }
        self.status = "READY"
        if "DEFAULT" in self.endpoints:
            self.endpoints["DEFAULT"].update(live=self.newest, target=self.newest, status="READY")

    def invocable(self) -> bool:
        """Whether the resource policy lets anybody in who has the permission."""
        if self.policy is None:
            return True
        statements = json.loads(self.policy)["Statement"]
        for each in statements if isinstance(statements, list) else [statements]:
            actions = each["Action"] if isinstance(each["Action"], list) else [each["Action"]]
            whole = (
                "bedrock-agentcore:InvokeAgentRuntime*" in actions or "bedrock-agentcore:InvokeAgentRuntime" in actions
            )
            if each["Effect"] == "Deny" and each["Principal"] == "*" and whole and "Condition" not in each:
                return False
        return True

    def reachable(self) -> list[Json | None]:
        """Every version that traffic reaches or will reach; None for one that does not exist."""
        numbers = {each[way] for each in self.endpoints.values() for way in ("live", "target") if each[way]}
        return [self.versions.get(number) for number in sorted(numbers | {self.newest})]

    def put_resource_policy(self, parameters: Json) -> None:
        document = json.loads(parameters["policy"])
        assert document["Statement"], "an empty policy locks OAuth callers out"
        if not self.takes_wildcard and "InvokeAgentRuntime*" in parameters["policy"]:
            raise RefusedError("an action is not known")
        self.policy = parameters["policy"]

    def delete_resource_policy(self, _parameters: Json) -> None:
        assert self.policy is not None
        self.policy = None

    def update_agent_runtime(self, parameters: Json) -> None:
        assert self.status == "READY"
        sent = parameters["networkConfiguration"]["networkModeConfig"]
        if "requireServiceS3Endpoint" in sent and not self.old:
            raise RefusedError("requireServiceS3Endpoint is not supported for this runtime")
        token = parameters.pop("clientToken")
        if token in self.tokens:
            return
        self.tokens.add(token)
        last = self.versions[self.newest]
        named = {member: last[member] for member in READ_ONLY if member in last}
        if not self.old:
            sent["requireServiceS3Endpoint"] = False
        self.versions[self.newest + 1] = {**named, **parameters, "agentRuntimeVersion": str(self.newest + 1)}
        self.status = "UPDATING"

    def update_agent_runtime_endpoint(self, parameters: Json) -> None:
        name, version = parameters["endpointName"], int(parameters["agentRuntimeVersion"])
        assert name != "DEFAULT"
        assert self.endpoints[name]["status"] == "READY"
        self.endpoints[name].update(target=version, status="UPDATING")


_OPERATIONS: dict[str, Callable[[NaiveService, Json], None]] = {
    "PutResourcePolicy": NaiveService.put_resource_policy,
    "DeleteResourcePolicy": NaiveService.delete_resource_policy,
    "UpdateAgentRuntime": NaiveService.update_agent_runtime,
    "UpdateAgentRuntimeEndpoint": NaiveService.update_agent_runtime_endpoint,
}


@cache
def _input(operation: str) -> Any:
    model = botocore.session.get_session().get_service_model("bedrock-agentcore-control")
    return model.operation_model(operation).input_shape
