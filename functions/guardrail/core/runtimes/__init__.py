"""The runtimes wing: what an AgentCore runtime is, who changed it, and whether it may stay as it is."""
