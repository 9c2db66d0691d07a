"""Whatever is done to a runtime, in whatever order, with updates that fail and reads that lag: what always holds."""

from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail_lab.agentcore.client import InMemoryClient
from guardrail_lab.agentcore.clock import VirtualClock
from guardrail_lab.agentcore.control_plane import ControlPlane
from tests.guardrail_lab.agentcore.arrange import ACCOUNT, REGION, SETTLED, endpoints
from tests.guardrail_lab.arrange import PUBLIC, VPC, new_runtime, new_version

NAMES = ("prod", "beta")
VERSIONS = st.integers(1, 5).map(str)
STEPS = st.one_of(
    st.tuples(st.just("update"), st.sampled_from([PUBLIC, VPC])),
    st.tuples(st.just("fail the next"), st.none()),
    st.tuples(st.just("create"), st.tuples(st.sampled_from(NAMES), VERSIONS)),
    st.tuples(st.just("move"), st.tuples(st.sampled_from(NAMES), VERSIONS)),
    st.tuples(st.just("delete endpoint"), st.sampled_from(NAMES)),
    st.tuples(st.just("delete version"), VERSIONS),
    st.tuples(st.just("wait"), st.floats(0, 80)),
)


class History:
    """One runtime, and what an onlooker remembers of it."""

    def __init__(self, model):
        self.clock = VirtualClock()
        self.plane = ControlPlane(model, self.clock, ACCOUNT, REGION)
        self.plane.behave(update_after_failure=True)
        self.client = InMemoryClient(self.plane)
        self.runtime_id = self.client.create_agent_runtime(**new_runtime(networkConfiguration=PUBLIC))["agentRuntimeId"]
        self.networks = {"1": "PUBLIC"}

    def take(self, kind, what):
        """Do one thing; what the service refuses is not done."""
        runtime = {"agentRuntimeId": self.runtime_id}
        match kind:
            case "wait":
                self.clock.advance(what)
            case "fail the next":
                self.plane.faults.fail_next_update(self.runtime_id, "no addresses left")
            case "update":
                sent = new_version(self.runtime_id, networkConfiguration=what)
                made = self.attempt(self.client.update_agent_runtime, **sent)
                self.networks |= {made["agentRuntimeVersion"]: what["networkMode"]} if made else {}
            case "create":
                create = self.client.create_agent_runtime_endpoint
                self.attempt(create, **runtime, name=what[0], agentRuntimeVersion=what[1])
            case "move":
                move = self.client.update_agent_runtime_endpoint
                self.attempt(move, **runtime, endpointName=what[0], agentRuntimeVersion=what[1])
            case "delete endpoint":
                self.attempt(self.client.delete_agent_runtime_endpoint, **runtime, endpointName=what)
            case "delete version":
                self.attempt(self.client.delete_agent_runtime, **runtime, agentRuntimeVersion=what)

    def attempt(self, call, **parameters):
        try:
            return call(**parameters)
        except ClientError:
            return None

    def newest(self):
        return self.client.get_agent_runtime(agentRuntimeId=self.runtime_id)

    def network(self, version):
        found = self.client.get_agent_runtime(agentRuntimeId=self.runtime_id, agentRuntimeVersion=version)
        return found["networkConfiguration"]["networkMode"]


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(STEPS, max_size=25))
def test_what_always_holds(model, steps):
    history = History(model)
    for kind, what in steps:
        before = endpoints(history.client, history.runtime_id)
        history.take(kind, what)
        after = endpoints(history.client, history.runtime_id)

        newest = history.newest()["agentRuntimeVersion"]
        assert newest == max(history.networks, key=int)
        assert after["DEFAULT"][1] == newest
        for live, target, _ in after.values():
            # What serves or is to serve exists, and is as it was made.
            assert {history.network(version) == history.networks[version] for version in (live, target) if version} == {
                True
            }
        if kind == "update":
            named = {name: seen for name, seen in before.items() if name != "DEFAULT"}
            assert {name: seen for name, seen in after.items() if name != "DEFAULT"} == named

    history.clock.advance(SETTLED)
    for live, target, status in endpoints(history.client, history.runtime_id).values():
        assert status == "READY" or status.endswith("_FAILED")
        assert (live == target) is (status == "READY")


@settings(max_examples=50, deadline=None)
@given(steps=st.lists(STEPS, max_size=15), pauses=st.lists(st.floats(1, 40), min_size=15, max_size=15))
def test_a_read_that_lags_behind_shows_what_was_shown_then(model, steps, pauses):
    history, seen = History(model), []
    for (kind, what), pause in zip(steps, pauses, strict=False):
        history.take(kind, what)
        seen.append((history.clock.now, endpoints(history.client, history.runtime_id)))
        history.clock.advance(pause)

    for at, shown in seen:
        history.plane.faults.lag(history.clock.now - at, times=1)
        assert endpoints(history.client, history.runtime_id) == shown


def test_histories_do_reach_what_they_are_about(model):
    history = History(model)
    for step in (("wait", 80), ("create", ("prod", "1")), ("wait", 80), ("update", VPC), ("wait", 80)):
        history.take(*step)

    assert history.networks == {"1": "PUBLIC", "2": "VPC"}
    assert endpoints(history.client, history.runtime_id)["prod"][0] == "1"
