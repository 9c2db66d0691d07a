"""What people read can neither steer their terminal nor add a line of its own."""

from guardrail.core.announcement import Announcement


def test_a_subject_is_a_short_line_of_ascii_characters():
    assert Announcement("Back-out", {}, "policy \u2713\x1b[31m\nbacked out" + "." * 200, ()).subject() == (
        "policy ?[31mbacked out" + "." * 78
    )


def test_each_line_is_a_paragraph_and_nothing_in_it_makes_another():
    said = Announcement("Back-out", {}, "", ("One\r\nFrom: somebody", "Two\u2028\u202e"))

    assert said.message() == "OneFrom: somebody\n\nTwo"
