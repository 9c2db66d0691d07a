"""AUTH=true: a write's If-None-Match is a condition key, which the evidence bucket's policy demands."""

from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions

from guardrail_lab.emulator.seam import replace

Context = Callable[[str, dict[str, Any], str, dict[str, str]], dict[str, Any]]


def install() -> None:
    """Add `s3:if-none-match` to the keys of an s3:PutObject."""

    def with_header(original: Context) -> Context:
        def context(action: str, query: dict[str, Any], path: str, headers: dict[str, str]) -> dict[str, Any]:
            value = headers.get("if-none-match") if action == "s3:PutObject" else None
            return original(action, query, path, headers) | ({"s3:if-none-match": value} if value else {})

        return context

    replace(iam_actions, "_s3_object_context", with_header)
