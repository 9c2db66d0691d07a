"""Lambda: ask for a look at every runtime."""
