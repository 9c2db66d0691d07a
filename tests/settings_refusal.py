"""How settings refuse an environment."""

import pytest

from guardrail.core.errors import InvalidInput
from tests.strategies import CANARY


def refusal(settings, environ):
    with pytest.raises(InvalidInput) as refused:
        settings.from_env(environ)
    assert CANARY not in str(refused.value)
    assert "\n" not in str(refused.value)
    return str(refused.value)
