"""One list of rules changes, in the fields that were meant and no other, and comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.back_out import LiveRules, RuleList, live_at, permit_all, rules_at, watch
from guardrail.core.firewall.insertion import Refused
from guardrail.core.firewall.versions import CURRENT
from guardrail.core.firewall.wire import ATTACHMENT_POINTS
from guardrail.core.undo import Side
from tests.back_out_cloud import ANYWHERE, FOREIGN, OURS, RUNTIMES, rule

BEFORE, AFTER = ATTACHMENT_POINTS["TERRAFORM_BEFORE_UI_MANAGED"], ATTACHMENT_POINTS["TERRAFORM_AFTER_UI_MANAGED"]
ENFORCEMENTS = st.sampled_from(["ENFORCE", "MONITOR", "DISABLE"])


def listed(*rules, uuid="", attached=""):
    numbered = tuple({"uuid": f"{uuid or 'v1'}-{number}", **each} for number, each in enumerate(rules))
    return RuleList(uuid, numbered, attached, {"uuid": uuid, "name": "agentcore"} if uuid else None)


def live(*lists):
    return LiveRules(CURRENT, lists or (listed(*FOREIGN, *OURS),))


def names(rules):
    return {each["name"]: each["enforcement"] for each in rules.rules}


def test_our_denies_go_on_watch_our_permits_stay_and_a_permit_that_logs_comes_before_the_last_deny():
    seen = live()

    changed = rules_at(seen, permit_all(seen, "agentcore"), Side.AFTER)

    assert names(changed) == {
        "other-team-5": "ENFORCE",
        "other-team-200": "MONITOR",
        "agentcore-28-deny-known-exfil": "MONITOR",
        "agentcore-30-allow-models": "ENFORCE",
        "agentcore-99-back-out-permit": "ENFORCE",
        "agentcore-100-default-deny": "MONITOR",
    }
    permit = next(each for each in changed.rules if "uuid" not in each)
    assert (permit["action"], permit["priority"], permit["logging"]) == ("PERMIT", 99, True)
    assert (permit["src_ads"], permit["dst_ads"]) == ([RUNTIMES], [ANYWHERE])
    assert permit["protocol"] == "PROTOCOL_UNSPECIFIED"
    assert permit["decrypt_policy"] == "DECRYPT_NOT_ALLOWED"


@given(st.lists(ENFORCEMENTS, min_size=3, max_size=3), st.permutations((*FOREIGN, *OURS)), st.booleans(), st.booleans())
def test_whatever_is_changed_comes_back_and_the_rules_of_others_are_the_same_all_the_time(found, order, policy, on):
    enforcement = iter(found)
    mine = [{**each, "enforcement": next(enforcement)} if each in OURS else each for each in order]
    seen = live(listed(*mine))
    undo = permit_all(seen, "agentcore") if policy else watch(seen, "agentcore", None, on=on)

    changed = rules_at(seen, undo, Side.AFTER)
    if changed is None:
        assert not undo.fields
        return
    back = rules_at(seen.with_list(changed), undo, Side.BEFORE)

    assert back == seen.lists[0]
    assert [r for r in changed.rules if r["name"].startswith("other")] == [r for r in mine_of(seen) if is_other(r)]
    assert rules_at(seen.with_list(changed), undo, Side.AFTER) is None
    assert rules_at(seen, undo, Side.BEFORE) is None


def mine_of(seen):
    return seen.lists[0].rules


def is_other(each):
    return each["name"].startswith("other")


def test_a_rule_that_is_disabled_stays_so():
    seen = live(listed(rule("agentcore-28-x", 28, enforcement="DISABLE"), rule("agentcore-100-default-deny", 100)))

    assert [field.label for field in permit_all(seen, "agentcore").fields] == [
        "agentcore-100-default-deny",
        "agentcore-99-back-out-permit present",
    ]
    assert not watch(seen, "agentcore", ["28-x"], on=True).fields
    assert not watch(seen, "agentcore", ["28-x"], on=False).fields


def test_a_permit_is_never_put_on_watch_and_taken_off_it_if_somebody_did():
    all_of_them = watch(live(), "agentcore", None, on=True)
    assert "agentcore-30-allow-models" not in [field.label for field in all_of_them.fields]
    with pytest.raises(Refused, match="agentcore-30-allow-models is a PERMIT"):
        watch(live(), "agentcore", ["30-allow-models"], on=True)
    watched = live(listed(rule("agentcore-30-allow-models", 30, "PERMIT", enforcement="MONITOR")))
    assert [field.after for field in watch(watched, "agentcore", None, on=False).fields] == ["ENFORCE"]


@pytest.mark.parametrize("named", ["100-default-deny", "agentcore-100-default-deny"])
def test_a_rule_is_named_with_or_without_the_prefix(named):
    undo = watch(live(), "agentcore", [named, named], on=True)

    assert [(field.label, field.before, field.after) for field in undo.fields] == [
        ("agentcore-100-default-deny", "ENFORCE", "MONITOR")
    ]


def test_a_rule_of_somebody_else_is_none_of_ours_even_when_it_is_named():
    with pytest.raises(InvalidInput, match=r": 28-deny-known-exfil, 30-allow-models, 100-default-deny$"):
        watch(live(), "agentcore", ["other-team-5"], on=True)


def test_of_very_many_rules_only_the_first_are_named():
    many = live(listed(*(rule(f"agentcore-{number}-deny", number) for number in range(200))))

    with pytest.raises(InvalidInput, match=r"0-deny, 1-deny, .*, …$") as refused:
        watch(many, "agentcore", ["999-deny"], on=True)
    assert len(str(refused.value)) < 500


def test_a_change_can_be_thought_away_and_back():
    before = live()
    undo = permit_all(before, "agentcore")
    after = live_at(before, undo, Side.AFTER)

    assert live_at(after, undo, Side.BEFORE) == before
    assert live_at(after, undo, Side.AFTER) == after
    assert (before.permits(), after.permits()) == ({}, {"agentcore-99-back-out-permit": "ENFORCE"})


def test_a_prefix_that_another_one_begins_with_is_told_from_it():
    seen = live(listed(rule("agentcore2-100-default-deny", 100)))

    with pytest.raises(Refused, match="no rule of ours"):
        permit_all(seen, "agentcore")


@pytest.mark.parametrize(
    "change", [lambda seen: permit_all(seen, "agentcore"), lambda seen: watch(seen, "agentcore", None, on=True)]
)
def test_a_prefix_that_is_only_the_beginning_of_another_one_does_not_take_its_rules(change):
    seen = live(listed(rule("agentcore-vca-28-deny-x", 28), rule("agentcore-vca-100-default-deny", 100)))

    with pytest.raises(Refused, match="those of name_prefix agentcore-vca, not ours"):
        change(seen)


def test_where_nothing_denies_there_is_nothing_to_back_out_of():
    with pytest.raises(Refused, match="no rule of ours denies anything"):
        permit_all(live(listed(rule("agentcore-30-allow-models", 30, "PERMIT"))), "agentcore")


def test_a_ruleset_is_changed_where_ours_are_in_one():
    seen = live(listed(*FOREIGN), listed(*OURS, uuid="ruleset", attached=BEFORE))

    changed = rules_at(seen, permit_all(seen, "agentcore"), Side.AFTER)

    assert changed.uuid == "ruleset"
    assert changed.document == {"uuid": "ruleset", "name": "agentcore"}


def test_where_ours_are_in_two_lists_the_first_decides_and_watch_would_need_both():
    """That is how a reconciler that died on its way from the V1 list to a ruleset leaves them."""
    seen = live(listed(*OURS), listed(*OURS, uuid="ruleset", attached=BEFORE))

    assert permit_all(seen, "agentcore").place == "ruleset"
    with pytest.raises(Refused, match="more than one list"):
        watch(seen, "agentcore", None, on=True)


def test_where_neither_of_two_lists_is_asked_first_it_is_refused():
    seen = live(listed(*OURS), listed(*OURS, uuid="ruleset", attached=AFTER))

    with pytest.raises(Refused, match="more than one list"):
        permit_all(seen, "agentcore")


def test_a_list_that_is_gone_is_not_written():
    undo = permit_all(live(listed(*OURS, uuid="ruleset")), "agentcore")

    assert rules_at(live(), undo, Side.BEFORE) is None
