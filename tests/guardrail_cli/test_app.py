import re
import subprocess
import sys
from importlib.metadata import version

import pytest
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from guardrail_cli.app import app
from tests.guardrail_cli.arrange import GUARDRAIL, environment

STARTED = "import sys; from guardrail_cli.main import run; run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"


def commands(command=None, path="guardrail"):
    """Every command and group, by what a user types for it."""
    command = command or get_command(app)
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from commands(child, f"{path} {name}")


COMMANDS = dict(commands())


def test_the_commands_of_this_version_are_there():
    leaves = [path for path, command in COMMANDS.items() if not isinstance(command, TyperGroup)]

    assert leaves == [
        "guardrail judge",
        "guardrail trail",
        "guardrail replay",
        "guardrail back-out",
        "guardrail restore",
        "guardrail status",
        "guardrail exempt",
        "guardrail revoke",
        "guardrail rule",
        "guardrail iam render",
        "guardrail pack check",
        "guardrail pack compile",
        "guardrail pack explain",
        "guardrail pack diff",
        "guardrail pack new-destination",
        "guardrail pack plan",
        "guardrail pack apply",
        "guardrail pack drift",
        "guardrail watch on",
        "guardrail watch off",
        "guardrail controller probe",
        "guardrail lab cloud",
        "guardrail lab controller",
    ]


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_and_every_parameter_has_help_and_an_example(path):
    command: TyperCommand = COMMANDS[path]

    assert command.help
    assert re.search(rf"^  {path} [\w-]", command.epilog, re.MULTILINE)
    assert [parameter.name for parameter in command.params if not parameter.help] == []


@pytest.mark.parametrize("path", COMMANDS)
def test_help_fits_80_columns_and_is_printed_without_complaint(guardrail, path):
    shown = guardrail(*path.split()[1:], "--help")

    assert (shown.code, shown.err) == (0, b"")
    assert shown.out.startswith(f"Usage: {path} ".encode())
    assert max(len(line) for line in shown.out.decode().splitlines()) <= 80


@pytest.mark.parametrize("path", ["guardrail", "guardrail iam", "guardrail pack", "guardrail watch", "guardrail lab"])
def test_a_list_of_commands_says_what_each_does_and_is_not_cut(guardrail, path):
    listed = guardrail(*path.split()[1:], "--help").out.decode().partition("Commands:\n")[2]

    assert set(re.findall(r"^  ([a-z-]+)  +\S", listed, re.MULTILINE)) == set(COMMANDS[path].commands)
    assert "..." not in listed


def test_the_version_is_that_of_the_package(guardrail):
    assert guardrail("--version").out.decode() == f"guardrail {version('agentcore-guardrail')}\n"


def test_a_shell_completes_commands_and_choices():
    asked = {"_GUARDRAIL_COMPLETE": "complete_bash", "COMP_WORDS": "guardrail judge --format s", "COMP_CWORD": "3"}
    shown = subprocess.run([GUARDRAIL], capture_output=True, env=environment(**asked))

    assert shown.stdout.split() == [b"sarif"]


def test_a_command_starts_without_what_it_does_not_need(files):
    """Half a second of every start would be theirs."""
    arguments = ["judge", "fine.json", "--zone", "zone.json", "--format", "json"]
    done = subprocess.run([sys.executable, "-c", STARTED, *arguments], capture_output=True, text=True)

    assert not {"pydantic", "rich.console", "boto3", "urllib3", "guardrail_lab"} & set(done.stderr.split())
    assert "guardrail.core.runtimes.verdict" in done.stderr
