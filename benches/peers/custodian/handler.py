"""Cloud Custodian in its Lambda mode: its own entry point, with a resource type for AgentCore runtimes."""

import os
from pathlib import Path

from c7n import handler as custodian
from c7n.manager import resources
from c7n.query import QueryResourceManager, TypeInfo
from c7n.resources.resource_map import ResourceMap

ResourceMap["aws.agentcore-runtime"] = f"{__name__}.AgentCoreRuntime"
os.chdir(Path(__file__).parent)  # it reads config.json from its working directory, as in a Lambda package


@resources.register("agentcore-runtime")
class AgentCoreRuntime(QueryResourceManager):
    """List the runtimes, then read each one that the event names."""

    class resource_type(TypeInfo):  # noqa: N801  Custodian's name
        service = "bedrock-agentcore-control"
        enum_spec = ("list_agent_runtimes", "agentRuntimes", None)
        detail_spec = ("get_agent_runtime", "agentRuntimeId", "agentRuntimeId", None)
        id = "agentRuntimeId"
        name = "agentRuntimeName"
        arn = "agentRuntimeArn"
        permission_prefix = "bedrock-agentcore"


handler = custodian.dispatch_event
