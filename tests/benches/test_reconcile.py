import pytest

from benches.firewall import Run, Site, Spent
from benches.peers.json_compare import JsonCompare
from benches.reconcile import puts
from guardrail.core.firewall.pack import Mode
from guardrail.flows.reconciliation import unread
from guardrail.gateways.controller.call import rest
from policy_pack.bound import bound_pack
from policy_pack.load import SHIPPED


def run(*methods: str) -> Run:
    calls = tuple(rest(method, "microseg/policy-list3") for method in methods)
    return Run(unread("made up"), Spent(1.0, 1.0), calls)


def test_what_is_counted_are_puts_and_no_reads():
    assert puts([run("GET", "PUT", "GET"), run("PUT", "PUT")]) == [1, 2]


@pytest.mark.parametrize("methods", [("GET",), ("PUT", "DELETE"), ("POST",)])
def test_one_changed_rule_that_is_not_put_is_no_figure(methods):
    with pytest.raises(RuntimeError, match="expected a PUT"):
        puts([run("PUT"), run(*methods)])


def test_the_script_sees_that_the_reconciler_changed_something_and_nothing_else(simulated):
    bare = simulated.bare()
    script = JsonCompare(bare.pool, bare.cid)
    quiet = script.has_changed()

    Site(simulated).apply(bound_pack(SHIPPED, SHIPPED / "bindings.example.yaml", Mode.DISCOVER))

    assert (quiet, script.has_changed()) == (False, True)
