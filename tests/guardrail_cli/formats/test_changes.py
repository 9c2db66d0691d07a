import pytest

from guardrail_cli.formats.changes import FOUND, changed_fields, content, summary, word


def update(before, after):
    return {"action": "update", "address": "rule/x", "before": before, "after": after}


@pytest.mark.parametrize(
    ("before", "after", "told", "found"),
    [
        ("MONITOR", "ENFORCE", "x: MONITOR -> ENFORCE", "x: MONITOR, the pack says ENFORCE"),
        (False, True, "x: no -> yes", "x: no, the pack says yes"),
        (None, "default", "x: none -> default", "x: none, the pack says default"),
        ([1, 2], [2, 3], "x: +3, -1", "x: lacks 3, has besides 1"),
        (["a"], [], "x: -a", "x: has besides a"),
        ([1, 2], [2, 1], "x: another order", "x: another order"),
        ([{"cidr": "10.0.0.0/8"}], [{"fqdn": "h"}], "x: +fqdn h, -cidr 10.0.0.0/8", "x: lacks fqdn h, has besides "),
        ("{}", "{0}", "x: {} -> {0}", "x: {}, the pack says {0}"),
    ],
)
def test_a_difference_is_told_field_by_field(before, after, told, found):
    change = update({"same": 1, "x": before}, {"same": 1, "x": after})

    assert changed_fields(change) == [told]
    assert changed_fields(change, FOUND)[0].startswith(found)


def test_a_member_that_only_one_side_has_is_a_difference():
    assert changed_fields(update({"a": 1}, {"b": 2})) == ["a: 1 -> none", "b: none -> 2"]


def test_what_comes_or_goes_is_told_by_what_it_says():
    view = {"name": "n", "action": "DENY", "ports": [53, "8000-8100"], "web": [], "tls_profile": None, "logging": True}

    assert changed_fields({"before": None, "after": view}) == []
    assert content({"before": view, "after": None}) == "action DENY, ports 53 | 8000-8100, logging yes"


def test_a_long_list_is_cut_and_counted():
    names = [f"h{number}" for number in range(30)]

    assert word(names).endswith("h19 | and 10 more")
    assert changed_fields(update({"sni": []}, {"sni": names}))[0].endswith("+h19, and 10 more")


@pytest.mark.parametrize(
    ("actions", "told"),
    [
        ([], "nothing to change, 6 unchanged; 41 objects of others left alone"),
        (
            ["create", "update"],
            "2 to change (1 create, 1 update, 0 delete), 6 unchanged; 41 objects of others left alone",
        ),
    ],
)
def test_the_sum_counts_each_kind(actions, told):
    changes = [{"action": action} for action in actions]

    assert summary({"sync": "OutOfSync", "changes": changes, "unchanged": 6, "foreign": 41}) == told
