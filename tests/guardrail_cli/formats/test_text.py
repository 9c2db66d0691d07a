import json

import pytest

from tests.builders import FOREIGN_GROUP, FOREIGN_SUBNET, GROUPS, PUBLIC, SUBNETS, snapshot_document, vpc
from tests.guardrail_cli.conftest import EXEMPTION

JUDGE = ["judge", "in.json", "--zone", "zone.json"]


@pytest.fixture
def text(guardrail, files):
    """The text that a snapshot's verdict is shown as, and the lines of it."""

    def call(document, *options):
        (files / "in.json").write_text(json.dumps(document))
        shown = guardrail(*JUDGE, *options)
        assert shown.err == b""
        return shown.out.decode()

    return call


def test_a_compliant_runtime_is_three_lines(text):
    assert text(snapshot_document({1: None}, {"DEFAULT": 1})).splitlines() == [
        "COMPLIANT  orders_agent-AbCdEfGhIj",
        "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/orders_agent-AbCdEfGhIj",
        "No violation in any version that traffic can reach.",
    ]


def test_violations_are_a_table_and_each_distinct_fix_is_told_once(text):
    shown = text(snapshot_document({3: None, 2: PUBLIC, 1: PUBLIC}, {"DEFAULT": 3, "prod": 2, "side": 1}))
    rows = [line.split() for line in shown.splitlines() if line.startswith("network-mode")]

    assert "2 violations in versions that traffic can reach.\n" in shown
    assert rows == [
        ["network-mode", "1", "side", "PUBLIC", "VPC", "HIGH"],
        ["network-mode", "2", "prod", "PUBLIC", "VPC", "HIGH"],
    ]
    assert shown.count("Fix for network-mode of version 1\n") == 1
    assert shown.count("Fix for network-mode of version 2\n") == 1


def test_violations_with_one_fix_share_it(text):
    shown = text(snapshot_document({1: vpc([FOREIGN_SUBNET], [FOREIGN_GROUP])}, {"DEFAULT": 1}))

    assert shown.count("Fix for") == shown.count("Fix for subnets of version 1, security-groups of version 1\n") == 1
    assert shown.count("update-agent-runtime ") == 1


def test_identifiers_are_whole_in_80_columns_and_side_by_side_where_there_is_room(text, monkeypatch):
    document = snapshot_document({1: vpc([FOREIGN_SUBNET, *SUBNETS], GROUPS)}, {"DEFAULT": 1})
    narrow = text(document)
    monkeypatch.setenv("COLUMNS", "140")
    wide = text(document)
    facts = narrow[narrow.index("Violations") : narrow.index("Fix for")]

    assert max(len(line) for line in facts.splitlines()) <= 80
    assert f"Observed   {FOREIGN_SUBNET}\nAllowed    {SUBNETS[0]}\n           {SUBNETS[1]}\n" in facts
    assert any(
        line.split()[:5] == ["subnets", "1", "DEFAULT", FOREIGN_SUBNET, SUBNETS[0]] for line in wide.splitlines()
    )


def test_an_exempted_violation_names_its_exemption_and_needs_no_fix(text, files):
    (files / "exemptions.json").write_text(json.dumps(EXEMPTION))
    options = ["--exemptions", "exemptions.json", "--at", "2026-11-20"]
    shown = text(snapshot_document({1: PUBLIC}, {"DEFAULT": 1}), *options)

    assert "No violation in any version that traffic can reach; 1 violation exempted.\n" in shown
    assert any(line.split()[-2:] == ["HIGH", "EX-7"] for line in shown.splitlines())
    assert "Fix for" not in shown


def test_dormant_versions_and_what_was_not_read_and_notes_have_their_places(text):
    document = snapshot_document({2: None, 1: PUBLIC}, {"DEFAULT": 2})
    document["endpoints"].append({"error": "ThrottlingException"})
    document["versions"]["3"] = {"error": "AccessDeniedException"}
    document["runtime"]["networkConfiguration"]["networkModeConfig"]["surprise"] = 1
    document["versions"]["2"] = document["runtime"]
    shown = text(document)

    assert "Dormant: no endpoint serves these versions now\n" in shown
    assert any(line.split() == ["network-mode", "1", "PUBLIC", "VPC"] for line in shown.splitlines())
    assert "Not read, so not known to be fine\n- endpoints: ThrottlingException\n" in shown
    assert "\nNotes\n- version 2: networkModeConfig.surprise is not known here and was not judged\n" in shown


def test_markup_and_control_characters_in_data_are_text(text):
    hostile = "[bold red]\x1b[31m\x1b]8;;http://x\x07\u202eVPC\x9b[/] :skull:"
    document = snapshot_document({1: {"networkMode": hostile}}, {"[link]\x1b[2J": 1})
    document["endpoints"].append({"error": "\x1b[5m[blink]\nCode"})
    shown = text(document)

    assert all(character.isprintable() or character == "\n" for character in shown)
    assert "[bold red][31m]8;;http://xVPC[/] :skull:" in shown
    assert "[link][2J" in shown
    assert "- endpoints: [5m[blink]Code\n" in shown
