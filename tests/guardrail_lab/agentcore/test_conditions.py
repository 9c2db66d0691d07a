import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail_lab.agentcore.conditions import check_condition, holds, like
from guardrail_lab.agentcore.errors import ServiceError

ROLE = "arn:aws:iam::111122223333:role/agents/orders"


@pytest.mark.parametrize(
    ("block", "context", "expected"),
    [
        ({"StringEquals": {"aws:PrincipalArn": [ROLE, "x"]}}, {"aws:PrincipalArn": ROLE}, True),
        ({"StringEquals": {"AWS:principalarn": ROLE}}, {"aws:PrincipalArn": ROLE}, True),
        ({"StringEquals": {"aws:PrincipalArn": ROLE.upper()}}, {"aws:PrincipalArn": ROLE}, False),
        ({"StringEqualsIgnoreCase": {"aws:PrincipalArn": ROLE.upper()}}, {"aws:PrincipalArn": ROLE}, True),
        ({"StringEquals": {"aws:PrincipalArn": ROLE}}, {}, False),
        ({"StringEqualsIfExists": {"aws:PrincipalArn": ROLE}}, {}, True),
        ({"StringNotEquals": {"aws:PrincipalArn": [ROLE, "x"]}}, {"aws:PrincipalArn": ROLE}, False),
        ({"StringNotEquals": {"aws:PrincipalArn": ROLE}}, {}, True),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/agents/*"}}, {"aws:PrincipalArn": ROLE}, True),
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/agents/*"}}, {"aws:PrincipalArn": ROLE}, False),
        ({"StringLike": {"aws:PrincipalTag/team": "ord?rs"}}, {"aws:PrincipalTag/team": "orders"}, True),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {"aws:SourceIp": "10.1.2.3"}, True),
        ({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {"aws:SourceIp": "10.1.2.3"}, False),
        ({"Bool": {"aws:SecureTransport": False}}, {"aws:SecureTransport": "false"}, True),
        ({"Null": {"aws:SourceVpce": "true"}}, {}, True),
        ({"Null": {"aws:SourceVpce": "false"}}, {}, False),
        ({}, {}, True),
    ],
)
def test_a_condition_decides(block, context, expected):
    check_condition(block)

    assert holds(block, context) is expected


def test_all_tests_have_to_hold():
    block = {
        "StringEquals": {"aws:PrincipalAccount": "1", "aws:SourceVpc": "v"},
        "Bool": {"aws:SecureTransport": "true"},
    }
    context = {"aws:PrincipalAccount": "1", "aws:SourceVpc": "v", "aws:SecureTransport": "true"}

    assert holds(block, context)
    assert not any(holds(block, {**context, key: "other"}) for key in context)


@pytest.mark.parametrize(
    "block",
    [
        None,
        {"StringEquals": {}},
        {"StringEquals": {"aws:PrincipalArn": []}},
        {"StringEquals": {"aws:PrincipalArn": 5}},
        {"ForAnyValue:StringEquals": {"aws:PrincipalArn": "x"}},
        {"NullIfExists": {"aws:PrincipalArn": "true"}},
        {"Null": {"aws:PrincipalArn": "perhaps"}},
        {"IpAddress": {"aws:SourceIp": "everywhere"}},
        {"DateLessThan": {"aws:CurrentTime": "2026-01-01"}},
    ],
)
def test_what_cannot_be_decided_is_refused(block):
    with pytest.raises(ServiceError, match="ValidationException"):
        check_condition(block)


@given(st.text(alphabet="ab.*?\n", max_size=8))
def test_a_text_is_like_itself_and_like_anything(text):
    assert like(text, text)
    assert like("*", text)
    assert like("?" * len(text), text)
