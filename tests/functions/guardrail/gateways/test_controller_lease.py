"""One reconciler per controller."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from guardrail.core.errors import GatewayError
from guardrail.gateways.controller_lease import POLL_SECONDS, SECONDS, ControllerLeaseGateway
from tests.builders import NOW


@dataclass
class Time:
    now: datetime = NOW
    pauses: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def lease(aws, time):
    aws("dynamodb").create_table(
        TableName="state",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )

    def make(controller="192.0.2.1", patience=0):
        return ControllerLeaseGateway(aws, "state", controller, time, patience_seconds=patience, sleep=time.sleep)

    return make


def test_one_has_it_and_nobody_else_of_the_same_controller(lease):
    mine, another = lease(), lease()

    assert mine.take()
    assert mine.held()
    assert not another.take()
    assert not another.held()
    assert lease("192.0.2.2").take()


def test_who_gives_it_back_lets_the_next_one_in(lease):
    mine, another = lease(), lease()
    mine.take()
    mine.give_back()

    assert not mine.held()
    assert another.take()


def test_it_ends_by_itself_and_whoever_lost_it_is_told(lease, time):
    mine, another = lease(), lease()
    mine.take()
    time.now += timedelta(seconds=SECONDS + 1)

    assert not mine.held()
    assert another.take()
    with pytest.raises(GatewayError, match="the lease was taken over"):
        mine.give_back()
    assert another.held()


def test_giving_back_what_was_not_taken_does_nothing(lease):
    mine, another = lease(), lease()
    mine.take()
    another.take()
    another.give_back()

    assert mine.held()


def test_a_patient_one_waits_for_as_long_as_it_was_told_to(lease, time):
    lease().take()

    assert not lease(patience=3 * POLL_SECONDS).take()
    assert time.pauses == [POLL_SECONDS] * 3


def test_a_patient_one_takes_it_as_soon_as_it_is_free(lease, time):
    mine = lease()
    mine.take()
    time.now += timedelta(seconds=SECONDS - POLL_SECONDS)

    assert lease(patience=600).take()
    assert len(time.pauses) == 2
