"""The shipped pack, compiled: golden files whose diff shows what a change does to a controller."""

import json

import pytest

from tests.policy_pack.arrange import SHIPPED

WIDTH = 118


def pretty(value, indent=0, taken=0):
    """JSON with as much on a line as fits on it."""
    flat = json.dumps(value, ensure_ascii=False)
    if indent + taken + len(flat) < WIDTH or not isinstance(value, dict | list):
        return flat
    pad = "\n" + " " * (indent + 2)
    if isinstance(value, dict):
        inner = [f"{json.dumps(key)}: {pretty(each, indent + 2, len(key) + 4)}" for key, each in value.items()]
    else:
        inner = [pretty(each, indent + 2) for each in value]
    start, end = "{}" if isinstance(value, dict) else "[]"
    return start + ",".join(pad + each for each in inner) + "\n" + " " * indent + end


@pytest.mark.parametrize(("version", "mode"), [("8.2", "discover"), ("9.0", "enforce"), ("10.1", "watch")])
def test_the_compiled_pack_is_the_one_that_was_reviewed(guardrail, golden, tmp_path, version, mode):
    bindings = tmp_path / "bindings.yaml"
    bindings.write_text((SHIPPED / "bindings.example.yaml").read_text() + "mitm_ca_trusted: true\n")
    options = ("--bindings", str(bindings), "--controller-version", version, "--mode", mode)
    document = json.loads(guardrail("pack", "compile", str(SHIPPED), *options).out)
    wire = document["wire"]

    assert wire["ruleset"].pop("policies") == wire["policy_list"]["policies"]
    if mode != "enforce":
        assert {each["why"].partition(" ")[2] for each in document.pop("unproven")} >= {"is on Watch"}
    golden(f"agentcore-{version}-{mode}.json", pretty(document) + "\n")
