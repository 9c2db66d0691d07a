"""The state table: what is remembered, who holds the lease, and what may still be spent."""

import random
import string
from dataclasses import replace
from datetime import timedelta

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.breaker import Admission, Breaker, Slot
from guardrail.core.runtimes.history import DormantVersions, History
from guardrail.core.runtimes.rules import RuleId
from guardrail.core.runtimes.step import Act, Denial, StepKind
from guardrail.gateways.state import StateGateway
from tests.builders import FOREIGN_SUBNET, NOW, PUBLIC, RUNTIME_ID, answer, vpc, zone
from tests.state_table import SCHEMA

ANOTHER = "another-0123456789"
DORMANT = (
    DormantVersions()
    .under(zone())
    .with_read({2: answer(2, PUBLIC), 10: answer(10, vpc([FOREIGN_SUBNET])), 3: None}, zone())
)
ACTS = (
    Act(NOW, StepKind.DENY_INVOCATION, since=NOW - timedelta(seconds=1)),
    Act(NOW + timedelta(microseconds=1), StepKind.MOVE_ENDPOINT, 3, "prod", "ValidationException"),
)
HISTORY = History(
    "sha256:abc",
    "NON_COMPLIANT",
    7,
    DORMANT,
    acts=ACTS,
    denial=Denial('{ "Version": "ü" }'),
    due={RuleId.NETWORK_MODE: NOW},
    escalated="why",
    again_at=NOW,
    missing={2: NOW, 10: NOW},
    unread_since=NOW,
)


@pytest.fixture
def state(aws):
    aws("dynamodb").create_table(TableName="state", **SCHEMA)
    return StateGateway(aws, "state")


def items(aws):
    return {each["id"]["S"]: each for each in aws("dynamodb").scan(TableName="state")["Items"]}


def test_a_runtime_that_was_never_seen_has_an_empty_history(state):
    assert state.history(RUNTIME_ID) == History()


def test_what_was_committed_is_read_back_for_this_runtime_only(state):
    state.commit(state.lease(RUNTIME_ID, NOW, 90), HISTORY)

    assert state.history(RUNTIME_ID) == HISTORY
    assert state.history(ANOTHER) == History()


def test_a_lease_comes_with_the_history_as_it_is_then(state):
    state.commit(state.lease(RUNTIME_ID, NOW, 90), HISTORY)

    assert state.lease(RUNTIME_ID, NOW, 90).history == HISTORY


@pytest.mark.parametrize("denial", [None, Denial(None), Denial(""), Denial("old text", NOW)])
def test_no_denial_and_a_denial_where_nothing_was_before_are_told_apart(state, denial):
    history = replace(HISTORY, denial=denial)
    state.commit(state.lease(RUNTIME_ID, NOW, 90), history)

    assert state.history(RUNTIME_ID) == history


def test_what_begins_is_known_to_the_next_lease_and_no_longer_once_it_was_committed(state):
    lease = state.lease(RUNTIME_ID, NOW, 90)
    state.begin(lease, HISTORY, "000001-deny-invocation")
    held = state.lease(RUNTIME_ID, NOW, 90)
    state.release(lease)
    second = state.lease(RUNTIME_ID, NOW, 90)
    state.commit(second, HISTORY)

    assert held is None
    assert (lease.opened, second.opened, second.history) == ("", "000001-deny-invocation", HISTORY)
    assert state.lease(RUNTIME_ID, NOW, 90).opened == ""


def test_whoever_lost_the_lease_begins_nothing(state):
    lost = state.lease(RUNTIME_ID, NOW, 90)
    state.lease(RUNTIME_ID, NOW + timedelta(seconds=91), 90)

    with pytest.raises(GatewayError, match="the lease was taken over"):
        state.begin(lost, HISTORY, "x")

    assert state.history(RUNTIME_ID) == History()


def test_a_lease_that_was_given_back_cannot_be_used_again(state):
    lease = state.lease(RUNTIME_ID, NOW, 90)
    state.release(lease)

    with pytest.raises(GatewayError, match="the lease was taken over"):
        state.begin(lease, HISTORY, "x")


def slot(seconds=0, subject="a"):
    return Slot(NOW + timedelta(seconds=seconds), subject)


def test_so_many_are_admitted_in_any_window_of_time(state):
    breaker = Breaker(3, timedelta(seconds=60))
    times = [0, 1, 2, 59, 60, 61, 61.5]
    admitted = [state.admit("changes", slot(seconds, str(seconds)), breaker) for seconds in times]

    yes, no = Admission.ADMITTED, Admission.FULL
    assert admitted == [yes, yes, yes, no, yes, yes, no]
    assert state.admit("others", slot(), breaker) is yes


def test_it_is_remembered_whose_change_was_admitted(state):
    breaker = Breaker(3, timedelta(seconds=60))
    admitted = [state.admit("changes", slot(subject=subject), breaker) for subject in "aaab"]

    assert admitted == [Admission.ADMITTED, Admission.ADMITTED, Admission.HELD, Admission.ADMITTED]


def test_what_is_given_back_counts_no_more_and_all_else_does(state):
    breaker = Breaker(2, timedelta(seconds=60))
    for each in (slot(0, "a"), slot(1, "b")):
        state.admit("changes", each, breaker)
    state.give_back("changes", slot(0, "a"))
    state.give_back("changes", slot(0, "a"))
    state.give_back("nothing", slot(0, "a"))

    assert state.admit("changes", slot(2, "c"), breaker) is Admission.ADMITTED
    assert state.admit("changes", slot(3, "d"), breaker) is Admission.FULL


def test_of_two_that_ask_at_the_same_time_no_more_are_admitted_than_may_be(state, aws):
    events, name, asked = aws("dynamodb").meta.events, "before-call.dynamodb.UpdateItem", []
    breaker = Breaker(1, timedelta(seconds=60))

    def ask_too(**_):
        events.unregister(name, ask_too)
        asked.append(StateGateway(aws, "state").admit("changes", slot(subject="b"), breaker))

    events.register_first(name, ask_too)

    assert [state.admit("changes", slot(), breaker), *asked] == [Admission.FULL, Admission.ADMITTED]


def test_what_is_given_back_while_another_one_asks_is_given_back_all_the_same(state, aws):
    events, name = aws("dynamodb").meta.events, "before-call.dynamodb.UpdateItem"
    breaker = Breaker(2, timedelta(seconds=60))
    state.admit("changes", slot(subject="a"), breaker)

    def ask_too(**_):
        events.unregister(name, ask_too)
        StateGateway(aws, "state").admit("changes", slot(subject="b"), breaker)

    events.register_first(name, ask_too)
    state.give_back("changes", slot(subject="a"))

    assert state.admit("changes", slot(subject="c"), breaker) is Admission.ADMITTED
    assert state.admit("changes", slot(subject="d"), breaker) is Admission.FULL


def test_a_lease_is_held_by_one(state):
    assert state.lease(RUNTIME_ID, NOW, 90)
    assert state.lease(RUNTIME_ID, NOW, 90) is None
    assert state.lease(RUNTIME_ID, NOW + timedelta(seconds=90), 90) is None
    assert state.lease(ANOTHER, NOW, 90)


@pytest.mark.parametrize("give_back", ["commit", "release"])
def test_a_lease_that_was_given_back_can_be_taken_again(state, give_back):
    lease = state.lease(RUNTIME_ID, NOW, 90)
    state.commit(lease, HISTORY) if give_back == "commit" else state.release(lease)

    assert state.lease(RUNTIME_ID, NOW, 90)


def test_a_lease_that_nobody_gave_back_can_be_taken_over_once_it_has_ended(state):
    lost = state.lease(RUNTIME_ID, NOW, 90)
    taken = state.lease(RUNTIME_ID, NOW + timedelta(seconds=91), 90)

    assert taken.fence > lost.fence


@pytest.mark.parametrize("give_back", ["commit", "release"])
def test_whoever_lost_the_lease_writes_nothing_and_frees_nothing(state, give_back):
    lost = state.lease(RUNTIME_ID, NOW, 90)
    later = NOW + timedelta(seconds=91)
    state.lease(RUNTIME_ID, later, 90)

    with pytest.raises(GatewayError, match="the lease was taken over") as refused:
        state.commit(lost, HISTORY) if give_back == "commit" else state.release(lost)

    assert refused.value.retryable
    assert state.history(RUNTIME_ID) == History()
    assert state.lease(RUNTIME_ID, later, 90) is None


def test_whoever_lost_the_lease_does_not_undo_what_was_committed_since(state):
    lost = state.lease(RUNTIME_ID, NOW, 90)
    state.commit(state.lease(RUNTIME_ID, NOW + timedelta(seconds=91), 90), HISTORY)

    with pytest.raises(GatewayError):
        state.commit(lost, History("sha256:old", "COMPLIANT", 1))

    assert state.history(RUNTIME_ID) == HISTORY


def test_releasing_writes_nothing_else(state):
    state.commit(state.lease(RUNTIME_ID, NOW, 90), HISTORY)
    state.release(state.lease(RUNTIME_ID, NOW, 90))

    assert state.history(RUNTIME_ID) == HISTORY


def test_dynamodb_cleans_up_what_nobody_has_touched_for_a_year_and_more(state, aws):
    state.lease(RUNTIME_ID, NOW, 90)

    (item,) = items(aws).values()
    assert int(item["expires_at"]["N"]) == int((NOW + timedelta(days=400)).timestamp())


@pytest.mark.parametrize(("digest", "stays"), [("sha256:abc", True), ("gone", False), ("", False)])
def test_what_is_known_of_a_runtime_that_is_there_is_never_cleaned_up(state, aws, digest, stays):
    state.commit(state.lease(RUNTIME_ID, NOW, 90), replace(HISTORY, digest=digest))
    assert ("expires_at" not in items(aws)[f"runtime#{RUNTIME_ID}"]) is stays

    state.release(state.lease(RUNTIME_ID, NOW, 90))

    assert ("expires_at" not in items(aws)[f"runtime#{RUNTIME_ID}"]) is stays


def test_no_more_is_granted_than_wanted_and_than_is_left(state):
    assert [state.spend("today", 4, 10) for _ in range(4)] == [4, 4, 2, 0]
    assert state.spend("tomorrow", 4, 10) == 4


def test_a_lower_limit_grants_nothing_once_more_was_spent(state):
    state.spend("today", 8, 10)

    assert state.spend("today", 1, 5) == 0


def test_the_cursor_is_kept_until_it_is_cleared(state):
    seen = [state.cursor()]
    for cursor in ("token==", None):
        state.save_cursor(cursor)
        seen.append(state.cursor())

    assert seen == [None, "token==", None]


def test_runtimes_budgets_and_the_cursor_cannot_take_each_others_place(state, aws):
    state.lease(RUNTIME_ID, NOW, 90)
    state.spend("today", 1, 10)
    state.save_cursor("x")

    assert sorted(items(aws)) == ["budget#today", f"runtime#{RUNTIME_ID}", "sweep#cursor"]


@pytest.mark.parametrize(
    ("operation", "use"),
    [
        ("GetItem", lambda state: state.history(RUNTIME_ID)),
        ("UpdateItem", lambda state: state.lease(RUNTIME_ID, NOW, 90)),
        ("GetItem", lambda state: state.spend("today", 1, 10)),
        ("GetItem", lambda state: state.cursor()),
        ("PutItem", lambda state: state.save_cursor("x")),
    ],
)
def test_a_table_that_is_not_there_is_a_clear_failure(aws, operation, use):
    with pytest.raises(GatewayError, match=rf"^dynamodb:{operation} failed: ResourceNotFoundException$") as failed:
        use(StateGateway(aws, "state"))

    assert not failed.value.retryable


def test_a_thousand_dormant_versions_with_all_the_foreign_ids_that_aws_takes_and_a_policy_fit_into_an_item(state, aws):
    ids = random.Random(7)
    read = {
        number: answer(
            number,
            vpc(
                [f"subnet-{ids.getrandbits(68):017x}" for _ in range(16)],
                [f"sg-{ids.getrandbits(68):017x}" for _ in range(16)],
            ),
        )
        for number in range(1, 1_000)
    }
    dormant = DormantVersions().under(zone()).with_read(read, zone())
    found = "".join(ids.choices(string.printable, k=20_480))
    history = History("sha256:abc", "COMPLIANT", 1, dormant, acts=ACTS * 20, denial=Denial(found))

    state.commit(state.lease(RUNTIME_ID, NOW, 60), history)

    assert state.history(RUNTIME_ID) == history
    [item] = items(aws).values()
    assert len(item["dormant"]["B"]) + len(item["ladder"]["B"]) < 399_000
