"""The command that takes a direct order back, as a shell takes it."""

import shlex

from guardrail_cli.reach import PASSWORD_VARIABLE, Reach

_USUAL_USER = "admin"


def restore_command(reach: Reach, path: str) -> str:
    """Return the command that restores what an undo file holds; no password is in it."""
    options = ["--controller", reach.controller, "--undo-file", path]
    options += ["--ca", reach.ca] if reach.ca else []
    options += ["--insecure"] if reach.insecure else []
    options += ["--user", reach.user] if reach.user != _USUAL_USER else []
    options += ["--password-env", reach.password_env] if reach.password_env != PASSWORD_VARIABLE else []
    return shlex.join(["guardrail", "restore", *options])
