import pytest

from benches.back_out import Hands, insertion
from benches.report import Effort
from guardrail.core.order import parse_order
from guardrail.core.switch import Scope
from guardrail.flows.change import path_look
from guardrail_lab.controller.seed import SPOKE

ORDER = parse_order({"command": "back-out", "reason": "test"})


def test_the_path_is_measured_and_left_as_it_was(simulated):
    client = simulated.client()
    before = client.inventory.gateway(SPOKE)

    lines = list(insertion(simulated, Effort(processes=2, invocations=1, snapshots=(1, 1))))

    assert lines[0].values == [3, 3]
    assert all(len(line.values) == 2 and min(line.values) > 0 for line in lines)
    assert before.snat
    assert client.inventory.gateway(SPOKE) == before


def test_a_change_is_kept_with_its_calls_and_its_reading_back(simulated):
    hands = Hands(simulated)

    change = hands.change(path_look(hands.controller, SPOKE), ORDER, Scope.INSERTION, simulated.bare())

    assert [call.read for call in change.calls] == [True, False, True]
    assert change.puts == 0


def test_nothing_to_change_is_no_figure(simulated):
    simulated.client().insertion.disable_snat(SPOKE)
    hands = Hands(simulated)

    with pytest.raises(RuntimeError, match="nothing to change"):
        hands.change(path_look(hands.controller, SPOKE), ORDER, Scope.INSERTION, simulated.bare())
