import io
import sys

from guardrail_cli.terminal import page, plain, say


def test_text_loses_what_could_steer_a_terminal_and_nothing_else():
    assert plain("\x1b]0;title\x07 [bold]a\u202eb\u2066c\x9bd\x7f\r\ne [/] :warning: é 漢 \ud800") == (
        "]0;title [bold]abcde [/] :warning: é 漢 "
    )


def test_a_message_is_one_line_whatever_is_in_it(capfd):
    say("one\n  two\x1b[2J\n")

    assert capfd.readouterr() == ("", "one two[2J\n")


def test_a_message_that_nobody_can_read_is_no_error(monkeypatch, capfd):
    monkeypatch.setattr(sys, "stderr", None)

    say("lost")

    assert capfd.readouterr() == ("", "")


def test_a_page_is_not_coloured_because_an_environment_forces_colours(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    console = page()

    console.print("red", style="bold red")

    assert sys.stdout.getvalue() == "red\n"
