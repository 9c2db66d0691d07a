"""What the guardrail may do: three words, and nothing is guessed."""

import pytest

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.response import ResponseMode, parse_mode


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("OBSERVE", ResponseMode.OBSERVE),
        ("observe", ResponseMode.OBSERVE),
        ("Quarantine", ResponseMode.QUARANTINE),
        ("repair", ResponseMode.REPAIR),
    ],
)
def test_a_mode_is_read_in_any_case(text, mode):
    assert parse_mode("RESPONSE_MODE", text) is mode


@pytest.mark.parametrize("text", ["", "OBSERVE ", "enforce", "repaır"])
def test_another_word_is_refused_and_never_taken_for_a_mode(text):
    with pytest.raises(InvalidInput) as refused:
        parse_mode("RESPONSE_MODE", text)

    assert str(refused.value) == "RESPONSE_MODE: expected OBSERVE, QUARANTINE or REPAIR"
