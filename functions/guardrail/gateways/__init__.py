"""The ports over real systems: the only code that talks to one."""
