import pytest

from guardrail.core.runtimes.rules import RuleId
from guardrail.core.runtimes.verdict import judge
from guardrail_cli.formats.wording import TITLES, dormant_sentence, violation_sentence
from tests.builders import FOREIGN_GROUP, GROUPS, PUBLIC, SUBNETS, snapshot, vpc, zone


def test_every_rule_has_a_title():
    assert list(TITLES) == list(RuleId)


@pytest.mark.parametrize(
    ("network", "serves", "sentence"),
    [
        (PUBLIC, {"a": 1, "b": 1}, "Version 1 (served by a, b) has PUBLIC; allowed is VPC."),
        (PUBLIC, {}, "Version 1 (the newest, not served yet) has PUBLIC; allowed is VPC."),
        (
            vpc(SUBNETS, [FOREIGN_GROUP]),
            {"a": 1},
            f"Version 1 (served by a) has {FOREIGN_GROUP}; allowed is {GROUPS[0]}.",
        ),
        (vpc([], GROUPS), {"a": 1}, f"Version 1 (served by a) has none; allowed is {SUBNETS[0]}, {SUBNETS[1]}."),
        (
            vpc(requireServiceS3Endpoint=True),
            {"a": 1},
            "Version 1 (served by a) has true; allowed is false.",
        ),
    ],
)
def test_a_violation_is_one_sentence(network, serves, sentence):
    (violation,) = judge(snapshot({1: network}, serves), zone()).violations

    assert violation_sentence(violation) == sentence


def test_a_dormant_version_is_called_so():
    ((number, broken),) = judge(snapshot({2: None, 1: PUBLIC}, {"DEFAULT": 2}), zone()).dormant

    assert dormant_sentence(number, broken) == "Version 1 (dormant) has PUBLIC; allowed is VPC."
