"""The word for what is suspended or restored, as it is typed."""

from enum import StrEnum

from guardrail.core.order import ALL
from guardrail.core.switch import Scope


class ScopeWord(StrEnum):
    """A scope, or all of them."""

    INSERTION = Scope.INSERTION.value
    POLICY = Scope.POLICY.value
    RESPONSE = Scope.RESPONSE.value
    ALL = ALL
