"""What stopped a command, told in one line: where, what, expected."""

import traceback
from pathlib import Path

import typer

from guardrail.core.errors import GuardrailError


def in_one_line(error: Exception) -> str:
    """Return the line for an error that ended a command; input is not quoted in it."""
    if isinstance(error, GuardrailError):
        return str(error)
    if isinstance(error, typer.TyperException):
        return _usage(error)
    if isinstance(error, OSError) and error.strerror:
        return f"guardrail: {error.strerror}"
    if isinstance(error, MemoryError):
        return "guardrail: out of memory"
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"guardrail: unexpected {type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}; please report it"
    )


def _usage(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "guardrail"
    return f"{command}: {error.format_message().rstrip('.')}; {command} --help shows what is expected"
