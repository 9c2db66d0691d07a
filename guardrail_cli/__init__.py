"""The operator's commands: offline checks, and calls to a deployed guardrail or a controller."""
