"""What the commands of `guardrail pack` do, one module each."""
