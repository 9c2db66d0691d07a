"""What is made, listed and deleted but hardly ever changed: browsers, code interpreters, capacity providers."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from guardrail_lab.agentcore import network
from guardrail_lab.agentcore.account import Account, Resource
from guardrail_lab.agentcore.clock import written
from guardrail_lab.agentcore.errors import conflict
from guardrail_lab.agentcore.paging import page
from guardrail_lab.agentcore.tags import Tags

Parameters = Mapping[str, Any]
Answer = dict[str, Any]

UNKEPT = frozenset({"name", "clientToken", "tags"})


@dataclass(frozen=True, slots=True)
class Kind:
    """The words that one kind of resource uses on the wire.

    Attributes:
        path: Of its ARN.
        prefix: Of its members, such as ``browserId``.
        listed: The member that a List answers with.
    """

    path: str
    prefix: str
    listed: str
    is_tool: bool


BROWSER = Kind("browser-custom", "browser", "browserSummaries", is_tool=True)
CODE_INTERPRETER = Kind("code-interpreter-custom", "codeInterpreter", "codeInterpreterSummaries", is_tool=True)
CAPACITY_PROVIDER = Kind("capacity-provider", "capacityProvider", "capacityProviders", is_tool=False)


class Resources:
    """One kind of resource in one account. A tool's network cannot be changed: there is no such operation."""

    def __init__(self, kind: Kind, account: Account, tags: Tags) -> None:
        self._kind, self._account, self._tags = kind, account, tags

    def create(self, parameters: Parameters, at: float) -> Answer:
        """Create a browser, code interpreter or capacity provider."""
        name, kind = parameters["name"], self._kind
        if any(found.name == name for found in self._account.all_resources(kind.path, at)):
            raise conflict(f"A {kind.path} of this name exists")
        if kind.is_tool:
            network.check_placement(parameters["networkConfiguration"], "vpcConfig")
            network.refuse_s3(parameters["networkConfiguration"], "vpcConfig")
        sent = {member: value for member, value in parameters.items() if member not in UNKEPT}
        resource_id, sequence = self._account.new_id(name)
        arn, settles_at = self._account.arn(f"{kind.path}/{resource_id}"), at + self._account.behaviour.settle_seconds
        made = Resource(kind.path, resource_id, name, arn, sequence, copy.deepcopy(sent), at, at, settles_at)
        self._tags.put_first(arn, parameters.get("tags"), at)
        self._account.resources.put(resource_id, made, at)
        made_at_or_name = {"createdAt": written(at)} if kind.is_tool else {"name": name}
        return {f"{kind.prefix}Id": resource_id, f"{kind.prefix}Arn": arn, "status": "CREATING", **made_at_or_name}

    def get(self, parameters: Parameters, at: float) -> Answer:
        """Read one, whole."""
        found = self._found(parameters, at)
        return {
            **found.configuration,
            **self._named(found),
            "status": found.status(at),
            "createdAt": written(found.created_at),
            "lastUpdatedAt": written(found.changed_at),
        }

    def list(self, parameters: Parameters, at: float) -> Answer:
        """List the account's own; those that AWS provides are not listed in the lab."""
        existing = self._account.all_resources(self._kind.path, at)
        found, more = page(
            [] if parameters.get("type") == "SYSTEM" else existing,
            parameters,
            lambda resource: resource.sequence,
            scope=self._kind.path,
            default=self._account.behaviour.page_size,
        )
        return {self._kind.listed: [self._summary(resource, at) for resource in found], **more}

    def delete(self, parameters: Parameters, at: float) -> Answer:
        """Delete one. A capacity provider that a runtime's version uses stays (our reading)."""
        found = self._found(parameters, at)
        if found.status(at).endswith("ING"):
            raise conflict("It is changing; wait until it has settled")
        if not self._kind.is_tool and self._is_used(found, at):
            raise conflict("A version of a runtime uses it")
        gone_at = at + self._account.behaviour.settle_seconds
        self._account.resources.put(found.id, replace(found, gone_at=gone_at), at)
        answer = {f"{self._kind.prefix}Id": found.id, "status": "DELETING"}
        return answer | ({"lastUpdatedAt": written(at)} if self._kind.is_tool else {})

    def _found(self, parameters: Parameters, at: float) -> Resource:
        return self._account.resource(self._kind.path, parameters[f"{self._kind.prefix}Id"], at)

    def _named(self, found: Resource) -> Answer:
        prefix = self._kind.prefix
        return {f"{prefix}Id": found.id, f"{prefix}Arn": found.arn, "name": found.name}

    def _summary(self, found: Resource, at: float) -> Answer:
        described = {"description": found.configuration["description"]} if "description" in found.configuration else {}
        answer = {**self._named(found), "status": found.status(at), "lastUpdatedAt": written(found.changed_at)}
        return answer | ({"createdAt": written(found.created_at), **described} if self._kind.is_tool else {})

    def _is_used(self, found: Resource, at: float) -> bool:
        return any(
            version.configuration.get("capacityProviderConfiguration", {}).get("capacityProviderArn") == found.arn
            for runtime in self._account.all_runtimes(at)
            for version in runtime.versions_at(at)
        )
