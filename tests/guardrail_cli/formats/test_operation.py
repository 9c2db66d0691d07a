import pytest
from rich.text import Text

from guardrail_cli.formats.operation import answer_page, moment
from guardrail_cli.output import write_page
from tests.guardrail_cli.aws_endpoint import ANSWER, BACKED_OUT, STATUS


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
    ("answer", "headline"),
    [
        (BACKED_OUT, "done"),
        (BACKED_OUT | {"calls": 0}, "done already, nothing was called"),
        (ANSWER, "done"),
        (ANSWER | {"calls": 0}, "done, without a call to a controller"),
        (ANSWER | {"after": ANSWER["before"]}, "nothing was changed"),
        (ANSWER | {"done": False, "would": [{"method": "PUT", "path": "/x"}]}, "a dry run: nothing was changed; these"),
        (ANSWER | {"done": False, "would": []}, "a dry run: no call would be made"),
    ],
)
def test_the_first_line_says_whether_anything_was_done(answer, headline):
    assert lines(answer)[0].startswith(headline)


@pytest.mark.parametrize("more", [{"would": []}, {"suspensions": []}])
def test_what_failed_is_not_told_as_nothing_to_do(more):
    assert lines(ANSWER | {"done": False, "failed": "why"} | more) == []


def of_two(*changes):
    [held] = STATUS["suspensions"]
    return STATUS | {"suspensions": [held | {"fights": []} | each for each in changes]}


def test_two_suspensions_are_told_apart_by_what_was_ordered(capsys):
    watch = {"scope": "policy", "order": {"command": "watch", "on": True, "rules": ["52-deny-quic"]}}
    write_page(answer_page(of_two({}, watch)))
    out = capsys.readouterr().out

    assert "watch on 52-deny-quic" in out
    assert "back-out" in out


def test_an_exemption_of_which_only_the_id_is_known_is_told_by_its_id(capsys):
    write_page(answer_page(STATUS | {"exemptions": [{"id": "EX-9"}]}))

    assert "EX-9" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"phase": "begun"}, "! insertion: begun, and not known to be done: the same command again finishes it"),
        ({"phase": "ending"}, "! insertion: being taken back, and not known to be back: restore finishes that"),
        ({"stuck": "why"}, "! insertion: stuck: why"),
        ({"fights": ["x"]}, "! insertion: x"),
    ],
)
def test_what_is_not_as_it_should_be_stands_below_the_suspensions(change, told):
    assert told in lines(of_two(change))
    assert not [line for line in lines(of_two({})) if line.startswith("!")]


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
