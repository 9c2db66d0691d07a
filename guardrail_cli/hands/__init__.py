"""The operator's hands: orders to a deployed guardrail, or straight to a controller when AWS does not answer."""
