"""What the guardrail may do: this version observes, and says so when it is asked for more."""

import pytest

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.response import ResponseMode, parse_mode


@pytest.mark.parametrize("text", ["OBSERVE", "observe", "Observe"])
def test_observe_is_read_in_any_case(text):
    assert parse_mode("RESPONSE_MODE", text) is ResponseMode.OBSERVE


@pytest.mark.parametrize("text", ["QUARANTINE", "REPAIR", "repair", "", "OBSERVE ", "enforce"])
def test_a_mode_that_this_version_cannot_carry_out_is_refused_and_never_taken_for_observe(text):
    with pytest.raises(InvalidInput) as refused:
        parse_mode("RESPONSE_MODE", text)

    assert str(refused.value) == "RESPONSE_MODE: expected OBSERVE, the only mode that this version can carry out"
