"""What the functions share: decisions (core), what they need (ports), use cases (flows), real systems (gateways)."""
