import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail_lab.agentcore.errors import ServiceError
from guardrail_lab.agentcore.paging import page
from tests.guardrail_lab.agentcore.arrange import made, refusal
from tests.guardrail_lab.arrange import new_runtime


def pages(items, size, gone=frozenset()):
    """Every page of a list; what is gone goes away after the first."""
    token, found, left = None, [], list(items)
    while True:
        part, more = page(left, {"nextToken": token, "maxResults": size}, lambda n: n, scope="s", default=1)
        found, token = [*found, part], more.get("nextToken")
        left = [item for item in left if item not in gone]
        if token is None:
            return found


@given(st.sets(st.integers(0, 50)), st.integers(1, 10), st.frozensets(st.integers(0, 50)))
def test_the_pages_hold_everything_that_stays_once_and_in_order(items, size, gone):
    found = pages(sorted(items), size, gone)
    flat = [item for part in found for item in part]

    assert flat == sorted(set(flat))
    assert items - gone <= set(flat) <= items
    assert all(len(part) <= size for part in found)


@pytest.mark.parametrize("token", ["", "x", "W10=", "bnVsbA=="])
def test_a_token_that_the_service_never_gave_is_refused(token):
    with pytest.raises(ServiceError, match="ValidationException"):
        page([1, 2], {"nextToken": token}, lambda n: n, scope="s", default=1)


def test_every_list_has_its_own_tokens(agentcore, clock):
    runtime_id, _ = made(agentcore, clock)
    agentcore.create_agent_runtime(**new_runtime(agentRuntimeName="b"))
    token = agentcore.list_agent_runtimes(maxResults=1)["nextToken"]

    other = {"agentRuntimeId": runtime_id, "nextToken": token}
    assert refusal(agentcore.list_agent_runtime_versions, **other) == "ValidationException"
    [second] = agentcore.list_agent_runtimes(maxResults=1, nextToken=token)["agentRuntimes"]
    assert second["agentRuntimeName"] == "b"


def test_a_page_has_ten_items_unless_it_is_said_otherwise(agentcore):
    for number in range(11):
        agentcore.create_agent_runtime(**new_runtime(agentRuntimeName=f"a{number}"))

    assert len(agentcore.list_agent_runtimes()["agentRuntimes"]) == 10
    assert len(agentcore.list_agent_runtimes(maxResults=100)["agentRuntimes"]) == 11
    assert refusal(agentcore.list_agent_runtimes, maxResults=101) == "ValidationException"
