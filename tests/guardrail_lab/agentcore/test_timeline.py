from hypothesis import given
from hypothesis import strategies as st

from guardrail_lab.agentcore.timeline import KEPT_SECONDS, Timeline

CHANGES = st.lists(st.tuples(st.integers(0, 20), st.sampled_from("ab"), st.none() | st.integers()), max_size=20)


@given(CHANGES, st.integers(0, 20))
def test_a_moment_shows_what_was_true_then(changes, at):
    timeline, ordered = Timeline(), sorted(changes, key=lambda change: change[0])
    for since, key, value in ordered:
        timeline.put(key, value, since)

    for key in "ab":
        known = [value for since, changed, value in ordered if changed == key and since <= at]
        assert timeline.get(key, at) == (known[-1] if known else None)


def test_values_are_in_the_order_in_which_their_keys_came():
    timeline = Timeline()
    for key, at in (("b", 0), ("a", 1), ("b", 2), ("c", 3)):
        timeline.put(key, f"{key}{at}", at)

    assert list(timeline.values(2)) == ["b2", "a1"]


def test_an_old_past_is_forgotten_and_the_present_never():
    timeline = Timeline()
    for at in (0, 10, 20 + KEPT_SECONDS):
        timeline.put("a", at, at)

    assert timeline.get("a", 5) is None
    assert timeline.get("a", 15) == 10
    assert timeline.get("a", 10 * KEPT_SECONDS) == 20 + KEPT_SECONDS
