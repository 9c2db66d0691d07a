import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.bound_json import bound_document, parse_bound
from guardrail.core.firewall.pack import Mode
from guardrail.core.firewall.versions import ControllerVersion
from policy_pack.load import SHIPPED, load
from tests.firewall_states import State

PACK = load(SHIPPED).pack
BOUND = BoundPack(PACK, "agentcore-vca", Mode.WATCH, True, "TERRAFORM_AFTER_UI_MANAGED", "spoke")
VERSIONS = [ControllerVersion(8, 1), ControllerVersion(10, 1)]


def test_the_shipped_pack_comes_back_as_it_was_but_for_what_was_proven_before():
    back = parse_bound(json.loads(json.dumps(bound_document(BOUND))))

    assert back == replace(BOUND, pack=replace(PACK, expectations=(), never=()))
    assert [back.desired(version) for version in VERSIONS] == [BOUND.desired(version) for version in VERSIONS]


@given(st.integers(0, 10**6), st.sampled_from(Mode))
def test_any_pack_comes_back_as_it_was(seed, mode):
    bound = BoundPack(State(seed).old, "ours", mode)

    assert parse_bound(json.loads(json.dumps(bound_document(bound)))) == bound


def spoiled(**changes):
    return {**bound_document(BOUND), **changes}


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        spoiled(version=2),
        spoiled(mode="off"),
        spoiled(prefix=None),
        spoiled(rules=[{}]),
        spoiled(rules=None),
        spoiled(smart_groups=[]),
        spoiled(web_groups={"w": {"sni": None, "url": []}}),
        spoiled(default_action={"action": "MAYBE", "logging": True}),
        {key: value for key, value in bound_document(BOUND).items() if key != "max_deletes"},
    ],
)
def test_what_no_version_wrote_is_refused(document):
    with pytest.raises(InvalidInput, match="bound pack"):
        parse_bound(document)
