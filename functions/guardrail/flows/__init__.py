"""Use cases: read, decide (core), act (ports), record."""
