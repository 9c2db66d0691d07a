"""Whom an order goes to, and what it says besides what is to be done."""

from dataclasses import dataclass
from typing import Annotated

import typer

from guardrail_cli.formats import Format
from guardrail_cli.parameters import CaOption, InsecureOption, PasswordOption, UserOption
from guardrail_cli.reach import PASSWORD_VARIABLE, Reach

UNDO_FILE = "guardrail-undo.json"


@dataclass(frozen=True, slots=True)
class Target:
    """A deployed function; with `controller`, that controller itself."""

    function: Annotated[
        str | None,
        typer.Option("--function", metavar="NAME", help="The back_out function.", show_default="from its stack"),
    ] = None
    controller: Annotated[
        str | None,
        typer.Option("--controller", metavar="URL", help="Go straight at this controller.", show_default=False),
    ] = None
    ca: CaOption = None
    insecure: InsecureOption = False
    user: UserOption = "admin"
    password_env: PasswordOption = PASSWORD_VARIABLE
    gateway: Annotated[
        str | None,
        typer.Option("--gateway", metavar="NAME", help="The spoke gateway.", show_default="the only one"),
    ] = None
    bindings: Annotated[
        str | None,
        typer.Option("--bindings", metavar="FILE", help="Says what our rules are called.", show_default=False),
    ] = None
    undo_file: Annotated[
        str | None,
        typer.Option("--undo-file", metavar="FILE", help="Takes a direct order back.", show_default=UNDO_FILE),
    ] = None
    form: Annotated[Format, typer.Option("--format", help="How to print the answer.")] = Format.TEXT

    def reach(self, controller: str) -> Reach:
        """Return how that controller is reached."""
        return Reach(controller, self.ca, self.insecure, self.user, self.password_env)


@dataclass(frozen=True, slots=True)
class Telling:
    """Who says why, and for how long."""

    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="For all who read the record.", show_default=False)
    ]
    time: Annotated[
        str, typer.Option("--for", metavar="TIME", help="When it ends by itself: 30m, 4h, P1D; 7 days at most.")
    ] = "4h"
    claimed_by: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Who you say you are.", show_default="your login name")
    ] = None
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which calls would be made.")] = False
