"""What a change has to know is read, or known to be unknown."""

import pytest

from tests.builders import PUBLIC, answer
from tests.ladder_builders import parse_situated, service, whole


def situation(**changes):
    return parse_situated({**service({3: PUBLIC}, {"DEFAULT": 3}).document(), **changes}).situation


def test_without_more_there_is_no_policy_no_stack_and_no_harness():
    read = situation(resource_policy=None, tags={"tags": {"team": "orders"}}, harness=None)

    assert (read.resource_policy, read.stack, read.harness, read.unreadable) == (None, None, None, {})
    assert read.newest == whole(3, PUBLIC)
    assert [item["name"] for item in read.endpoints] == ["DEFAULT"]


def test_what_is_there_is_read_as_it_is():
    read = situation(resource_policy=" {} ", tags={"tags": {"aws:cloudformation:stack-name": "orders"}}, harness="h-1")

    assert (read.resource_policy, read.stack, read.harness) == (" {} ", "orders", "h-1")


@pytest.mark.parametrize(
    ("part", "what"), [("resource_policy", "resource_policy"), ("tags", "stack"), ("harness", "harness")]
)
@pytest.mark.parametrize(
    ("value", "why"), [({"error": "AccessDeniedException"}, "AccessDeniedException"), (7, "not understood")]
)
def test_what_could_not_be_read_is_never_taken_for_absent(part, what, value, why):
    assert situation(**{part: value}).unreadable == {what: why}


@pytest.mark.parametrize(
    "tags", [{"error": "a false alarm"}, {"error": "x", "aws:cloudformation:stack-name": "orders"}]
)
def test_a_tag_that_somebody_calls_error_is_a_tag(tags):
    read = situation(tags={"tags": tags})

    assert (read.stack, read.unreadable) == (tags.get("aws:cloudformation:stack-name"), {})


@pytest.mark.parametrize("tags", [{"team": "orders"}, {"tags": {}, "stack": "orders"}, {"tags": 7}])
def test_tags_in_another_form_than_the_answers_are_not_understood(tags):
    assert situation(tags=tags).unreadable == {"stack": "not understood"}


def test_the_newest_version_is_the_one_that_the_verdict_is_about_with_the_runtimes_status():
    other = whole(3, None)
    read = situation(versions={"3": other}, runtime=whole(3, PUBLIC, status="UPDATING"))

    assert read.newest == {**other, "status": "UPDATING"}


@pytest.mark.parametrize("runtime", [answer(2), {"error": "ThrottlingException"}])
def test_a_newest_version_that_nobody_read_is_unreadable(runtime):
    read = situation(runtime=runtime, versions={})

    assert (read.newest, read.unreadable) == (None, {"newest": "not read"})


def test_nothing_of_it_shows_in_a_repr():
    assert "STAGE" not in repr(situation())


def test_an_updatable_set_is_handed_on():
    document = service({3: PUBLIC}, {}).document()

    assert parse_situated(document, frozenset({"roleArn"})).situation.updatable == {"roleArn"}
