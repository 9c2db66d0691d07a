"""A pack compiled and written as a controller takes it, and read back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.compile import compiled
from guardrail.core.firewall.deployable import deployable
from guardrail.core.firewall.objects import (
    ANYWHERE,
    DEFAULT_TLS_PROFILE,
    SYSTEM_GROUPS,
    Action,
    AppRequirement,
    Decrypt,
    DefaultAction,
    Enforcement,
    Protocol,
)
from guardrail.core.firewall.pack import Mode, PolicyPack
from guardrail.core.firewall.versions import CURRENT, ControllerVersion
from guardrail.core.firewall.wire import (
    default_action_body,
    policy_list_body,
    ruleset_body,
    smart_group_body,
    web_group_body,
)
from guardrail.core.firewall.wire_reading import parse_policy, parse_smart_group, parse_state
from tests.firewall_builders import pack, rule
from tests.firewall_worlds import World

VERSIONS = [ControllerVersion(*numbers) for numbers in ((7, 1), (8, 0), (8, 1), (8, 2), (9, 0), (10, 1))]
V10_1 = VERSIONS[-1]
UUIDS = {}


def desired(*rules, version=CURRENT, mode=Mode.ENFORCE, **changes):
    return compiled(deployable(pack(*rules, **changes), version, mode), "ours")


def numbered(state):
    names = [group.name for group in (*state.smart_groups, *state.web_groups)]
    return {name: f"uuid-{at}" for at, name in enumerate(names)}


def body(*rules, version=CURRENT, mode=Mode.ENFORCE):
    state = desired(*rules, version=version, mode=mode)
    return policy_list_body(state, numbered(state), version)["policies"][0]


def test_names_on_the_controller_begin_with_the_prefix():
    state = desired(rule(web=("names",), dst=("others",)))

    assert state.ruleset == "ours-test"
    assert [each.name for each in state.rules] == ["ours-r", "ours-last"]
    assert [each.name for each in state.smart_groups] == ["ours-agents", "ours-others"]
    assert state.rules[0].web == ("ours-names",)
    assert state.rules[1].dst == (ANYWHERE,)


def test_groups_that_no_rule_needs_are_not_there():
    assert [each.name for each in desired().smart_groups] == ["ours-agents"]


def test_a_rule_says_what_is_true_and_leaves_out_what_is_empty():
    assert body(rule(dst=("others",), ports=[(443, 443), (8000, 8100)], web=("names",))) == {
        "name": "ours-r",
        "action": "PERMIT",
        "src_ads": ["uuid-0"],
        "dst_ads": ["uuid-1"],
        "web_filters": ["uuid-2"],
        "port_ranges": [{"lo": 443}, {"lo": 8000, "hi": 8100}],
        "protocol": "TCP",
        "priority": 10,
        "logging": True,
        "flow_app_requirement": "APP_UNSPECIFIED",
        "decrypt_policy": "DECRYPT_NOT_ALLOWED",
    }


def test_any_protocol_is_written_as_unspecified_and_anywhere_is_the_controllers_own():
    written = body(rule("r", "DENY"))

    assert written["protocol"] == "PROTOCOL_UNSPECIFIED"
    assert written["dst_ads"] == [SYSTEM_GROUPS[ANYWHERE]]


@pytest.mark.parametrize(
    ("version", "action", "said"),
    [
        (VERSIONS[3], "DENY", {"watch": True}),
        (VERSIONS[3], "PERMIT", {}),
        (V10_1, "DENY", {"enforcement": "MONITOR"}),
        (V10_1, "PERMIT", {"enforcement": "ENFORCE"}),
    ],
)
def test_watch_is_a_flag_until_10_1_and_a_word_from_then_on(version, action, said):
    written = body(rule("r", action), version=version, mode=Mode.DISCOVER)

    assert {key: written[key] for key in ("watch", "enforcement") if key in written} == said


def test_a_ruleset_names_where_it_is_attached():
    state = desired()
    written = ruleset_body(state, numbered(state), CURRENT, "a-point")

    assert (written["attach_to"], written["name"], len(written["policies"])) == ("a-point", "ours-test", 1)


def test_groups_are_alternatives_of_conditions():
    state = desired(rule(web=("names",), dst=("vms",)))

    assert smart_group_body(state.smart_groups[1]) == {
        "name": "ours-vms",
        "selector": {"any": [{"all": {"tags.env": "prod", "type": "vm"}}]},
    }
    assert web_group_body(state.web_groups[0]) == {
        "name": "ours-names",
        "selector": {"any": [{"all": {"snifilter": "api.example.com"}}, {"all": {"snifilter": "*.sub.example.com"}}]},
    }


def test_the_default_action_has_all_three_keys():
    assert default_action_body(DefaultAction(Action.DENY, logging=True)) == {
        "action": "DENY",
        "logging": True,
        "log_profile": "",
    }


def read_back(state, version):
    """What a controller would return for what was written, read."""
    uuids = numbered(state)
    groups = [smart_group_body(group) for group in state.smart_groups]
    groups += [web_group_body(group) for group in state.web_groups]
    listed = [group | {"uuid": uuids[group["name"]], "system_resource": False} for group in groups]
    rules = ruleset_body(state, uuids, version, "a-point")["policies"]
    assert rules == policy_list_body(state, uuids, version)["policies"]
    return parse_state(state.ruleset, listed, rules, default_action_body(state.default_action))


@given(
    seed=st.integers(0, 2**32),
    version=st.sampled_from(VERSIONS),
    mode=st.sampled_from(Mode),
)
def test_compiling_writing_reading_and_writing_again_changes_nothing(seed, version, mode):
    world = World(seed)
    rules = tuple(
        replace(each, priority=at, enforcement=Enforcement.ENFORCE)
        for at, each in enumerate(each for ruleset in world.policy.rulesets for each in ruleset.rules)
    )
    made_up = PolicyPack(
        "made-up",
        smart_groups=world.smart_groups,
        web_groups=world.web_groups,
        rules=rules,
        default_action=world.policy.default_action,
    )
    state = compiled(deployable(made_up, version, mode), "ours")
    again = read_back(state, version)

    assert again == state
    assert read_back(again, version) == state


@pytest.mark.parametrize(
    ("said", "key", "value"),
    [
        ({"protocol": "PROTOCOL_ANY_UNSPECIFIED"}, "protocol", Protocol.ANY),
        ({"protocol": "ANY"}, "protocol", Protocol.ANY),
        ({"protocol": "UDP"}, "protocol", Protocol.UDP),
        ({"decrypt_policy": "DECRYPT_ALLOWED"}, "decrypt", Decrypt.ALLOWED),
        ({"flow_app_requirement": "NOT_TLS_REQUIRED"}, "app", AppRequirement.NOT_TLS_REQUIRED),
        ({"flow_app_requirement": "APP_UNSPECIFIED"}, "app", AppRequirement.UNSPECIFIED),
        ({"watch": True}, "enforcement", Enforcement.MONITOR),
        ({"watch": True, "enforcement": "DISABLE"}, "enforcement", Enforcement.DISABLE),
        ({"tls_profile": ""}, "tls_profile", None),
        ({"tls_profile": DEFAULT_TLS_PROFILE}, "tls_profile", DEFAULT_TLS_PROFILE),
        ({"src_ads": None}, "src", ()),
        ({"src_ads": ["unknown"]}, "src", ("unknown",)),
    ],
)
def test_every_spelling_of_a_controller_is_read(said, key, value):
    assert getattr(parse_policy({"name": "r", "action": "DENY"} | said, {}), key) == value


@pytest.mark.parametrize("ports", [{"lo": 443}, {"lo": 443, "hi": 0}, {"lo": 443, "hi": 443}])
def test_a_single_port_has_three_spellings(ports):
    [read] = parse_policy({"name": "r", "action": "DENY", "port_ranges": [ports]}, {}).ports

    assert (read.lo, read.hi) == (443, 443)


def test_a_group_without_selectors_may_be_written_as_null():
    assert parse_smart_group({"name": "g", "selector": {"any": None}}).selectors == ()


@pytest.mark.parametrize(
    "said", [{"action": "REJECT"}, {"protocol": "SCTP"}, {"port_ranges": [{"hi": 1}]}, {"name": None}]
)
def test_a_rule_of_another_form_is_refused(said):
    written = {"name": "r", "action": "DENY"} | said
    with pytest.raises(InvalidInput, match="policy: expected a rule of a known form"):
        parse_policy({key: value for key, value in written.items() if value is not None}, {})
