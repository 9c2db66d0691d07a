"""Records that the bucket refused: each is found and moved once, none is lost, whoever is killed or comes between."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.evidence import EvidenceRecord, RecordKind, canonical_json
from guardrail.gateways.evidence import EvidenceGateway
from guardrail.gateways.state import StateGateway
from guardrail.ports.runtimes import Parked
from tests.builders import NOW, RUNTIME_ID
from tests.chaos.dynamodb import PAGE, DynamoDB
from tests.chaos.services import Bucket
from tests.fakes import Killed
from tests.state_table import SCHEMA

MOST = 200


def record(number: int, step: str = "ü", seconds: float = 0) -> EvidenceRecord:
    at = NOW + timedelta(seconds=seconds)
    return EvidenceRecord(RecordKind.INTENT, RUNTIME_ID, f"{number:06}-x", at, {"step": step})


def content(one: EvidenceRecord) -> bytes:
    return canonical_json(one.document())


@dataclass
class Account:
    """A table and a bucket in memory; somebody comes before one of the calls, or the function is killed after it."""

    tables: DynamoDB = field(default_factory=DynamoDB)
    bucket: Bucket = field(default_factory=Bucket)
    calls: list[str] = field(default_factory=list)
    between: dict[int, Callable[[], object]] = field(default_factory=dict)
    killed_after: int | None = None

    def __post_init__(self) -> None:
        backends = {"dynamodb": self.tables, "s3": self.bucket}
        self.state = StateGateway(lambda service: self._client(backends[service]), "state")
        self.evidence = EvidenceGateway(lambda service: self._client(backends[service]), "evidence")

    def _client(self, backend: object) -> Any:
        methods = ("get_item", "update_item", "delete_item", "query", "put_object")
        return SimpleNamespace(**{name: self._noted(name, backend) for name in methods})

    def _noted(self, name: str, backend: object) -> Callable[..., Any]:
        def call(**parameters: Any) -> Any:
            number = len(self.calls)
            self.calls.append(name)
            self.between.pop(number, lambda: None)()
            try:
                return getattr(backend, name)(**parameters)
            finally:
                if number == self.killed_after:
                    raise Killed(name)

        return call

    def sweep(self) -> None:
        for key in self.state.parked(MOST).keys:
            self.state.unpark(key, self.evidence.store)

    def in_the_table(self) -> list[str]:
        return [key for (key,) in self.tables.tables.get("state", {})]

    def in_the_bucket(self) -> dict[str, bytes]:
        return self.bucket.objects


@pytest.fixture
def state(aws: Callable[[str], Any]) -> StateGateway:
    aws("dynamodb").create_table(TableName="state", **SCHEMA)
    return StateGateway(aws, "state")


def test_a_record_that_the_bucket_refused_waits_until_it_is_stored(state, aws):
    one, stored = record(1), {}

    def refuse(key, document):
        raise GatewayError("s3:PutObject", "AccessDenied", retryable=False)

    places = {state.park(one) for _ in range(2)}
    with pytest.raises(GatewayError):
        state.unpark(one.key, refuse)
    waiting = state.parked(MOST)
    state.unpark(one.key, lambda key, document: stored.setdefault(key, document))

    assert places == {f"dynamodb://state/parked#{one.key}"}
    assert waiting == Parked((one.key,), 1)
    assert stored == {one.key: content(one)}
    assert state.parked(MOST) == Parked((), 0)
    assert aws("dynamodb").scan(TableName="state")["Items"] == []


def test_the_oldest_are_found_first_and_all_are_counted(state):
    records = [record(number, seconds=-number / 2) for number in range(7)]
    for one in records:
        state.park(one)
    state.lease(RUNTIME_ID, NOW, 90)
    oldest = tuple(one.key for one in reversed(records))

    assert [state.parked(most) for most in (1, 3, 7, 8)] == [Parked(oldest[:most], 7) for most in (1, 3, 7, 8)]


def test_what_was_decided_in_the_same_moment_is_found_too(state):
    records = [record(number) for number in range(5)]
    for one in records:
        state.park(one)

    assert state.parked(2).count == 5
    assert set(state.parked(5).keys) == {one.key for one in records}


def test_the_first_record_under_a_key_stays_as_the_bucket_would_have_it(state):
    stored = {}
    places = [state.park(record(1, step, seconds)) for step, seconds in (("first", 0), ("second", 60))]

    [key] = state.parked(MOST).keys
    state.unpark(key, stored.__setitem__)

    assert places[0] == places[1]
    assert stored == {key: content(record(1, "first"))}


def test_a_record_that_an_index_still_shows_though_it_was_moved_is_not_handed_on(state):
    state.park(record(1))
    stored = []
    for _ in range(2):
        state.unpark(record(1).key, lambda key, document: stored.append(key) or key)

    assert stored == [record(1).key]


def test_dynamodb_cleans_up_no_record_that_waits(state, aws):
    state.park(record(1))

    [item] = aws("dynamodb").scan(TableName="state")["Items"]
    assert "expires_at" not in item


@pytest.mark.parametrize(
    ("operation", "use"),
    [
        ("UpdateItem", lambda state: state.park(record(1))),
        ("Query", lambda state: state.parked(MOST)),
        ("GetItem", lambda state: state.unpark("x", lambda key, document: key)),
    ],
)
def test_a_table_that_is_not_there_is_a_clear_failure(aws, operation, use):
    with pytest.raises(GatewayError, match=rf"^dynamodb:{operation} failed: ResourceNotFoundException$"):
        use(StateGateway(aws, "state"))


def parked_and_swept(killed_after: int | None) -> tuple[Account, dict[str, bytes]]:
    """Three records parked and swept, whoever is killed starting anew; the account, and what was said to be kept."""
    account, kept = Account(killed_after=killed_after), {}
    for one in (record(1), record(2), record(3)):
        with suppress(Killed):
            account.state.park(one)
            kept[one.key] = content(one)
    for _ in range(2):
        with suppress(Killed):
            account.sweep()
    return account, kept


def test_killed_after_any_call_nothing_that_was_kept_is_lost_and_nothing_is_left_that_no_sweep_finds():
    whole, kept = parked_and_swept(None)
    assert whole.in_the_bucket() == kept
    assert {*whole.calls} == {"update_item", "query", "get_item", "put_object", "delete_item"}

    for number, call in enumerate(whole.calls):
        account, kept = parked_and_swept(number)

        assert kept.items() <= account.in_the_bucket().items(), f"killed after call {number}: {call}"
        assert not account.in_the_table(), f"killed after call {number}: {call}"


def again(account: Account) -> None:
    account.state.park(record(1, "again", 60))


def outage(account: Account) -> None:
    account.bucket.closed = True


@pytest.mark.parametrize("meanwhile", [Account.sweep, again, outage])
def test_whatever_happens_between_two_calls_of_a_sweep_the_bucket_has_the_first_record_and_the_table_none(meanwhile):
    for number in range(5):
        account = Account()
        account.state.park(record(1))
        account.between = {1 + number: lambda: meanwhile(account)}  # noqa: B023  called before the next round

        with suppress(GatewayError):
            account.sweep()
        account.bucket.closed = False
        account.sweep()

        assert account.in_the_bucket() == {record(1).key: content(record(1))}, f"before call {number}"
        assert not account.in_the_table(), f"before call {number}"


def test_twenty_thousand_records_wait_and_are_moved_two_hundred_a_sweep_the_oldest_first():
    account, many = Account(), 20_000
    assert many > 3 * PAGE
    for number in range(many):
        account.state.park(record(number, seconds=-number))

    waiting = account.state.parked(MOST)
    account.sweep()

    assert waiting == Parked(tuple(record(many - 1 - number).key for number in range(MOST)), many)
    assert list(account.in_the_bucket()) == list(waiting.keys)
    assert account.state.parked(MOST).count == many - MOST
    largest = max(len(json.dumps(item, default=repr)) for item in account.tables.tables["state"].values())
    assert largest < 2_000, "no item grows with those that wait"
