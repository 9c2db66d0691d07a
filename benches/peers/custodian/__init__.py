"""Cloud Custodian with a resource plug-in for AgentCore runtimes and one policy."""
