"""docs/lab.md says what the lab's AgentCore is."""

import re
from dataclasses import fields
from pathlib import Path

from botocore.loaders import Loader

from guardrail_lab.agentcore.behaviour import Behaviour, MetadataRule
from guardrail_lab.agentcore.client import InMemoryClient
from guardrail_lab.agentcore.clock import VirtualClock
from guardrail_lab.agentcore.control_plane import ControlPlane
from guardrail_lab.agentcore.model import AgentCoreModel

TEXT = (Path(__file__).parents[2] / "docs" / "lab.md").read_text()


def test_every_setting_stands_in_the_table():
    table = TEXT.split("## Settings")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)

    assert re.findall(r"`(\w+)`", " ".join(rows)) == [field.name for field in fields(Behaviour)]
    assert all(f"`{rule}`" in table for rule in MetadataRule)


def test_the_example_runs():
    [example] = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names = {each.__name__: each for each in (AgentCoreModel, ControlPlane, InMemoryClient, Loader, VirtualClock)}

    exec(example, names)
