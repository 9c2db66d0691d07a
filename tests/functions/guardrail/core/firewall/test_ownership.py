import pytest

from guardrail.core.firewall.ownership import Ownership, final_name, temporary_names

OURS = Ownership("team-a", known=frozenset({"team-a-old"}), adopted=frozenset({"team-a-found"}))


@pytest.mark.parametrize(
    ("name", "ours"),
    [("team-a-x", True), ("team-a-", True), ("team-a", False), ("team-ax", False), ("Team-a-x", False), ("x", False)],
)
def test_an_object_is_ours_by_the_prefix_and_a_dash(name, ours):
    assert OURS.owns(name) is ours


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("team-a-old", True),
        ("team-a-old.next", True),
        ("team-a-found", True),
        ("team-a-now", True),
        ("team-a-now.next2", True),
        ("team-a-what", False),
        ("team-a-what.next", False),
    ],
)
def test_only_what_a_pack_the_record_or_a_person_named_may_be_deleted(name, may):
    assert OURS.may_delete(name, {"team-a-now"}) is may


@pytest.mark.parametrize(
    ("names", "other"),
    [
        (["team-x"], "team"),
        (["team-a-x"], None),
        (["teamx", "team-y", "x"], None),
        ([], None),
    ],
)
def test_a_shorter_prefix_in_front_of_a_name_of_ours_is_in_use(names, other):
    assert OURS.extended(names, ["x"]) == other


def test_a_prefix_that_is_known_to_be_in_use_counts_whatever_its_objects_are_called():
    assert Ownership("a-b-c").extended([], ["x"], {"a-b", "a-b-c", "a-b-c-d", "z"}) == "a-b"


def test_a_temporary_name_says_what_it_is_to_become():
    for name in ("x", "x.y", "a b\nc"):
        assert {final_name(each) for each in temporary_names(name)} == {name}
    assert [final_name(each) for each in ("x.next1", "x.nextt", ".next", "x.next.y")] == [
        "x.next1", "x.nextt", ".next", "x.next.y",
    ]  # fmt: skip
