"""Controller versions."""

import pytest

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.versions import ControllerVersion, parse_version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("9.0", (9, 0)),
        ("8.2.30", (8, 2)),
        ("v10.1", (10, 1)),
        ("10.1.0.5", (10, 1)),
        ("UserConnect-7.2.5090", (7, 2)),
    ],
)
def test_the_first_two_numbers_count(text, version):
    assert parse_version("V", text) == ControllerVersion(*version)


def test_versions_are_ordered_as_numbers():
    assert ControllerVersion(9, 0) < ControllerVersion(10, 0) < ControllerVersion(10, 1)


@pytest.mark.parametrize("text", ["", "9", "nine", "7.0", "9.0-rc1", "9.0 ", "9.0.0.0.0"])
def test_anything_else_is_refused(text):
    with pytest.raises(InvalidInput, match=r"V: expected a controller version from 7\.1 on, such as 9\.0"):
        parse_version("V", text)
