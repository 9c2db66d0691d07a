"""What happened to one runtime, line by line, as its evidence tells it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

Record = Mapping[str, Any]


def timeline(records: Iterable[Record], runtime_id: str) -> list[str]:
    """Return one line per record about the runtime, oldest first, each with the seconds since the first."""
    mine = sorted((each for each in records if each["subject"] == runtime_id), key=_moment)
    return [f"{(_moment(each) - _moment(mine[0])).total_seconds():8.2f} s  {_told(each)}" for each in mine]


def _moment(record: Record) -> datetime:
    return datetime.fromisoformat(record["at"])


def _told(record: Record) -> str:
    kind = record["kind"]
    return _TOLD[kind](record) if kind in _TOLD else str(kind)


def _verdict(record: Record) -> str:
    broken = {f"{each['rule']} in version {each['version']}" for each in record["verdict"]["violations"]}
    cause = record.get("cause") or {}
    by = f", after {cause['action']}" if cause else ", found by looking"
    return f"judged {record['verdict']['compliance']}{by}" + (f": {'; '.join(sorted(broken))}" if broken else "")


def _intent(record: Record) -> str:
    where = f" of endpoint {record['endpoint']}" if record.get("endpoint") else ""
    return f"about to {record['step']}{where}: {record['why']}"


def _outcome(record: Record) -> str:
    return f"{record.get('step', 'change')}: {record['outcome']}"


_TOLD: dict[str, Callable[[Record], str]] = {
    "verdict": _verdict,
    "change-intended": _intent,
    "change-outcome": _outcome,
    "response-escalated": lambda record: f"left to people: {record['why']}",
}
