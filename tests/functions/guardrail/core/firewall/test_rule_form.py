import pytest

from guardrail.core.firewall.rule_form import UNKNOWN_GROUP, rule_form, rule_view

BARE = {"name": "r", "action": "PERMIT", "src_ads": ["s"], "dst_ads": ["d"]}
TLS = "def000ad-6000-0000-0000-000000000001"

ALIKE = [
    pytest.param({}, {"protocol": "PROTOCOL_ANY_UNSPECIFIED"}, id="any protocol"),
    pytest.param({}, {"protocol": "PROTOCOL_UNSPECIFIED"}, id="unspecified protocol"),
    pytest.param({}, {"enforcement": "ENFORCE", "watch": False}, id="enforced"),
    pytest.param({"watch": True}, {"enforcement": "MONITOR"}, id="Watch by version"),
    pytest.param({"port_ranges": [{"lo": 443}]}, {"port_ranges": [{"lo": 443, "hi": 443}]}, id="one port"),
    pytest.param(
        {"port_ranges": [{"lo": 1, "hi": 2}, {"lo": 9}]},
        {"port_ranges": [{"lo": 9, "hi": 0}, {"lo": 1, "hi": 2}]}, id="ports"
    ),
    pytest.param({"src_ads": ["a", "b"]}, {"src_ads": ["b", "a"]}, id="order of groups"),
    pytest.param({}, {"web_filters": None, "port_ranges": None, "tls_profile": None, "logging": None}, id="null"),
    pytest.param({}, {"decrypt_policy": "DECRYPT_UNSPECIFIED", "flow_app_requirement": "APP_UNSPECIFIED"}, id="usual"),
    pytest.param({}, {"log_profile": "def000ad-7000-0000-0000-000000000001"}, id="the usual log profile"),
    pytest.param({}, {"egress_path": "EGRESS_PATH_DEFAULT"}, id="the usual egress path"),
    pytest.param({}, {"uuid": "u", "metadata": {"x": 1}, "desc": "x"}, id="what has no meaning for flows"),
]  # fmt: skip
APART = [
    {"action": "DENY"}, {"priority": 1}, {"src_ads": ["x"]}, {"dst_ads": []}, {"web_filters": ["w"]}, {"logging": True},
    {"protocol": "TCP"}, {"port_ranges": [{"lo": 1}]}, {"decrypt_policy": "DECRYPT_ALLOWED"}, {"tls_profile": TLS},
    {"flow_app_requirement": "TLS_REQUIRED"}, {"enforcement": "DISABLE"}, {"watch": True}, {"name": "s"},
    {"exclude_sg_orchestration": True}, {"egress_path": "EGRESS_PATH_LOCAL"},
    {"log_profile": "def000ad-7000-0000-0000-000000000003"}, {"action": "INTRUSION_DETECTION_PERMIT"},
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_rules_that_say_the_same_have_one_form(one, other):
    assert rule_form(BARE | one) == rule_form(BARE | other)


@pytest.mark.parametrize("change", APART, ids=str)
def test_rules_that_say_something_else_have_another_form(change):
    assert rule_form(BARE | change) != rule_form(BARE)


def test_people_read_names_and_no_uuids():
    anywhere = "def000ad-0000-0000-0000-000000000000"
    rule = BARE | {"src_ads": ["u1", "gone"], "dst_ads": [anywhere], "port_ranges": [{"lo": 80, "hi": 81}, {"lo": 22}]}

    view = rule_view(rule_form(rule | {"tls_profile": TLS}).named({"u1": "runtimes", anywhere: "Anywhere (0.0.0.0/0)"}))

    assert view == {
        "name": "r", "priority": 0, "action": "PERMIT", "src": [UNKNOWN_GROUP, "runtimes"], "dst": ["Anywhere"],
        "web": [], "protocol": "ANY", "ports": [22, "80-81"], "decrypt": "UNSPECIFIED", "app": "UNSPECIFIED",
        "logging": False, "enforcement": "ENFORCE", "tls_profile": "default",
    }  # fmt: skip


def test_what_no_pack_says_is_shown_where_somebody_set_it():
    view = rule_view(rule_form(BARE | {"egress_path": "EGRESS_PATH_LOCAL", "exclude_sg_orchestration": True}))

    assert (view["egress_path"], view["unorchestrated"]) == ("LOCAL", True)
