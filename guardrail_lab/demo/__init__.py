"""The demo: the guardrail deployed for real on the local cloud, chapter by chapter, every step verified."""
