"""One server for all tests, a new controller behind it for each; or, by environment variables, a real controller."""

import os
from collections.abc import Iterator

import pytest

from guardrail.gateways.controller.client import Controller
from tests.controller_lab import ControllerLab, controller_lab


@pytest.fixture(scope="session")
def running_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControllerLab]:
    with controller_lab(tmp_path_factory.mktemp("controller")) as lab:
        yield lab


@pytest.fixture
def lab(running_lab: ControllerLab) -> ControllerLab:
    running_lab.renew()
    return running_lab


@pytest.fixture(scope="session")
def arranger(running_lab: ControllerLab) -> Controller:
    """A client that puts things where a test wants them, however often the controller behind it is a new one."""
    return running_lab.client()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "changes: changes something on the controller")
    config.addinivalue_line("markers", "gateways: changes gateways, which is done to a simulated controller only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a real controller is not to be asked."""
    if "GUARDRAIL_CONTROLLER" not in os.environ:
        return
    barred = ["gateways"] if os.environ.get("GUARDRAIL_CONTROLLER_MAY_CHANGE") == "yes" else ["gateways", "changes"]
    left_out = [item for item in items if any(item.get_closest_marker(name) for name in barred)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
