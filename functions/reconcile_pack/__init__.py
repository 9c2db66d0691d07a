"""Lambda: keep one controller as the policy pack says."""
