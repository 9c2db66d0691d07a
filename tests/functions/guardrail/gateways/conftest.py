"""What goes over the wire to EventBridge, as nobody receives it in moto."""

import json
from collections.abc import Iterator

import pytest

from tests.builders import Json
from tests.functions.conftest import Clients


@pytest.fixture
def entries(aws: Clients) -> Iterator[list[Json]]:
    """What is put on the bus."""
    sent: list[Json] = []

    def keep(request, **_) -> None:
        sent.extend(json.loads(request.body)["Entries"])

    aws("events").meta.events.register_first("before-send.events.PutEvents", keep)
    yield sent
    aws("events").meta.events.unregister("before-send.events.PutEvents", keep)
