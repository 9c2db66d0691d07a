"""Log lines follow the documented grammar, and say what happened to a flow by rules that have reached the gateway."""

import json
import re

import pytest

from guardrail_lab.controller.flow import Flow

ANYWHERE, INTERNET = (f"def000ad-0000-0000-0000-00000000000{number}" for number in (0, 1))
RULE = {
    "name": "r",
    "action": "PERMIT",
    "src_ads": [ANYWHERE],
    "dst_ads": [ANYWHERE],
    "protocol": "TCP",
    "logging": True,
}
FIRST = "00000000-0000-4000-8000-000000000001"
FLOW = {"src_ip": "10.50.10.47", "dst_ip": "203.0.113.9"}
HEAD = r"<(\d+)>Nov 20 10:15:0(\d) GW-agentcore-vca-agentcore-spoke-192\.0\.2\.10-sink "
L4 = re.compile(
    HEAD + r"/usr/local/bin/avx-gw-state-sync 2026/11/20 10:15:0\d AviatrixGwMicrosegPacket: POLICY=(\S+) "
    r"SRC_MAC=\S+ DST_MAC=\S+ IP_SZ=\d+ SRC_IP=(\S+) DST_IP=(\S+) PROTO=(TCP|UDP|ICMP) SRC_PORT=\d+ DST_PORT=(\d+) "
    r"DATA=0x\w* ACT=(PERMIT|DENY) ENFORCED=(true|false)"
    r"(?: SESSION_ID=\d+ SESSION_EVENT=([01]) SESSION_END_REASON=\d SESSION_PKT_CNT=\d+ SESSION_BYTE_CNT=\d+ "
    r"SESSION_DUR=(\d+))?"
)
L7 = re.compile(HEAD + r"traffic_server\[\d+\]: (\{.*\})")
LOGS = {
    name: f"def000ad-7000-0000-0000-00000000000{number}" for name, number in [("start", 1), ("end", 2), ("both", 3)]
}


def passage(desk, *rules, **flow):
    desk.rest("PUT", "microseg/policy-list", {"policies": list(rules)})
    desk.now += 0.1
    return desk.simulator.dataplane.pass_through(Flow.parse({**FLOW, **flow}))


@pytest.mark.parametrize(
    ("rule", "act", "enforced"),
    [
        ({}, "PERMIT", "true"),
        ({"action": "DENY"}, "DENY", "true"),
        ({"action": "DENY", "watch": True}, "DENY", "false"),
    ],
)
def test_a_rule_that_logs_leaves_a_line(desk, rule, act, enforced):
    seen = passage(desk, {**RULE, **rule}, dst_port=53, protocol="TCP")
    found = L4.fullmatch(seen.lines[0])

    assert found.group(1, 3, 4, 5, 6, 7, 8, 9) == (
        "158",
        FIRST,
        "10.50.10.47",
        "203.0.113.9",
        "TCP",
        "53",
        act,
        enforced,
    )
    assert seen.decision == ("DENY" if (act, enforced) == ("DENY", "true") else "PERMIT")


def test_a_rule_that_does_not_log_leaves_none(desk):
    assert passage(desk, {**RULE, "logging": False}).lines == []


@pytest.mark.parametrize(
    ("profile", "action", "events"),
    [("start", "PERMIT", "0"), ("end", "PERMIT", "1"), ("both", "PERMIT", "01"), ("both", "DENY", "0")],
)
def test_the_log_profile_says_when(desk, profile, action, events):
    lines = passage(desk, {**RULE, "action": action, "log_profile": LOGS[profile]}).lines

    assert "".join(L4.fullmatch(line)[10] for line in lines) == events
    assert all((L4.fullmatch(line)[11] != "0") == (L4.fullmatch(line)[10] == "1") for line in lines)


def test_before_8_2_a_line_ends_with_enforced(desk_of):
    assert passage(desk_of("8.1"), RULE).lines[0].endswith("ENFORCED=true")


def test_icmp_has_no_ports(desk):
    assert " SRC_PORT=0 DST_PORT=0 " in passage(desk, {**RULE, "protocol": "ICMP"}, protocol="ICMP").lines[0]


def web(desk, *expressions, **rule):
    return {**RULE, "web_filters": [desk.group("web", *expressions)], **rule}


def test_a_web_rule_leaves_a_pair_of_json_records(desk):
    rule = web(desk, {"snifilter": "*.github.com"})
    start, end = (L7.fullmatch(line) for line in passage(desk, rule, sni="API.github.com").lines)
    records = [json.loads(line[3]) for line in (start, end)]

    assert (start[1], [record["session_stage"] for record in records]) == ("156", ["start", "end"])
    assert len({record["session_id"] for record in records}) == 1
    assert (records[0]["action"], records[0]["reason"], records[0]["stage"]) == ("Permit", "POLICY", "SNI")
    assert (records[0]["sni_hostname"], records[0]["enforced"]) == ("API.github.com", True)
    assert "session_time" not in records[0]
    assert records[1]["response_bytes"] > 0
    assert not {"url", "decrypted_by"} & records[0].keys()


def test_a_web_rule_that_denies_leaves_one_alert(desk):
    (line,) = passage(desk, web(desk, {"snifilter": "webhook.site"}, action="DENY"), sni="webhook.site").lines

    assert L7.fullmatch(line)[1] == "153"
    assert json.loads(L7.fullmatch(line)[3])["action"] == "Deny"


def test_a_rule_that_decrypts_shows_the_url(desk):
    rule = web(desk, {"urlfilter": "github.com/*shai-hulud*"}, decrypt_policy="DECRYPT_ALLOWED", action="DENY")
    seen = passage(desk, rule, sni="github.com", path="/x/Shai-Hulud")
    record = json.loads(L7.fullmatch(seen.lines[0])[3])

    assert seen.decision == "DENY"
    assert (record["url"], record["decrypted_by"]) == ("github.com/x/Shai-Hulud", record["decided_by"])


def test_a_url_is_not_seen_without_decryption(desk):
    rule = web(desk, {"urlfilter": "github.com/*"}, action="DENY")

    assert passage(desk, rule, sni="github.com").decision == "PERMIT"
