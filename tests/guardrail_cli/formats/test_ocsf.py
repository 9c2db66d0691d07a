import json

import pytest

from guardrail.core.runtimes.exemption import NONE, parse_exemptions
from guardrail.core.runtimes.verdict import judge
from guardrail_cli.formats.ocsf import compliance_finding
from tests.builders import FOREIGN_GROUP, GROUPS, NOW, PUBLIC, RUNTIME_ARN, SUBNETS, snapshot, vpc, zone
from tests.guardrail_cli.conftest import EXEMPTION

# Schema 1.5.0, class compliance_finding with the profile `cloud`: what it requires, by path.
REQUIRED = [
    "activity_id",
    "category_uid",
    "class_uid",
    "cloud.provider",
    "compliance",
    "finding_info.title",
    "finding_info.uid",
    "metadata.product.vendor_name",
    "metadata.version",
    "remediation.desc",
    "severity_id",
    "time",
    "type_uid",
]


def finding_of(snapshot_, exemptions=NONE):
    return json.loads(json.dumps(compliance_finding(judge(snapshot_, zone(), exemptions), zone(), NOW)))


@pytest.mark.parametrize("path", REQUIRED)
def test_what_the_schema_requires_is_there(path):
    value = finding_of(snapshot({1: PUBLIC}, {"DEFAULT": 1}))
    for name in path.split("."):
        value = value[name]

    assert value not in (None, "", {})


def test_the_class_is_compliance_finding_and_the_type_follows_from_it():
    finding = finding_of(snapshot({1: None}, {"DEFAULT": 1}))

    assert (finding["category_uid"], finding["class_uid"], finding["activity_id"]) == (2, 2003, 1)
    assert finding["type_uid"] == finding["class_uid"] * 100 + finding["activity_id"]
    assert finding["time"] == 1795177880000
    assert finding["cloud"]["account"]["uid"] == "111122223333"
    assert finding["resources"][0]["uid"] == RUNTIME_ARN


@pytest.mark.parametrize(
    ("snapshot_", "status", "severity"),
    [
        pytest.param(snapshot({1: None}, {"DEFAULT": 1}), (1, "Pass"), (1, "Informational"), id="compliant"),
        pytest.param(
            snapshot({1: None}, {}, endpoints={"error": "x"}), (2, "Warning"), (1, "Informational"), id="unread"
        ),
        pytest.param(snapshot({1: PUBLIC}, {"DEFAULT": 1}), (3, "Fail"), (4, "High"), id="high"),
        pytest.param(snapshot({1: vpc(SUBNETS, [FOREIGN_GROUP])}, {}), (3, "Fail"), (3, "Medium"), id="medium"),
        pytest.param(snapshot({1: vpc([], [*GROUPS, FOREIGN_GROUP])}, {}), (3, "Fail"), (4, "High"), id="both"),
    ],
)
def test_status_and_severity_are_the_verdicts(snapshot_, status, severity):
    finding = finding_of(snapshot_)

    assert (finding["compliance"]["status_id"], finding["compliance"]["status"]) == status
    assert (finding["severity_id"], finding["severity"]) == severity


def test_each_violation_is_a_failed_check():
    finding = finding_of(snapshot({1: vpc([], [FOREIGN_GROUP])}, {"DEFAULT": 1}))
    checks = finding["compliance"]["checks"]

    assert [(check["uid"], check["status"]) for check in checks] == [("subnets", "Fail"), ("security-groups", "Fail")]
    assert finding["remediation"]["desc"].count("update-agent-runtime ") == 1


def test_an_exempted_violation_is_told_but_weighs_nothing():
    finding = finding_of(snapshot({1: PUBLIC}, {"DEFAULT": 1}), parse_exemptions([EXEMPTION], NOW))

    assert (finding["compliance"]["status"], finding["severity"]) == ("Pass", "Informational")
    assert finding["compliance"]["checks"][0]["desc"].endswith("Exempted by EX-7.")
    assert finding["remediation"]["desc"] == "Nothing to do."


def test_a_runtime_that_nothing_names_is_still_a_finding():
    finding = finding_of(snapshot({1: None}, {}, runtime={"error": "x"}, versions={}, endpoints=[]))

    assert finding["resources"] == [{"type": "AWS::BedrockAgentCore::Runtime", "region": "us-east-1"}]
    assert finding["compliance"]["status_details"] == ["Not read: runtime (x)."]
