"""Benchmarks: how much work the guardrail does, side by side with what one would use instead."""
