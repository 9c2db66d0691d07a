import pytest

from tests.guardrail_lab.agentcore.arrange import made, refusal
from tests.guardrail_lab.arrange import PUBLIC, ROLE, new_runtime

STACK = {"aws:cloudformation:stack-name": "orders"}


def tags(agentcore, arn):
    return agentcore.list_tags_for_resource(resourceArn=arn)["tags"]


def test_tags_are_added_and_taken_away(agentcore, clock):
    _, arn = made(agentcore, clock, tags={"team": "orders"})

    agentcore.tag_resource(resourceArn=arn, tags={"owner": "ada"})
    agentcore.untag_resource(resourceArn=arn, tagKeys=["team", "unknown"])

    assert tags(agentcore, arn) == {"owner": "ada"}


def test_tags_of_aws_come_from_a_seed_only(agentcore, clock, plane):
    _, arn = made(agentcore, clock)
    refused = [
        refusal(agentcore.create_agent_runtime, **new_runtime(agentRuntimeName="b", tags=STACK)),
        refusal(agentcore.tag_resource, resourceArn=arn, tags=STACK),
        refusal(agentcore.untag_resource, resourceArn=arn, tagKeys=list(STACK)),
    ]
    assert refused == ["ValidationException"] * 3
    assert len(agentcore.list_agent_runtimes()["agentRuntimes"]) == 1

    plane.seed_tags(arn, STACK)

    assert tags(agentcore, arn) == STACK


def test_a_resource_has_at_most_50(agentcore, clock):
    _, arn = made(agentcore, clock, tags={f"t{number}": "" for number in range(50)})

    assert refusal(agentcore.tag_resource, resourceArn=arn, tags={"t0": "again"}) == "not refused"
    assert refusal(agentcore.tag_resource, resourceArn=arn, tags={"more": ""}) == "ValidationException"


@pytest.mark.parametrize(
    "create",
    [
        lambda it: it.create_harness(harnessName="h", executionRoleArn=ROLE, tags={"a": "b"})["harness"]["arn"],
        lambda it: it.create_browser(name="b", networkConfiguration=PUBLIC, tags={"a": "b"})["browserArn"],
    ],
)
def test_other_resources_have_tags_too(agentcore, create):
    assert tags(agentcore, create(agentcore)) == {"a": "b"}


def test_what_is_not_there_has_none(agentcore, clock):
    _, arn = made(agentcore, clock)

    assert refusal(agentcore.list_tags_for_resource, resourceArn=arn[:-1] + "Z") == "ResourceNotFoundException"
