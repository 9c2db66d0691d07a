"""Destinations written as URLs."""

import pytest

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.flow import parse_flow
from guardrail.core.firewall.target import parse_target


@pytest.mark.parametrize(
    ("url", "flow"),
    [
        ("https://h.example", {"protocol": "TCP", "port": 443, "app": "tls", "sni": "h.example", "path": "/"}),
        ("https://h.example/a?b#c", {"protocol": "TCP", "port": 443, "app": "tls", "sni": "h.example", "path": "/a?b"}),
        ("https://h.example:8443/", {"protocol": "TCP", "port": 8443, "app": "tls", "sni": "h.example", "path": "/"}),
        ("https://203.0.113.9/", {"protocol": "TCP", "port": 443, "app": "tls", "dst_ip": "203.0.113.9", "path": "/"}),
        ("http://h.example/a", {"protocol": "TCP", "port": 80, "app": "http", "host": "h.example", "path": "/a"}),
        ("tls://h.example:853", {"protocol": "TCP", "port": 853, "app": "tls", "sni": "h.example"}),
        ("quic://h.example", {"protocol": "UDP", "port": 443, "app": "quic", "sni": "h.example"}),
        ("tcp://203.0.113.9:22", {"protocol": "TCP", "port": 22, "dst_ip": "203.0.113.9"}),
        ("tcp://h.example:22", {"protocol": "TCP", "port": 22}),
        ("udp://8.8.8.8:53", {"protocol": "UDP", "port": 53, "dst_ip": "8.8.8.8"}),
        ("udp://[2001:db8::9]:53", {"protocol": "UDP", "port": 53, "dst_ip": "2001:db8::9"}),
        ("icmp://203.0.113.9", {"protocol": "ICMP", "dst_ip": "203.0.113.9"}),
    ],
)
def test_a_url_is_a_flow_without_a_source(url, flow):
    assert parse_target("to", url) == flow
    parse_flow(flow)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "h.example",
        "ftp://h.example",
        "https://",
        "udp://8.8.8.8",
        "tcp://h",
        "https://h:70000/",
        "https://u@h/",
        "x",
    ],
)
def test_what_is_no_such_url_is_refused(url):
    with pytest.raises(InvalidInput, match="to: expected a "):
        parse_target("to", url)
