"""Environment -> typed settings, once, with a clear error."""
