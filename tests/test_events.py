"""The sample events: each is named after the function that gets it, and each is used by a test."""

from tests.builders import EVENTS

FUNCTIONS = EVENTS.parent / "functions"


def test_every_event_file_is_used_by_a_test():
    tests = "".join(path.read_text() for path in EVENTS.parent.glob("tests/**/test_*.py"))
    unused = [path.name for path in EVENTS.iterdir() if f'"{path.stem.split("__")[1]}"' not in tests]

    assert not unused


def test_every_event_file_names_the_function_that_gets_it():
    names = {path.name.split("__")[0] for path in EVENTS.iterdir()}

    assert names == {handler.parent.name for handler in FUNCTIONS.glob("*/handler.py")}
