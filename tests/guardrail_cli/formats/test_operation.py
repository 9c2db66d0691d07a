import pytest
from rich.text import Text

from guardrail_cli.formats.operation import answer_page, moment
from tests.guardrail_cli.aws_endpoint import ANSWER, BACKED_OUT


def lines(answer, *, back=False):
    return [part.plain for part in answer_page(answer, back=back) if isinstance(part, Text)]


def test_what_is_put_back_is_told_the_other_way_round():
    [there] = [line for line in lines(BACKED_OUT) if "snat" in line]
    [back] = [line for line in lines(BACKED_OUT, back=True) if "snat" in line]

    assert (there.rpartition(": ")[2], back.rpartition(": ")[2]) == ("yes -> no", "no -> yes")


def test_several_scopes_are_told_together():
    undo = {"insertion": BACKED_OUT["undo"], "policy": {"fields": []}}

    assert any("snat: yes -> no" in line for line in lines({**ANSWER, "undo": undo}))


@pytest.mark.parametrize("status", ["proven", "accepted", "wrong", "of another version"])
def test_how_sure_it_is_is_always_told(status):
    assert any(line.startswith(f"proof   {status}") for line in lines({**ANSWER, "proof": {"status": status}}))


def test_what_was_not_done_is_not_told_as_done():
    assert lines({**ANSWER, "done": False, "refused": "why", "notes": ["a note"]}) == ["- a note"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11-20T14:00:59.123+00:00", "2026-11-20 14:00Z"),
        ("2026-11-20T14:00:00+02:00", "2026-11-20 12:00Z"),
        ("soon", "soon"),
    ],
)
def test_a_moment_is_utc_to_the_minute(text, shown):
    assert moment(text) == shown
