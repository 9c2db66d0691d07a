"""What is remembered between two looks, and what of it still counts."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from string import ascii_letters, digits

from guardrail.core.runtimes.history import (
    MOST_FOREIGN,
    MOST_WHOLE,
    PATIENCE,
    STALE,
    DormantVersions,
    History,
    unread_dormant,
    with_remembered,
)
from guardrail.core.runtimes.rules import RuleId, broken_rules
from guardrail.core.runtimes.snapshot import parse_version
from guardrail.core.runtimes.step import Act, Call, Denial, Step, StepKind
from guardrail.core.runtimes.verdict import judge
from guardrail.gateways.history_item import attributes_of
from tests.builders import FOREIGN_SUBNET, NOW, PUBLIC, SUBNETS, answer, snapshot, vpc, zone

ZONE = zone()
NOTHING = DormantVersions().under(ZONE)


def test_every_version_below_the_newest_that_nobody_serves_is_still_to_be_read_the_latest_first():
    assert unread_dormant(snapshot({7: None}, {"DEFAULT": 7, "prod": 3}), NOTHING) == (6, 5, 4, 2, 1)


def test_a_version_is_read_once():
    known = NOTHING.with_read({5: answer(5), 4: answer(4, PUBLIC), 2: None}, ZONE)

    assert unread_dormant(snapshot({6: None}, {"DEFAULT": 6}), known) == (3, 1)


def test_a_runtime_whose_versions_nobody_knows_has_none_to_be_read():
    unknown = {"runtime": {"error": "AccessDeniedException"}, "versions": {}}

    assert unread_dormant(snapshot({1: None}, {}, **unknown), NOTHING) == ()


def test_only_those_that_broke_a_rule_are_remembered_with_their_placement():
    known = NOTHING.with_read({1: answer(1), 2: answer(2, PUBLIC), 3: None}, ZONE)
    later = known.with_read({4: answer(4, vpc([FOREIGN_SUBNET]))}, ZONE)

    assert later.read == {1, 2, 3, 4}
    assert sorted(later.foreign) == [2, 4]


def test_another_zone_makes_all_of_it_worthless():
    known = NOTHING.with_read({1: answer(1, PUBLIC)}, ZONE)
    other = zone(subnets=SUBNETS[:1])

    assert known.under(ZONE) == known
    assert known.under(other) == DormantVersions(zone=known.under(other).zone)
    assert known.under(other).zone != known.zone


def test_what_is_remembered_is_reported_as_dormant_with_every_verdict():
    known = NOTHING.with_read({1: answer(1, PUBLIC), 10: answer(10, vpc([FOREIGN_SUBNET]))}, ZONE)
    verdict = judge(with_remembered(snapshot({11: None}, {"DEFAULT": 11}), known), ZONE)

    assert [(number, broken.rule) for number, broken in verdict.dormant] == [(1, "network-mode"), (10, "subnets")]
    assert verdict.compliance == "COMPLIANT"


def test_a_version_that_is_reachable_now_is_never_taken_from_memory():
    known = NOTHING.with_read({1: answer(1, PUBLIC)}, ZONE)
    denied = snapshot({2: None}, {"DEFAULT": 2, "prod": 1}, versions={"1": {"error": "AccessDeniedException"}})

    assert 1 not in with_remembered(denied, known).versions


def test_a_version_that_was_read_now_wins_over_memory():
    known = NOTHING.with_read({1: answer(1, PUBLIC)}, ZONE)
    merged = with_remembered(snapshot({1: None, 2: None}, {"DEFAULT": 2}), known)

    assert merged.versions[1].placement.mode == "VPC"


def test_a_recorded_verdict_counts_up():
    first = History().after("sha256:a", "COMPLIANT", NOTHING)
    second = first.after("gone", "gone", NOTHING)

    assert (first.digest, first.compliance, first.sequence) == ("sha256:a", "COMPLIANT", 1)
    assert (second.digest, second.sequence) == ("gone", 2)


def test_remembering_needs_nothing_but_the_placement_and_the_age():
    whole = answer(1, PUBLIC, environmentVariables={"TOKEN": "x"}, description="x")

    (kept,) = NOTHING.with_read({1: whole}, ZONE).foreign.values()

    assert set(kept) == {"createdAt", "networkConfiguration"}


def test_what_is_remembered_of_a_thousand_versions_with_all_the_ids_they_may_have_fits_into_an_item_of_the_table():
    random = Random(7)

    def ids(prefix):
        return [prefix + "".join(random.choices(ascii_letters + digits, k=17)) for _ in range(16)]

    placed = {number: answer(number, vpc(ids("subnet-"), ids("sg-"))) for number in range(1, 1_201)}
    known = NOTHING.with_read(placed, ZONE)

    assert len(known.read) == 1_200
    assert len(known.foreign) == MOST_FOREIGN
    assert len(attributes_of(History(dormant=known))["dormant"]["B"]) < 375_000


def test_a_version_that_is_remembered_in_short_breaks_the_same_rules():
    full = replace(NOTHING, foreign=dict.fromkeys(range(1_000, 1_000 + MOST_WHOLE), answer(1, PUBLIC)))
    placed = {
        1: answer(1, vpc([SUBNETS[0], FOREIGN_SUBNET, SUBNETS[1]])),
        2: answer(2, vpc([])),
        3: answer(3, PUBLIC),
        4: answer(4, {"networkMode": "VPC"}),
    }

    short = full.with_read(placed, ZONE).foreign

    for number, whole in placed.items():
        told, meant = (broken_rules(parse_version(number, each), ZONE) for each in (short[number], whole))
        assert [each.rule for each in told] == [each.rule for each in meant]
    assert short[1]["networkConfiguration"]["networkModeConfig"]["subnets"] == [FOREIGN_SUBNET]


DENY = Step(StepKind.DENY_INVOCATION, "", Call("PutResourcePolicy", {}), way_back=Denial("old text"))
MOVE = Step(StepKind.MOVE_ENDPOINT, "", Call("UpdateAgentRuntimeEndpoint", {}), version=2, endpoint="prod")
LIFT = Step(StepKind.LIFT_DENIAL, "", Call("DeleteResourcePolicy", {}))
HOUR = timedelta(hours=1)


def test_a_change_is_remembered_before_it_is_made_with_the_way_back():
    history = History().begun(DENY, NOW, HOUR).begun(MOVE, NOW, HOUR)

    assert history.acts == (Act(NOW, StepKind.DENY_INVOCATION), Act(NOW, StepKind.MOVE_ENDPOINT, 2, "prod"))
    assert history.denial == Denial("old text")


def test_a_change_of_the_resource_policy_remembers_since_when_it_may_overwrite_one():
    history = History()
    for step in (DENY, MOVE, LIFT):
        history = history.begun(step, NOW, HOUR, NOW - HOUR)

    assert [act.since for act in history.acts] == [NOW - HOUR, None, NOW - HOUR]


def test_what_stays_unread_is_remembered_from_its_beginning_until_everything_is_read():
    first = History().having_read(NOW, everything=False)
    second = first.having_read(NOW + HOUR, everything=False)

    assert (first.unread_since, second) == (NOW, first)
    assert first.having_read(NOW + HOUR, everything=True) == History()
    assert History().having_read(NOW, everything=True) == History()


def test_who_was_called_for_what_is_unread_is_called_anew_the_next_time_and_nobody_for_anything_else():
    unread = replace(History(), unread_since=NOW, escalated="because")

    assert not unread.is_long_unread(NOW + PATIENCE - STALE)
    assert unread.is_long_unread(NOW + PATIENCE)
    assert unread.having_read(NOW + STALE, everything=True).escalated == "because"
    assert unread.having_read(NOW + PATIENCE, everything=True).escalated == ""


def test_acts_older_than_the_window_are_forgotten_when_the_next_is_begun():
    history = History().begun(DENY, NOW, HOUR).begun(MOVE, NOW + HOUR, HOUR)

    assert [act.kind for act in history.acts] == [StepKind.MOVE_ENDPOINT]
    assert history.denial == Denial("old text")


def test_only_a_lift_that_took_effect_forgets_the_way_back_and_why_people_were_called():
    history = replace(History().begun(DENY, NOW, HOUR).begun(LIFT, NOW, HOUR), escalated="because")

    assert history.denial == Denial("old text")
    assert history.done(MOVE) == history
    assert (history.done(LIFT).denial, history.done(LIFT).escalated) == (None, "")


def test_a_denial_that_is_not_seen_is_forgotten_only_when_it_is_not_seen_later_either():
    missed = History(denial=Denial("old text"), escalated="because").at_rest(NOW)

    assert (missed.denial, missed.escalated) == (Denial("old text", NOW), "")
    assert missed.at_rest(NOW + STALE / 2).denial == Denial("old text", NOW)
    assert missed.at_rest(NOW + STALE).denial is None


def test_a_runtime_that_is_said_to_be_gone_keeps_the_way_back():
    history = replace(History().begun(DENY, NOW, HOUR), missing={2: NOW}).without_response()

    assert (history.acts, history.missing, history.denial) == ((), {}, Denial("old text"))


def test_a_refusal_marks_the_act_that_was_begun_last():
    history = History().begun(DENY, NOW, HOUR).begun(MOVE, NOW, HOUR)

    assert [act.refused for act in history.refused(MOVE, "ValidationException").acts] == ["", "ValidationException"]
    assert history.refused(LIFT, "x") == history
    assert History().refused(MOVE, "x") == History()


def test_a_new_verdict_keeps_what_was_done():
    history = replace(History().begun(DENY, NOW, HOUR), due={RuleId.SUBNETS: NOW}, escalated="because", again_at=NOW)
    after = history.after("sha256:a", "COMPLIANT", NOTHING)

    assert after == replace(history, digest="sha256:a", compliance="COMPLIANT", sequence=1, dormant=NOTHING)
