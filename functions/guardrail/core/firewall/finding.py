"""What is wrong with a pack, and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Code(StrEnum):
    """Everything that a pack can be wrong in."""

    SCHEMA = "schema"
    UNKNOWN_NAME = "unknown-name"
    DUPLICATE_NAME = "duplicate-name"
    DUPLICATE_PRIORITY = "duplicate-priority"
    SHADOWED_RULE = "shadowed-rule"
    UNLOGGED_RULE = "unlogged-rule"
    DECRYPT_UNSTATED = "decrypt-unstated"
    DECRYPT_OUTSIDE_SCOPE = "decrypt-outside-scope"
    URL_WITHOUT_DECRYPT = "url-without-decrypt"
    WEB_WITHOUT_TCP = "web-without-tcp"
    BROAD_WILDCARD = "broad-wildcard"
    NO_DEFAULT_DENY = "no-default-deny"
    EXPECTATION_FAILED = "expectation-failed"
    NEVER_VIOLATED = "never-violated"
    CLUSTER_SHADOWED = "cluster-shadowed"


NOT_CHECKED = (Code.SHADOWED_RULE, Code.NEVER_VIOLATED)
"""What this version cannot tell; a pack without such findings is not known to be free of them."""

Path = tuple[str | int, ...]
"""The way to a part of a pack: `("rules", 4, "web")`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        rule: The rule that it is about, or None.
        by: Names of the rules, or `default-action`, that have to do with it.
        witness: A flow that shows it, or None.
    """

    code: Code
    path: Path
    message: str
    rule: str | None = None
    by: tuple[str, ...] = ()
    witness: Mapping[str, Any] | None = None
