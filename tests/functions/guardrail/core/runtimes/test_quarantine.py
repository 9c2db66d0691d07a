"""The denial joins what stands in a resource policy and leaves it byte for byte as it was."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.runtimes.quarantine import (
    MAX_CHARACTERS,
    SID,
    NotUnderstoodError,
    deny_call,
    is_denied,
    is_ours,
    is_owed,
    leaves_commands_open,
    lift_call,
    takes_the_place,
    way_back,
)
from guardrail.core.runtimes.step import Denial
from tests.builders import RUNTIME_ARN
from tests.strategies import JSON, TEXT

OURS = {
    "Sid": SID,
    "Effect": "Deny",
    "Principal": "*",
    "Action": "bedrock-agentcore:InvokeAgentRuntime*",
    "Resource": "*",
}
ALLOW = {"Sid": "Callers", "Effect": "Allow", "Principal": "*", "Action": "bedrock-agentcore:*", "Resource": "*"}
THEIR_DENY = {**OURS, "Sid": "TheirOwn"}
WITH_ODD_WHITESPACE = '{ "Version" : "2012-10-17",\n\t"Statement":[ ' + json.dumps(ALLOW) + " ] }\n"
ONE_STATEMENT = json.dumps({"Version": "2008-10-17", "Id": "x", "Statement": ALLOW})
TWICE_THE_SAME_SID = json.dumps({"Statement": [ALLOW, ALLOW, THEIR_DENY]}, indent=3)
POLICIES = [None, WITH_ODD_WHITESPACE, ONE_STATEMENT, TWICE_THE_SAME_SID]
STATEMENTS = st.dictionaries(TEXT.filter(lambda name: name != "Sid"), JSON, max_size=4)
DOCUMENTS = (
    st.dictionaries(TEXT, JSON, max_size=3)
    .flatmap(lambda rest: st.lists(STATEMENTS, min_size=1, max_size=3).map(lambda each: {**rest, "Statement": each}))
    .filter(lambda document: "Infinity" not in json.dumps(document))
)


def sent(call):
    return json.loads(call.parameters["policy"])


def test_without_a_policy_the_denial_is_all_there_is_and_goes_away_with_the_policy():
    call = deny_call(RUNTIME_ARN, None)

    assert (call.operation, call.parameters["resourceArn"]) == ("PutResourcePolicy", RUNTIME_ARN)
    assert sent(call) == {"Version": "2012-10-17", "Statement": [OURS]}
    back = lift_call(RUNTIME_ARN, call.parameters["policy"], way_back(None, None))
    assert (back.operation, back.parameters) == ("DeleteResourcePolicy", {"resourceArn": RUNTIME_ARN})


@pytest.mark.parametrize("text", POLICIES[1:])
def test_what_others_wrote_stays_and_comes_back_byte_for_byte(text):
    call = deny_call(RUNTIME_ARN, text)
    theirs = json.loads(text)["Statement"]

    assert sent(call)["Statement"] == [*(theirs if isinstance(theirs, list) else [theirs]), OURS]
    back = lift_call(RUNTIME_ARN, call.parameters["policy"], way_back(text, None))
    assert (back.operation, back.parameters["policy"]) == ("PutResourcePolicy", text)


def test_where_the_wildcard_is_refused_the_listed_actions_are_denied_and_that_is_known():
    call = deny_call(RUNTIME_ARN, None)
    (statement,) = sent(call.otherwise)["Statement"]

    assert statement["Action"] == [
        f"bedrock-agentcore:InvokeAgentRuntime{each}"
        for each in ("", "ForUser", "WithWebSocketStream", "WithWebSocketStreamForUser")
    ]
    assert (call.otherwise.operation, call.otherwise.otherwise, call.otherwise_if) == ("PutResourcePolicy", None, "")
    assert is_denied(call.otherwise.parameters["policy"])
    assert leaves_commands_open(call.otherwise.parameters["policy"])
    assert not leaves_commands_open(call.parameters["policy"])
    assert not leaves_commands_open(None)


@pytest.mark.parametrize(
    "changes",
    [
        {"Effect": "Allow"},
        {"Sid": "TheirOwn"},
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Action": "bedrock-agentcore:InvokeAgentRuntime"},
        {"Action": {}},
        {"Principal": {"AWS": "111122223333"}},
        {"Resource": RUNTIME_ARN},
    ],
)
def test_a_weakened_statement_is_no_denial_and_is_replaced(changes):
    text = json.dumps({"Statement": [ALLOW, {**OURS, **changes}]})

    assert not is_denied(text)
    assert is_denied(deny_call(RUNTIME_ARN, text).parameters["policy"])
    assert [each["Sid"] for each in sent(deny_call(RUNTIME_ARN, text))["Statement"]].count(SID) == 1


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["*"]}])
def test_a_statement_that_the_service_wrote_in_another_way_still_denies(principal):
    statement = {**OURS, "Principal": principal, "Action": [OURS["Action"]], "Resource": ["*"]}

    assert is_denied(json.dumps({"Statement": statement}))


def test_somebody_elses_change_meanwhile_survives_the_way_back():
    remembered = way_back(WITH_ODD_WHITESPACE, None)
    now = json.dumps({"Version": "2012-10-17", "Statement": [THEIR_DENY, OURS]})

    assert sent(lift_call(RUNTIME_ARN, now, remembered)) == {"Version": "2012-10-17", "Statement": [THEIR_DENY]}
    assert lift_call(RUNTIME_ARN, json.dumps({"Statement": [OURS]}), remembered).operation == "DeleteResourcePolicy"


def test_a_denial_that_nobody_remembers_can_be_taken_back():
    text = json.dumps({"Statement": [OURS, ALLOW, OURS]})

    assert sent(lift_call(RUNTIME_ARN, text, None)) == {"Statement": [ALLOW]}


def test_denying_what_was_weakened_keeps_the_first_way_back():
    first = way_back(WITH_ODD_WHITESPACE, None)
    weakened = json.dumps({"Version": "2012-10-17", "Statement": [ALLOW, {**OURS, "Effect": "Allow"}]})

    assert way_back(weakened, first) == first
    assert json.loads(way_back(weakened, None).found)["Statement"] == [ALLOW]
    assert way_back(json.dumps({"Statement": [{**OURS, "Effect": "Allow"}]}), None) == Denial(None)


NOT_UNDERSTOOD = [
    "no JSON",
    "[]",
    "7",
    '{"Statement":"x"}',
    '{"Statement":[1]}',
    '{"Statement":[],"Statement":[]}',
    '{"Statement":[{"Sid":"a","Sid":"b"}]}',
    '{"Statement":[],"x":NaN}',
    '{"Statement":[],"x":1e999}',
    "[" * 100_000,
]
WITHOUT_ROOM = json.dumps({"Statement": [{"Sid": "x" * 20_440}]}, separators=(",", ":"))


@pytest.mark.parametrize("text", [*NOT_UNDERSTOOD, WITHOUT_ROOM])
@pytest.mark.parametrize("narrow", [False, True])
def test_in_the_place_of_a_policy_beside_which_it_cannot_stand_the_denial_stands_alone_until_it_is_lifted(text, narrow):
    call = deny_call(RUNTIME_ARN, text)
    denied = (call.otherwise if narrow else call).parameters["policy"]

    assert takes_the_place(text)
    assert not is_denied(text)
    assert is_denied(denied)
    assert lift_call(RUNTIME_ARN, denied, way_back(text, None)).parameters["policy"] == text


def test_a_denial_in_its_place_that_was_weakened_keeps_the_way_back_and_what_others_added_meanwhile_stays():
    first = way_back(WITHOUT_ROOM, None)
    weakened = json.dumps({"Statement": [{**OURS, "Effect": "Allow"}]})
    joined = json.dumps({"Statement": [OURS, ALLOW]})

    assert way_back(weakened, first) == first
    assert sent(lift_call(RUNTIME_ARN, joined, first)) == {"Statement": [ALLOW]}


@pytest.mark.parametrize("now", [None, "", '{"Statement":[]}', json.dumps({"Statement": [OURS]})])
@pytest.mark.parametrize("found", [*NOT_UNDERSTOOD, WITHOUT_ROOM])
def test_a_policy_whose_place_was_taken_is_owed_whoever_removes_the_denial(now, found):
    first = way_back(found, None)

    assert is_owed(now, first)
    assert way_back(now, first) == first
    assert lift_call(RUNTIME_ARN, now, first).parameters["policy"] == found
    assert not is_owed(found, first)
    assert not is_owed(now, way_back(WITH_ODD_WHITESPACE, None))
    assert not is_owed(json.dumps({"Statement": [ALLOW]}), first)


def test_a_policy_that_is_none_is_not_lifted():
    with pytest.raises(NotUnderstoodError):
        lift_call(RUNTIME_ARN, "no JSON", None)


@pytest.mark.parametrize("letter", ["ü", "諾", "😀", "\ud83d"])
def test_letters_of_any_alphabet_take_as_much_room_as_they_took(letter):
    text = json.dumps({"Id": 3_000 * letter, "Statement": [ALLOW]}, ensure_ascii=letter == "\ud83d")

    call = deny_call(RUNTIME_ARN, text)

    assert sent(call)["Id"] == 3_000 * letter
    assert len(call.parameters["policy"].encode("utf-8").decode()) <= len(text) + 200


def test_both_forms_of_the_denial_take_the_place_of_a_policy_beside_which_the_longer_has_no_room():
    def policy(length):
        return json.dumps({"Statement": [{"Sid": "x" * length}]}, separators=(",", ":"))

    def statements(text):
        call = deny_call(RUNTIME_ARN, text)
        return len(sent(call)["Statement"]), len(sent(call.otherwise)["Statement"])

    room = MAX_CHARACTERS - len(deny_call(RUNTIME_ARN, policy(1)).otherwise.parameters["policy"]) + 1
    assert len(deny_call(RUNTIME_ARN, policy(room)).otherwise.parameters["policy"]) == MAX_CHARACTERS
    assert [statements(policy(length)) for length in (room, room + 1, MAX_CHARACTERS)] == [(2, 2), (1, 1), (1, 1)]
    assert [takes_the_place(policy(length)) for length in (room, room + 1)] == [False, True]


@given(DOCUMENTS, st.booleans(), st.sampled_from([None, 2, "\t"]))
def test_any_policy_comes_back_as_it_was(document, narrow, indent):
    text = json.dumps(document, indent=indent)
    call = deny_call(RUNTIME_ARN, text)
    denied = (call.otherwise if narrow else call).parameters["policy"]

    assert is_denied(denied)
    assert lift_call(RUNTIME_ARN, denied, way_back(text, None)).parameters["policy"] == text


@given(JSON.map(json.dumps) | TEXT | st.none())
def test_no_text_is_too_odd_to_be_looked_at(text):
    assert is_denied(text) in (True, False)
    assert is_ours(text) in (True, False)
    assert way_back(text, None).found in (text, None)
