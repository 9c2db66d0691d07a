"""Lambda: look at the runtimes named on the queue."""
