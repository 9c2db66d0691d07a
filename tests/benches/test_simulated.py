import pytest

from benches.simulated import Bare
from guardrail.gateways.controller.call import rest

DEFAULT_ACTION = rest("GET", "microseg/default-action-policy")


def test_what_the_client_sent_is_sent_again_without_it(simulated):
    calls = []
    client, bare = simulated.client(calls.append), simulated.bare()
    client.groups.create("made-by-the-client", [{"cidr": "192.0.2.0/24"}])

    bare.send(bare.messages([rest("DELETE", "app-domains", client.groups.named("made-by-the-client")["uuid"])]))
    bare.send(bare.messages(calls[:1]))

    assert [call.method for call in calls] == ["POST", "GET"]
    assert client.groups.named("made-by-the-client") is not None


def test_a_request_that_is_refused_is_no_figure(simulated):
    bare = Bare(simulated.bare().pool, "nobody's session")

    with pytest.raises(RuntimeError, match="refuses"):
        bare.send(bare.messages([DEFAULT_ACTION]))
