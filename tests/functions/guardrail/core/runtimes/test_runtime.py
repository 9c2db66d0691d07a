"""Which versions of a runtime traffic can reach."""

import pytest

from tests.builders import endpoint, snapshot


@pytest.mark.parametrize(
    ("endpoints", "newest", "reachable"),
    [
        pytest.param([endpoint("DEFAULT", 3, 3)], 3, {3: ("DEFAULT",)}, id="DEFAULT serves the newest"),
        pytest.param([endpoint("DEFAULT", 3, 4)], 4, {3: ("DEFAULT",), 4: ("DEFAULT",)}, id="live and target"),
        pytest.param([endpoint("prod", 2, 2)], 5, {2: ("prod",), 5: ()}, id="the newest that no endpoint serves"),
        pytest.param([endpoint("prod", None, 2)], 2, {2: ("prod",)}, id="an endpoint that is being created"),
        pytest.param([endpoint("prod", 1, None)], 2, {1: ("prod",), 2: ()}, id="an endpoint without a target"),
        pytest.param(
            [endpoint("b", 9, 9), endpoint("a", 9, 10)], 10, {9: ("a", "b"), 10: ("a",)}, id="ascending, names sorted"
        ),
        pytest.param([endpoint("a", 1, 1), endpoint("a", 1, 1)], 1, {1: ("a",)}, id="a name listed twice counts once"),
    ],
)
def test_a_version_is_reachable_through_any_endpoint_live_or_target_or_as_the_newest(endpoints, newest, reachable):
    found = snapshot({newest: None}, {}, endpoints=endpoints).reachable()

    assert found == reachable
    assert list(found) == sorted(reachable)
