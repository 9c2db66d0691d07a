import pytest

from guardrail.core.errors import InvalidInput
from guardrail_cli.failure import in_one_line


def test_what_the_guardrail_raises_on_purpose_is_told_as_it_is():
    assert in_one_line(InvalidInput("zone.subnets", "at least one")) == "zone.subnets: expected at least one"


def test_an_error_that_nobody_foresaw_is_told_without_what_it_quotes():
    with pytest.raises(ValueError, match="hunter2") as caught:
        int("hunter2")
    line = in_one_line(caught.value)

    assert line.startswith("guardrail: unexpected ValueError at test_failure.py:")
    assert "hunter2" not in line


def test_an_operating_systems_refusal_is_told_in_its_words_without_the_path():
    assert in_one_line(OSError(28, "No space left on device", "anywhere")) == "guardrail: No space left on device"


def test_a_lack_of_memory_is_named():
    assert in_one_line(MemoryError()) == "guardrail: out of memory"
