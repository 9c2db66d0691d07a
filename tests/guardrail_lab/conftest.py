"""One emulator for the whole run, an account of its own for each test, and emulators with one patch left out."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from guardrail_lab.cloud import LocalCloud

_ACCOUNTS = count(300000000001)


@pytest.fixture(scope="session")
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud(settle_seconds=0) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def guarded_cloud() -> Iterator[LocalCloud]:
    """A cloud that evaluates IAM policies."""
    with LocalCloud(auth=True, settle_seconds=0) as cloud:
        yield cloud


@pytest.fixture
def account() -> str:
    return str(next(_ACCOUNTS))


@pytest.fixture
def cloud_without() -> Iterator[Callable[..., LocalCloud]]:
    """Start a cloud with one patch left out, to show that ministack still needs it."""
    with ExitStack() as clouds:
        yield lambda *patches, auth=False: clouds.enter_context(
            LocalCloud(auth=auth, settle_seconds=0, without=patches)
        )


@pytest.fixture
def faultless(cloud: LocalCloud) -> Iterator[LocalCloud]:
    """The shared cloud, for a test that breaks something; it works again afterwards."""
    yield cloud
    cloud.clear_faults()
