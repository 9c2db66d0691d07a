import pytest

SYSTEM = "def000ad-0000-0000-0000-000000000000"
WEB = "def000ad-0000-0000-0000-000000000002"
RULE = {"name": "r", "action": "PERMIT", "src_ads": [SYSTEM], "dst_ads": [SYSTEM], "protocol": "TCP"}


def put(desk, *rules):
    return desk.rest("PUT", "microseg/policy-list", {"policies": list(rules)})


def shown(desk):
    return [rule for rule in desk.rest("GET", "microseg/policy-list")[1]["policies"] if "system_resource" not in rule]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": None}, {"action": "ALLOW"}, {"action": None}, {"protocol": "ANY"}, {"protocol": "GRE"},
        {"protocol": "PROTOCOL_ANY_UNSPECIFIED"}, {"src_ads": SYSTEM}, {"src_ads": ["nope"]}, {"src_ads": [WEB]},
        {"web_filters": [SYSTEM]}, {"priority": -1}, {"priority": "1"}, {"logging": "true"}, {"port_ranges": [1]},
        {"port_ranges": [{"lo": 9, "hi": 1}]}, {"port_ranges": [{"lo": 70000}]}, {"port_ranges": [{"lo": 1}] * 65},
        {"protocol": "ICMP", "port_ranges": [{"lo": 1}]}, {"decrypt_policy": "MAYBE"}, {"log_profile": "x"},
        {"flow_app_requirement": "HTTP"},
    ],
)  # fmt: skip
def test_a_rule_that_is_wrong_is_refused_and_the_list_stays(desk, wrong):
    put(desk, RULE)
    before = shown(desk)

    status, answer = put(desk, RULE, {**RULE, **wrong})

    assert (status, answer["message"][:11]) == (400, "[AVXERR-DFW")
    assert shown(desk) == before


def test_64_port_ranges_are_enough(desk):
    assert put(desk, {**RULE, "port_ranges": [{"lo": port} for port in range(64)]})[0] == 204


@pytest.mark.parametrize("body", [{"policies": "x"}, {"policies": [1]}, [], None])
def test_a_list_that_is_none_is_refused(desk, body):
    assert desk.rest("PUT", "microseg/policy-list", body)[0] == 400


def test_what_is_empty_is_left_out_and_a_single_port_has_hi(desk):
    put(desk, {**RULE, "port_ranges": [{"lo": 443}], "logging": False, "web_filters": [], "priority": 0, "new": 1})

    assert shown(desk) == [
        {**RULE, "uuid": "00000000-0000-4000-8000-000000000001", "port_ranges": [{"lo": 443, "hi": 443}]}
    ]


def test_a_uuid_is_kept_if_it_was_there_and_new_if_not(desk):
    put(desk, RULE)
    first = shown(desk)[0]["uuid"]
    put(desk, {**RULE, "uuid": first}, {**RULE, "uuid": "made-up"}, RULE)
    uuids = [rule["uuid"] for rule in shown(desk)]

    assert uuids[0] == first
    assert len({*uuids, "made-up"}) == 4
    assert put(desk, {**RULE, "uuid": first}, {**RULE, "uuid": first})[0] == 400


def test_the_list_is_shown_by_priority(desk):
    put(desk, {**RULE, "name": "b", "priority": 2}, {**RULE, "name": "a", "priority": 1})

    assert [rule["name"] for rule in shown(desk)] == ["a", "b"]


@pytest.mark.parametrize(
    ("release", "sent", "seen"),
    [
        ("9.0", {"watch": True}, {"watch": True}),
        ("9.0", {"enforcement": "MONITOR"}, {}),
        ("9.0", {"egress_path": "EGRESS_PATH_LOCAL"}, {}),
        ("10.1", {"watch": True}, {"enforcement": "MONITOR"}),
        ("10.1", {"enforcement": "DISABLE"}, {"enforcement": "DISABLE"}),
        ("10.1", {"enforcement": "ENFORCE", "watch": True}, {"enforcement": "ENFORCE"}),
        ("10.1", {"egress_path": "EGRESS_PATH_LOCAL"}, {"egress_path": "EGRESS_PATH_LOCAL", "enforcement": "ENFORCE"}),
        ("8.1", {"log_profile": "def000ad-7000-0000-0000-000000000001"}, {}),
        ("8.2", {"log_profile": "def000ad-7000-0000-0000-000000000001"},
         {"log_profile": "def000ad-7000-0000-0000-000000000001"}),
        ("8.2", {"protocol": "PROTOCOL_UNSPECIFIED"}, {"protocol": "PROTOCOL_ANY_UNSPECIFIED"}),
        ("9.0", {"protocol": "PROTOCOL_UNSPECIFIED"}, {"protocol": "PROTOCOL_UNSPECIFIED"}),
    ],
)  # fmt: skip
def test_each_version_has_its_own_members_and_ignores_those_of_later_ones(desk_of, release, sent, seen):
    desk = desk_of(release)
    put(desk, {**RULE, **sent})

    members = ("watch", "enforcement", "egress_path", "log_profile", *(["protocol"] if "protocol" in sent else []))
    assert {key: value for key, value in shown(desk)[0].items() if key in members} == seen


def test_the_systems_own_rule_follows_from_the_default_action_and_survives(desk):
    desk.rest("PUT", "microseg/default-action-policy", {"action": "DENY", "logging": True, "log_profile": ""})
    rules = desk.rest("GET", "microseg/policy-list")[1]["policies"]
    put(desk, *rules)
    desk.rest("DELETE", "microseg/policy-list")

    assert [(rule["uuid"], rule["action"], rule["system_resource"]) for rule in rules] == [
        ("defa11a1-0000-0000-0000-000000000000", "DENY", True)
    ]
    assert desk.rest("GET", "microseg/policy-list")[1]["policies"] == rules
