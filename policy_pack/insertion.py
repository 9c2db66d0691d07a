"""Lines put into a pack's text where people would put them; comments and layout stay as they are."""

import re
from collections.abc import Mapping

from policy_pack.proposal import Proposal


def inserted(text: str, proposal: Proposal, rules: Mapping[int, int]) -> str | None:
    """Return the text with a proposal in it, or None if it is not laid out in blocks, as the shipped pack is.

    Args:
        rules: The priority of each rule, by the number of its first line.
    """
    lines = text.splitlines()
    later = [number - 1 for number, priority in rules.items() if priority > proposal.priority]
    groups, expectations = _heading(lines, "web_groups"), _heading(lines, "expect")
    if groups is None or expectations is None or not later:
        return None
    rule = _with_comments(lines, min(later))
    for at, new in sorted(
        [(groups + 1, [proposal.group]), (rule, [*proposal.rule, ""]), (expectations + 1, [proposal.expectation])],
        key=lambda each: each[0],
        reverse=True,
    ):
        lines[at:at] = new
    return "".join(f"{line}\n" for line in lines)


def _heading(lines: list[str], key: str) -> int | None:
    return next((at for at, line in enumerate(lines) if re.fullmatch(rf"{key}:\s*(#.*)?", line)), None)


def _with_comments(lines: list[str], at: int) -> int:
    """Return the line where the comments begin that stand right above a rule."""
    while at and lines[at - 1].lstrip().startswith("#"):
        at -= 1
    return at
