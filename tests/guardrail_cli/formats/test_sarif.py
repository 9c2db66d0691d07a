import json

from guardrail.core.runtimes.exemption import parse_exemptions
from guardrail.core.runtimes.rules import RuleId
from guardrail.core.runtimes.verdict import judge
from guardrail_cli.formats.sarif import sarif_log
from tests.builders import FOREIGN_GROUP, NOW, PUBLIC, RUNTIME_ARN, SUBNETS, snapshot, vpc, zone
from tests.guardrail_cli.conftest import EXEMPTION

PLACED = {3: None, 2: PUBLIC, 1: vpc(SUBNETS, [FOREIGN_GROUP])}


def run_of(verdict, path="in.json"):
    log = json.loads(json.dumps(sarif_log(verdict, path)))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    return run


def test_the_driver_declares_all_rules_whether_broken_or_not():
    rules = run_of(judge(snapshot({1: None}, {"DEFAULT": 1}), zone()))["tool"]["driver"]["rules"]

    assert [rule["id"] for rule in rules] == list(RuleId)
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == [
        "error",
        "error",
        "warning",
        "error",
        "warning",
    ]
    assert all(rule["shortDescription"]["text"] for rule in rules)


def test_a_violation_is_a_result_at_its_rules_level():
    run = run_of(judge(snapshot(PLACED, {"DEFAULT": 3, "prod": 2, "side": 1}), zone()))
    groups, mode = run["results"]

    assert (groups["ruleId"], groups["ruleIndex"], groups["level"]) == ("security-groups", 2, "warning")
    assert (mode["ruleId"], mode["ruleIndex"], mode["level"]) == ("network-mode", 0, "error")
    assert mode["message"]["text"] == "Version 2 (served by prod) has PUBLIC; allowed is VPC."
    assert mode["properties"]["fix"]["cli"].startswith("aws bedrock-agentcore-control ")
    assert mode["suppressions"] == []
    assert mode["locations"] == [
        {
            "logicalLocations": [{"fullyQualifiedName": f"{RUNTIME_ARN}/version/2", "kind": "resource"}],
            "physicalLocation": {"artifactLocation": {"uri": "in.json"}, "region": {"startLine": 1}},
        }
    ]


def test_an_exempted_violation_is_suppressed():
    exemptions = parse_exemptions([EXEMPTION], NOW)
    run = run_of(judge(snapshot({1: PUBLIC}, {"DEFAULT": 1}), zone(), exemptions))

    assert run["results"][0]["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "exemption EX-7"}
    ]


def test_a_dormant_version_is_a_note():
    (dormant,) = run_of(judge(snapshot({2: None, 1: PUBLIC}, {"DEFAULT": 2}), zone()))["results"]

    assert (dormant["level"], dormant["suppressions"]) == ("note", [])
    assert dormant["message"]["text"] == "Version 1 (dormant) has PUBLIC; allowed is VPC."


def test_what_could_not_be_read_is_a_notification_of_the_run():
    verdict = judge(snapshot({1: None}, {"DEFAULT": 1}, endpoints={"error": "ThrottlingException"}), zone())
    (invocation,) = run_of(verdict)["invocations"]

    assert invocation["toolExecutionNotifications"] == [
        {"level": "warning", "message": {"text": "Not read: endpoints (ThrottlingException)."}}
    ]


def test_a_fingerprint_tells_rules_and_versions_apart_and_nothing_else():
    def fingerprints(serves):
        results = run_of(judge(snapshot(PLACED, serves), zone()))["results"]
        return {result["partialFingerprints"]["versionBreaksRule/v1"] for result in results}

    first = fingerprints({"DEFAULT": 3, "prod": 2, "side": 1})

    assert len(first) == 2
    assert fingerprints({"DEFAULT": 3, "prod": 1, "side": 2}) == first


def test_a_result_points_at_its_file_by_a_uri():
    def location(path):
        return run_of(judge(snapshot({1: PUBLIC}, {}), zone()), path)["results"][0]["locations"][0]

    assert location("a b/c#1.json")["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/c%231.json"
    assert location("/a b.json")["physicalLocation"]["artifactLocation"]["uri"] == "file:///a%20b.json"
    assert "physicalLocation" not in location(None)
