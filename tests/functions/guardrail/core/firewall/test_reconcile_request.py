"""What the reconciler may be asked: commands and CloudFormation's requests, nothing else."""

import pytest

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.reconcile_request import Command, Ordered, RequestType, parse_request
from guardrail.core.firewall.response_place import ResponsePlace
from tests.builders import event
from tests.strategies import CANARY

UUID = "11111111-2222-4333-8444-555555555555"
HERE = ResponsePlace("us-east-1")


def asked(name):
    return parse_request(event(name, function="reconcile_pack"), HERE)


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("keep", Ordered(Command.KEEP)),
        ("plan", Ordered(Command.PLAN)),
        ("apply", Ordered(Command.APPLY)),
        ("rule", Ordered(Command.RULE, UUID)),
    ],
)
def test_a_command_is_a_command(name, order):
    assert asked(name) == order


@pytest.mark.parametrize(
    ("name", "kind", "physical_id"),
    [
        ("deploy_create", RequestType.CREATE, None),
        ("deploy_update", RequestType.UPDATE, "firewall/192.0.2.1"),
        ("deploy_delete", RequestType.DELETE, "firewall/192.0.2.1"),
    ],
)
def test_a_request_of_cloudformation_says_where_it_waits_for_an_answer(name, kind, physical_id):
    request = asked(name)

    assert (request.type, request.physical_id) == (kind, physical_id)
    assert request.response_url.startswith("https://cloudformation-custom-resource-response")
    assert request.logical_id == "ReconciledResource"


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"command": CANARY},
        {"command": "apply", "force": True},
        {"command": ["apply"]},
        {"command": "rule"},
        {"command": "rule", "uuid": CANARY},
        {"source": "aws.scheduler"},
        {"ResponseURL": CANARY},
        {"ResponseURL": CANARY, "RequestType": "Destroy", "StackId": "", "RequestId": "", "LogicalResourceId": ""},
    ],
)
def test_anything_else_is_refused_and_not_quoted(document):
    with pytest.raises(InvalidInput) as refused:
        parse_request(document, HERE)

    assert CANARY not in str(refused.value)


@pytest.mark.parametrize("address", [f"https://{CANARY}.example/", None, ["https://example.com/"], {CANARY: 1}])
def test_a_request_that_wants_its_answer_elsewhere_is_refused_and_the_address_not_quoted(address):
    document = {**event("deploy_create", function="reconcile_pack"), "ResponseURL": address}

    with pytest.raises(InvalidInput) as refused:
        parse_request(document, HERE)

    expected = (
        "event.ResponseURL: expected an address in CloudFormation's bucket of us-east-1; nothing was done or sent"
    )
    assert str(refused.value) == expected
