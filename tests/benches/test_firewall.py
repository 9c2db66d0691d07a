from dataclasses import replace

import pytest

from benches.firewall import Site, thousand_rules, with_one_changed
from guardrail.core.firewall.pack import Mode
from policy_pack.bound import bound_pack
from policy_pack.load import SHIPPED

SHIPPED_PACK = bound_pack(SHIPPED, SHIPPED / "bindings.example.yaml", Mode.DISCOVER)


def test_a_run_is_counted_call_by_call_and_without_its_login(simulated):
    site = Site(simulated)

    first, second = site.apply(SHIPPED_PACK), site.apply(SHIPPED_PACK)

    assert (first.writes, len(first.calls)) == (first.report.writes, first.reads + first.writes)
    assert first.writes > 0
    assert (second.reads, second.writes) == (6, 0)
    assert min(second.spent.wall, second.spent.cpu) > 0


def test_a_run_that_does_not_get_there_is_no_figure(simulated):
    site = Site(simulated)
    site.apply(SHIPPED_PACK)

    with pytest.raises(RuntimeError, match="not applied"):
        site.apply(replace(SHIPPED_PACK, pack=replace(SHIPPED_PACK.pack, rules=SHIPPED_PACK.pack.rules[:1])))


def test_the_changed_pack_differs_in_one_rule():
    bound = thousand_rules()
    pairs = list(zip(bound.pack.rules, with_one_changed(bound).pack.rules, strict=True))

    assert len(pairs) == 1_000
    assert sum(before != after for before, after in pairs) == 1
