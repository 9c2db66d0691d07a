"""Every example of docs/cli.md runs, on the files that it shows, and prints what it shows."""

import os
import re
import shlex
import signal
import subprocess
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from typer.main import get_command

from guardrail_cli.app import app
from guardrail_lab.controller.launch import local_controller
from tests.guardrail_cli.arrange import GUARDRAIL, environment
from tests.guardrail_cli.aws_endpoint import BACKED_OUT, STATUS, aws_endpoint

TEXT = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
FILES = dict(re.findall(r"^```json (\S+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
EXAMPLES = re.findall(r"^```console\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
UNTIL_CTRL_C = "^C\n"
PATH = f"{GUARDRAIL.parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture
def shown_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)


def as_shown(printed, shown):
    """Whether what was printed is what is shown; `...` stands for anything."""
    pattern = ".*".join(re.escape(part) for part in shown.replace("\n...\n", "\n...").split("..."))
    return re.fullmatch(pattern, printed, re.DOTALL)


@contextmanager
def surroundings(example):
    """What an example reaches: a new simulated controller, or functions that are deployed and answer as shown."""
    with ExitStack() as stack:
        aws = stack.enter_context(aws_endpoint())
        aws.stacks = [{"BackOutFunction": "back-out", "BackOutScopes": "insertion,policy,response"}]
        aws.answers = {"back-out": lambda order: STATUS if order["command"] == "status" else BACKED_OUT}
        place = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
        place |= {"AWS_ENDPOINT_URL": aws.url, "AVIATRIX_PASSWORD": "any"}
        if "$CONTROLLER" in example:
            controller = stack.enter_context(local_controller())
            place |= {"CONTROLLER": controller.url, "CONTROLLER_CA": str(controller.ca_path)}
        yield place


@pytest.mark.usefixtures("shown_files")
@pytest.mark.parametrize("example", [each for each in EXAMPLES if not each.endswith(UNTIL_CTRL_C)])
def test_an_example_prints_what_it_shows(example):
    steps = [step.partition("\n") for step in re.split(r"^\$ ", example, flags=re.MULTILINE)[1:]]
    mark = "=== end of a command ==="
    script = "\n".join(f'{command}\ncode=$?; echo "{mark}"; (exit $code)' for command, _, _ in steps)
    with surroundings(example) as place:
        done = subprocess.run(
            ["bash", "-c", script], stdout=-1, stderr=subprocess.STDOUT, text=True, env=environment(PATH=PATH, **place)
        )
    printed = done.stdout.split(f"{mark}\n")

    for (command, _, shown), what in zip(steps, printed, strict=False):
        assert as_shown(what, shown), f"{command}\nprinted:\n{what}\nshown:\n{shown}"


@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.endswith(UNTIL_CTRL_C)])
def test_an_example_that_ends_with_ctrl_c_ends_well(example):
    command, _, shown = example.removeprefix("$ ").removesuffix(UNTIL_CTRL_C).partition("\n")
    with subprocess.Popen(
        shlex.split(command), stdout=-1, stderr=subprocess.STDOUT, text=True, env=environment(PATH=PATH)
    ) as process:
        printed = ""
        while "Ctrl-C" not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        process.send_signal(signal.SIGINT)
        printed += process.stdout.read()

    assert (process.returncode, bool(as_shown(printed, shown))) == (0, True), printed


def test_every_command_has_an_example_and_a_synopsis():
    def leaves(command, path):
        children = getattr(command, "commands", {})
        return (
            [path] if not children else [leaf for name in children for leaf in leaves(children[name], f"{path} {name}")]
        )

    for path in leaves(get_command(app), "guardrail"):
        assert any(re.search(rf"^\$ {path} ", example, re.MULTILINE) for example in EXAMPLES), path
        assert f"\n## {path}\n\n```\n{path} " in TEXT, path


def test_every_option_stands_in_the_docs():
    def options(command):
        yield from (name for parameter in command.params for name in parameter.opts if name.startswith("--"))
        for child in getattr(command, "commands", {}).values():
            yield from options(child)

    assert [name for name in options(get_command(app)) if name not in TEXT] == []
