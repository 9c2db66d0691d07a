import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.firewall.versions import ControllerVersion
from guardrail.gateways.controller.rule import ANY, read_rule, written_rule
from guardrail.gateways.controller.shape import Unexpected

OLD, NEW = ControllerVersion(9, 0), ControllerVersion(10, 1)
BARE = {"name": "r", "action": "PERMIT"}


def test_what_is_absent_has_its_default():
    assert read_rule(BARE) == {
        "name": "r", "action": "PERMIT", "protocol": ANY, "priority": 0, "src_ads": [], "dst_ads": [],
        "web_filters": [], "logging": False, "exclude_sg_orchestration": False, "system_resource": False, "uuid": "",
        "tls_profile": "", "log_profile": "", "flow_app_requirement": "APP_UNSPECIFIED",
        "decrypt_policy": "DECRYPT_UNSPECIFIED", "port_ranges": [], "enforcement": "ENFORCE",
    }  # fmt: skip


@pytest.mark.parametrize("spelling", ["ANY", "any", "PROTOCOL_ANY_UNSPECIFIED", "PROTOCOL_UNSPECIFIED"])
def test_any_protocol_has_three_spellings(spelling):
    assert read_rule(BARE | {"protocol": spelling})["protocol"] == "PROTOCOL_UNSPECIFIED"


@pytest.mark.parametrize(
    ("shown", "read"),
    [({"lo": 443, "hi": 443}, {"lo": 443}), ({"lo": 443, "hi": 0}, {"lo": 443}), ({"lo": 443}, {"lo": 443}),
     ({"lo": 1, "hi": 9}, {"lo": 1, "hi": 9})],
)  # fmt: skip
def test_a_single_port_has_no_hi(shown, read):
    assert read_rule(BARE | {"port_ranges": [shown]})["port_ranges"] == [read]


@pytest.mark.parametrize(
    ("shown", "enforcement"),
    [
        ({}, "ENFORCE"),
        ({"watch": False}, "ENFORCE"),
        ({"watch": True}, "MONITOR"),
        ({"enforcement": "DISABLE"}, "DISABLE"),
        ({"enforcement": "ENFORCE", "watch": True}, "ENFORCE"),
    ],
)
def test_watch_is_read_as_enforcement(shown, enforcement):
    rule = read_rule(BARE | shown)

    assert rule["enforcement"] == enforcement
    assert "watch" not in rule


@pytest.mark.parametrize(
    ("version", "enforcement", "written"),
    [
        (OLD, "ENFORCE", {}),
        (OLD, "MONITOR", {"watch": True}),
        (NEW, "ENFORCE", {"enforcement": "ENFORCE"}),
        (NEW, "MONITOR", {"enforcement": "MONITOR"}),
        (NEW, "DISABLE", {"enforcement": "DISABLE"}),
    ],
)
def test_a_rule_is_written_with_watch_or_enforcement_never_both(version, enforcement, written):
    sent = written_rule(read_rule(BARE | {"enforcement": enforcement}), version)

    assert {key: sent[key] for key in ("watch", "enforcement") if key in sent} == written


def test_a_disabled_rule_is_not_sent_to_a_controller_that_would_enforce_it():
    with pytest.raises(ValueError, match=r"needs controller 10\.1"):
        written_rule(read_rule(BARE | {"enforcement": "DISABLE"}), OLD)


def test_what_is_empty_is_not_written():
    assert written_rule(dict(read_rule(BARE)), OLD) == BARE | {
        "protocol": ANY, "priority": 0, "src_ads": [], "dst_ads": [],
        "flow_app_requirement": "APP_UNSPECIFIED", "decrypt_policy": "DECRYPT_UNSPECIFIED",
    }  # fmt: skip


def test_members_that_we_do_not_know_are_sent_back_as_they_came():
    unknown = {"desc": "", "ruleset": 0, "nested_rules": [], "egress_path": "EGRESS_PATH_LOCAL", "new": {"a": [1]}}

    assert unknown.items() <= written_rule(read_rule(BARE | unknown), OLD).items()


@pytest.mark.parametrize("version", [OLD, NEW])
def test_a_rule_that_nobody_changed_is_sent_back_as_it_came(version):
    shown = BARE | {"uuid": "u", "protocol": "PROTOCOL_ANY_UNSPECIFIED", "priority": 0, "web_filters": None}
    shown |= {"port_ranges": [{"lo": 443, "hi": 443}]} | ({"enforcement": "ENFORCE"} if version is NEW else {})

    sent = written_rule(read_rule(shown | {"system_resource": False}), version)

    assert sent == shown | {"protocol": ANY, "port_ranges": [{"lo": 443}]}


def test_a_rule_that_was_changed_after_it_was_read_is_sent_as_it_is_now():
    rule = read_rule(BARE)
    rule["logging"] = True

    assert written_rule(rule, OLD)["logging"] is True


RULES = st.fixed_dictionaries(
    {"name": st.text(min_size=1), "action": st.sampled_from(["PERMIT", "DENY"])},
    optional={
        "uuid": st.text(), "src_ads": st.none() | st.lists(st.text()), "web_filters": st.lists(st.text()),
        "protocol": st.sampled_from(["TCP", "UDP", "ICMP", "ANY", ANY, "PROTOCOL_ANY_UNSPECIFIED"]),
        "priority": st.integers(0, 9), "logging": st.booleans(), "watch": st.booleans(),
        "enforcement": st.sampled_from(["ENFORCE", "MONITOR"]), "tls_profile": st.text(), "x": st.integers(),
        "port_ranges": st.lists(st.fixed_dictionaries({"lo": st.integers(0, 9)}, optional={"hi": st.integers(0, 9)})),
    },
)  # fmt: skip


@given(document=RULES, version=st.sampled_from([OLD, NEW]))
def test_a_rule_that_is_read_and_written_reads_the_same_again(document, version):
    rule = read_rule(document)

    assert read_rule(written_rule(rule, version)) == rule


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": 5}, {"action": None}, {"protocol": 6}, {"priority": "1"}, {"priority": True}, {"src_ads": "x"},
        {"dst_ads": [1]}, {"logging": "yes"}, {"watch": 1}, {"uuid": 5}, {"port_ranges": {}}, {"port_ranges": [1]},
        {"port_ranges": [{"lo": "a"}]}, {"enforcement": "SOMETIMES"}, {"system_resource": "true"},
    ],
)  # fmt: skip
def test_a_member_of_the_wrong_type_is_unexpected(wrong):
    with pytest.raises(Unexpected):
        read_rule(BARE | wrong)
