"""An undo knows what each field was and is, tells what somebody else changed, and survives being kept."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.errors import InvalidInput
from guardrail.core.undo import PRESENT, Field, Side, Undo, labels, parse_undo

SNAT = Field("gateway/gw", "snat", before=True, after=False, label="gw snat")
ROUTES = Field("gateway/gw", "custom_routes", before=("0.0.0.0/0", "10.0.0.0/8"), after=("10.0.0.0/8",), label="routes")
PERMIT = Field("rule-named/p", PRESENT, before=False, after=True, label="p present")
UNDO = Undo((SNAT, ROUTES, PERMIT), "place", ("rtb-1",))
TEXTS = st.text(max_size=5)
VALUES = st.one_of(TEXTS, st.booleans(), st.lists(TEXTS).map(tuple))
UNDOS = st.builds(Undo, st.lists(st.builds(Field, TEXTS, TEXTS, VALUES, VALUES, TEXTS)).map(tuple), TEXTS, st.just(()))


@given(UNDOS)
def test_what_was_kept_as_json_comes_back_the_same(undo):
    assert parse_undo("file", json.loads(json.dumps(undo.document()))) == undo


def test_what_is_not_there_by_name_is_absent_and_what_is_gone_by_id_is_at_neither_side():
    assert PERMIT.is_at(Side.BEFORE, {})
    assert not SNAT.is_at(Side.BEFORE, {})
    assert not SNAT.is_at(Side.AFTER, {})


def test_the_order_of_a_list_does_not_count_for_the_controller_may_sort_it():
    assert ROUTES.is_at(Side.BEFORE, {ROUTES.key: ("10.0.0.0/8", "0.0.0.0/0")})


def test_a_word_does_not_pass_for_a_switch():
    assert not SNAT.is_at(Side.AFTER, {SNAT.key: ""})
    assert not SNAT.is_at(Side.BEFORE, {SNAT.key: 1})


def test_fields_that_somebody_changed_are_named_and_left_out_of_what_goes_back():
    values = {SNAT.key: False, ROUTES.key: ("192.0.2.0/24",), PERMIT.key: True}

    assert UNDO.foreign(values) == (ROUTES,)
    assert UNDO.to_return(values).fields == (SNAT, PERMIT)
    assert UNDO.to_return(values).route_tables == ("rtb-1",)
    assert labels(UNDO.fields) == "gw snat, routes, p present"


def test_what_is_back_already_is_nobodys_change():
    assert UNDO.foreign({SNAT.key: True, ROUTES.key: ROUTES.after, PERMIT.key: False}) == ()


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        {"version": 2, "fields": [], "place": ""},
        {"version": 1, "fields": {}, "place": ""},
        {"version": 1, "fields": [], "place": None},
        {"version": 1, "fields": [{"of": "x"}], "place": ""},
        {"version": 1, "fields": [{**SNAT.document(), "label": 1}], "place": ""},
        {"version": 1, "fields": [{**SNAT.document(), "before": 1}], "place": ""},
        {"version": 1, "fields": [{**SNAT.document(), "before": [1]}], "place": ""},
        {"version": 1, "fields": [], "place": "", "route_tables": [1]},
    ],
)
def test_a_file_that_is_no_undo_is_refused_and_not_quoted(document):
    with pytest.raises(InvalidInput, match=r"^undo\.json: expected"):
        parse_undo("undo.json", document)
