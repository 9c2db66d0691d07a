"""One server for all tests, a new controller behind it for each, and an account with the function in it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.back_out_function import BackOutFunction, back_out_function
from tests.controller_lab import ControllerLab, controller_lab


@pytest.fixture(scope="session")
def running_controller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControllerLab]:
    with controller_lab(tmp_path_factory.mktemp("controller")) as lab:
        yield lab


@pytest.fixture
def function(aws: Any, running_controller: ControllerLab, monkeypatch: pytest.MonkeyPatch) -> Iterator[BackOutFunction]:
    with back_out_function(aws, running_controller, monkeypatch.setenv) as deployed:
        yield deployed
