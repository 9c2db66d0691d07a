"""The lab's own AgentCore: its control plane and the part of its data plane that a guardrail has to see, in memory."""
