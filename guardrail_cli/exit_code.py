"""The three exit codes that every command keeps to."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's end says."""

    FINE = 0
    FAILED = 1
    """Bad input, a usage error, unreachable, refused; one line on stderr says which."""
    FOUND = 2
    """Violations or missing data were found, or changes are pending."""
