"""Whether a pack decides flows as it says it must."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.answer import Answer
from guardrail.core.firewall.decide import Decider
from guardrail.core.firewall.flow import parse_flow
from guardrail.core.firewall.pack import Expectation
from guardrail.core.firewall.sources import Sources


@dataclass(frozen=True, slots=True)
class Tried:
    """An expectation, tried.

    Attributes:
        position: Which of the expectations it is, from 0.
        flow: What was decided.
        answer: What came of it, or None if there is no such flow.
        wrong: What is not as expected, or None if all is.
    """

    position: int
    expectation: Expectation
    flow: dict[str, Any]
    answer: Answer | None
    wrong: str | None


def try_all(expectations: tuple[Expectation, ...], decider: Decider) -> Iterator[Tried]:
    """Decide the flow of every expectation."""
    sources = Sources(decider.extents)
    for position, expectation in enumerate(expectations):
        flow = sources.flow_from(expectation.source) | dict(expectation.target)
        try:
            answer = decider.decide(parse_flow(flow))
        except InvalidInput as error:
            yield Tried(position, expectation, flow, None, str(error))
        else:
            yield Tried(position, expectation, flow, answer, _difference(expectation, answer))


def _difference(expectation: Expectation, answer: Answer) -> str | None:
    missing = [note for note in expectation.notes if note not in answer.notes]
    if (answer.decision, answer.by) == (expectation.decision, expectation.by) and not missing:
        return None
    expected = _told(expectation.decision.value, expectation.by, missing)
    unknown = [note for note in answer.notes if note.startswith("unknown: ")]
    return f"expected {expected}, it is {_told(answer.decision.value, answer.by, unknown)}"


def _told(decision: str, by: str | None, notes: list[str]) -> str:
    told = f"{decision} by {by}" if by else decision
    return f"{told} ({'; '.join(notes)})" if notes else told
