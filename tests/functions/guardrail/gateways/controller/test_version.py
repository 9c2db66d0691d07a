import pytest

from guardrail.core.firewall.versions import ControllerVersion
from guardrail.gateways.controller.shape import Unexpected
from guardrail.gateways.controller.version import read_version


@pytest.mark.parametrize(
    ("text", "version"),
    [("8.2.30", (8, 2)), ("UserConnect-7.2.5090", (7, 2)), ("v9.0.10", (9, 0)), ("10.1", (10, 1))],
)
def test_major_and_minor_are_read(text, version):
    assert read_version({"current_version": text}) == ControllerVersion(*version)


@pytest.mark.parametrize(
    "results", [None, [], {}, {"current_version": None}, {"current_version": "nine"}, {"current_version": "9"}]
)
def test_anything_else_is_no_version(results):
    with pytest.raises(Unexpected):
        read_version(results)


@pytest.mark.parametrize(
    ("version", "has"),
    [
        ((8, 0), [False, False, False, False]),
        ((8, 1), [True, False, False, False]),
        ((8, 2), [True, True, False, False]),
        ((9, 0), [True, True, True, False]),
        ((10, 0), [True, True, True, False]),
        ((10, 1), [True, True, True, True]),
    ],
)
def test_a_version_says_what_it_has(version, has):
    it = ControllerVersion(*version)

    assert [it.has_default_action, it.has_rulesets, it.lists_features, it.has_enforcement] == has
