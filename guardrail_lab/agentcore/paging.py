"""Lists come in pages; a token points behind the last item, so that nothing is skipped when an item goes away."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from guardrail_lab.agentcore.errors import invalid

T = TypeVar("T")


def page(
    items: Sequence[T],
    parameters: Mapping[str, Any],
    key: Callable[[T], int],
    *,
    scope: str,
    default: int,
) -> tuple[list[T], dict[str, str]]:
    """Return one page of items that are in the order of their keys, and the answer's ``nextToken`` if there are more.

    Args:
        scope: What is listed; a token of another list is refused.
        default: Items per page when the request names no maxResults.

    Raises:
        ServiceError: ValidationException for a token that this list never gave.
    """
    after = _position(parameters.get("nextToken"), scope)
    rest = [item for item in items if key(item) > after]
    size = parameters.get("maxResults") or default
    if len(rest) <= size:
        return rest, {}
    found = rest[:size]
    return found, {"nextToken": _token(scope, key(found[-1]))}


def _token(scope: str, position: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([scope, position]).encode()).decode()


def _position(token: str | None, scope: str) -> int:
    if token is None:
        return -1
    try:
        of, position = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, TypeError) as error:
        raise invalid("nextToken is not one of this service's", "CannotParse") from error
    if of != scope or not isinstance(position, int):
        raise invalid("nextToken is of another list")
    return position
