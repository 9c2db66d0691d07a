"""Flows as JSON says them."""

import pytest
from hypothesis import given

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.flow import parse_flow
from tests.strategies import JSON, read_or_refused, some_of

FLOW = {
    "src_ip": "10.50.10.7",
    "dst_ip": "203.0.113.9",
    "protocol": "TCP",
    "port": 443,
    "app": "tls",
    "sni": "a.example.com",
    "host": "a.example.com",
    "path": "/",
    "crosses_gateway": True,
    "src_groups": ["g1"],
    "dst_groups": ["g2"],
}


@pytest.mark.parametrize(
    ("given", "app"),
    [
        ({"protocol": "UDP", "port": 443}, "quic"),
        ({"protocol": "UDP", "port": 53}, "other"),
        ({"protocol": "TCP", "sni": "a"}, "tls"),
        ({"protocol": "TCP", "sni": "203.0.113.9"}, "tls"),
        ({"protocol": "TCP", "host": "a"}, "http"),
        ({"protocol": "TCP", "sni": "a", "host": "b"}, "tls"),
        ({"protocol": "TCP", "port": 443}, "other"),
        ({"protocol": "ICMP", "port": 443}, "other"),
        ({"protocol": "TCP", "sni": "a", "app": "http"}, "http"),
    ],
)
def test_the_application_is_told_or_guessed(given, app):
    assert parse_flow(given).app == app


def test_every_key_but_the_protocol_may_be_missing_or_null():
    assert parse_flow({"protocol": "UDP"}) == parse_flow(dict.fromkeys(FLOW) | {"protocol": "UDP"})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("protocol", "tcp"),
        ("protocol", "ANY"),
        ("protocol", None),
        ("protocol", 6),
        ("src_ip", "10.50.10.0/24"),
        ("dst_ip", "example.com"),
        ("dst_ip", 1),
        ("port", 65_536),
        ("port", -1),
        ("port", "443"),
        ("port", True),
        ("app", "TLS"),
        ("sni", "a" * 1_001),
        ("sni", 1),
        ("path", 1),
        ("crosses_gateway", "no"),
        ("src_groups", "g1"),
        ("dst_groups", [1]),
    ],
)
def test_a_wrong_value_is_refused_by_its_key(key, value):
    with pytest.raises(InvalidInput) as refused:
        parse_flow(FLOW | {key: value})

    assert refused.value.where == f"flow.{key}"


@pytest.mark.parametrize("document", [None, [], "flow", FLOW | {"dst": "8.8.8.8"}])
def test_what_is_no_flow_is_refused(document):
    with pytest.raises(InvalidInput, match="flow: expected an object with no keys but src_ip, "):
        parse_flow(document)


@given(document=JSON | some_of(FLOW, JSON))
def test_anything_is_read_or_refused_and_never_quoted(document):
    read_or_refused(parse_flow, document)
