import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.errors import GuardrailError
from guardrail.core.switch import Scope
from guardrail.core.undo import Field, Undo
from guardrail_cli.hands.undo_file import Held, Phase, read_undo_file

HELD = Held(
    "https://controller.example", Scope.INSERTION, "spoke", {"command": "back-out", "scope": "insertion"},
    "2026-11-20T14:00:00+00:00", "INC-42", "me", Phase.HELD,
    Undo((Field("gateway/spoke", "custom_routes", ("0.0.0.0/0", "10.0.0.0/8"), ("10.0.0.0/8",), "spoke"),)),
)  # fmt: skip


@given(text=st.text(st.characters(exclude_categories=["Cs"])), phase=st.sampled_from(Phase), nobody=st.booleans())
def test_what_is_written_is_read_again(tmp_path_factory, text, phase, nobody):
    path = str(tmp_path_factory.getbasetemp() / "undo.json")
    held = Held(text, Scope.POLICY, text, HELD.order, text, text, None if nobody else text, phase, HELD.undo)
    held.write(path)

    assert read_undo_file(path) == held


def test_there_may_be_none(tmp_path):
    assert read_undo_file(str(tmp_path / "undo.json")) is None


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("version", 2), ("url", None), ("scope", "response2"), ("target", 1), ("order", []), ("since", None),
        ("reason", None), ("phase", "done"), ("undo", None), ("undo", {"version": 1}),
    ],
)  # fmt: skip
def test_what_is_of_another_form_is_refused_by_name_and_not_quoted(tmp_path, member, value):
    path = tmp_path / "undo.json"
    HELD.write(str(path))
    path.write_text(json.dumps(json.loads(path.read_text()) | {member: value}))

    with pytest.raises(GuardrailError, match=r"undo\.json: undo") as error:
        read_undo_file(str(path))
    assert "INC-42" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"since": "later", "reason": "another", "claimed_by": None, "phase": Phase.BEGUN}, True),
        ({"url": "https://other.example"}, False),
        ({"scope": Scope.POLICY}, False),
        ({"target": "other"}, False),
        ({"order": {"command": "watch"}}, False),
    ],
)
def test_an_order_is_the_same_if_it_asks_the_same_of_the_same(change, same):
    fields = {name: getattr(HELD, name) for name in Held.__slots__}

    assert HELD.same_as(Held(**(fields | change))) is same
