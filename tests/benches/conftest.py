from collections.abc import Iterator

import pytest

from benches.simulated import Simulated
from guardrail_lab.controller.launch import local_controller


@pytest.fixture
def simulated() -> Iterator[Simulated]:
    """A simulated controller in a thread of the test; a benchmark starts a process for it."""
    with local_controller() as local:
        yield Simulated(local.url, str(local.ca_path))
