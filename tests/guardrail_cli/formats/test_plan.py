from guardrail_cli.formats.changes import UNKNOWN
from guardrail_cli.formats.plan import applied_page, drift_page, plan_page
from guardrail_cli.formats.plan_markdown import plan_markdown


def change(action, address, before=None, after=None):
    return {"action": action, "address": address, "before": before, "after": after}


CHANGES = [
    change("create", "web_group/agentcore-models", after={"name": "agentcore-models", "sni": ["h"]}),
    change("update", "rule/a", {"enforcement": "MONITOR"}, {"enforcement": "ENFORCE"}),
    change("update", "rule/b", {"logging": False, "ports": [1]}, {"logging": True, "ports": [2]}),
    change("delete", "rule/c\x1b[2J", {"name": "c", "action": "DENY"}),
]
PLAN = {
    "sync": "OutOfSync", "changes": CHANGES, "unchanged": 6, "foreign": 41, "refused": None, "warnings": ["look\x07"],
    "loosens": ["rule/b"], "planned": [], "writes": 0,
}  # fmt: skip
SUM = "4 to change (1 create, 2 update, 1 delete), 6 unchanged; 41 objects of others left alone"


def lines(page):
    return [text.plain for text in page]


def test_one_field_stands_beside_the_object_and_more_stand_below_it():
    assert lines(plan_page(PLAN)) == [
        "+ web_group/agentcore-models",
        "    sni h",
        "~ rule/a   enforcement: MONITOR -> ENFORCE",
        "~ rule/b   (lets more through)",
        "    logging: no -> yes",
        "    ports: +2, -1",
        "- rule/c[2J",
        "    action DENY",
        "warning: look",
        SUM,
    ]


def test_a_drift_says_what_the_controller_lacks_and_has_besides():
    assert lines(drift_page(PLAN)) == [
        "missing  web_group/agentcore-models",
        "    sni h",
        "changed  rule/a   enforcement: MONITOR, the pack says ENFORCE",
        "changed  rule/b",
        "    logging: no, the pack says yes",
        "    ports: lacks 2, has besides 1",
        "extra  rule/c[2J",
        "    action DENY",
        "warning: look",
        "4 not as in the pack (1 missing, 2 changed, 1 extra), 6 as in the pack; 41 objects of others left alone",
    ]


def test_that_there_is_no_drift_is_said_only_where_there_is_nothing_else_to_say():
    fine = {**PLAN, "sync": "Synced", "changes": []}

    assert lines(drift_page({**fine, "warnings": []})) == [
        "no drift, 6 as in the pack; 41 objects of others left alone"
    ]
    assert lines(drift_page(fine))[0] == "warning: look"
    assert not any("no drift" in line for line in lines(drift_page(fine)))


def test_of_a_controller_that_could_not_be_read_nothing_is_claimed():
    unread = {**PLAN, "sync": "Unknown", "changes": [], "unchanged": 0, "foreign": 0, "warnings": [], "loosens": []}

    for page in (plan_page(unread), drift_page(unread), applied_page(unread, known=False)):
        assert lines(page) == [UNKNOWN]
    assert UNKNOWN in plan_markdown(unread)
    assert lines(applied_page({**PLAN, "writes": 3, "sync": "Unknown"}, known=True)) == [
        "it could not be read again, so what it has now is unknown: guardrail pack plan"
    ]


def test_what_was_applied_says_how_the_controller_was_found_afterwards():
    done = {**PLAN, "writes": 3, "sync": "Synced"}

    assert lines(applied_page(done, known=True)) == [
        f"{SUM.replace('to change', 'changed')}; read again, it is as the pack says"
    ]
    assert lines(applied_page(done, known=False))[:-1] == lines(plan_page(PLAN))[:-1]
    assert lines(applied_page({**PLAN, "writes": 3}, known=True)) == [
        "3 calls made; read again, it is not as the pack says: guardrail pack plan says what is left"
    ]
    stopped = applied_page({**done, "refused": "it is off\x07"}, known=True)
    assert lines(stopped) == ["read again, it has what the pack says, but: it is off"]
    assert lines(applied_page(PLAN, known=True)) == lines(plan_page(PLAN))
