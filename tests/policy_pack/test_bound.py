"""A pack that is bound for a controller is a good one, and knows its place."""

import json
from pathlib import Path

import pytest

from guardrail.core.errors import GuardrailError
from guardrail.core.firewall.pack import Mode
from policy_pack.bound import bound_pack
from policy_pack.load import EXAMPLE_BINDINGS, SHIPPED

EXAMPLE = SHIPPED / EXAMPLE_BINDINGS


def bindings(tmp_path: Path, **changes: object) -> Path:
    """The least that the shipped pack can be bound with, and these."""
    said = {"name_prefix": "ours", "account": "111122223333", "region": "us-east-1", "runtime_subnets": ["subnet-0a"]}
    file = tmp_path / "bindings.json"
    file.write_text(json.dumps({key: value for key, value in {**said, **changes}.items() if value is not None}))
    return file


def test_the_bindings_say_where_and_how(tmp_path):
    bound = bound_pack(
        SHIPPED,
        bindings(
            tmp_path, spoke_gateway="spoke", attachment_point="TERRAFORM_AFTER_UI_MANAGED", manage_default_action=True
        ),
    )

    assert (bound.prefix, bound.spoke_gateway, bound.pack.name) == ("ours", "spoke", "agentcore")
    assert (bound.attachment_point, bound.manage_default_action) == ("TERRAFORM_AFTER_UI_MANAGED", True)


@pytest.mark.parametrize(
    ("said", "asked", "mode"),
    [(None, None, Mode.DISCOVER), ("enforce", None, Mode.ENFORCE), ("enforce", Mode.DISCOVER, Mode.DISCOVER)],
)
def test_without_a_word_nothing_is_enforced(tmp_path, said, asked, mode):
    assert bound_pack(SHIPPED, bindings(tmp_path, mode=said), asked).mode is mode


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"name_prefix": None}, "name_prefix is missing"), ({"runtime_subnets": []}, "runtime_subnets")],
)
def test_a_pack_that_cannot_be_used_is_refused(tmp_path, changes, why):
    with pytest.raises(GuardrailError, match=why):
        bound_pack(SHIPPED, bindings(tmp_path, **changes))


def test_the_example_is_bound_as_it_stands():
    assert bound_pack(SHIPPED, EXAMPLE).prefix == "agentcore-vca"
