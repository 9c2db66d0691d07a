"""Backing out while the reconciler is at work: the real flows, the real client, a simulated controller."""

import os
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.core.switch import Scope
from guardrail.core.undo import Side
from guardrail.flows.back_out import obey
from guardrail.flows.back_out_world import Place, World
from guardrail.flows.reconcile_pack import apply_pack
from guardrail.gateways.back_out import BackOutGateway
from guardrail.gateways.controller.calls import Calls
from guardrail.gateways.controller.groups import Groups
from guardrail.gateways.controller.hidden import Hidden
from guardrail.gateways.controller.login import FixedLogin, make_login
from guardrail.gateways.controller.policies import Policies
from guardrail.gateways.controller.posture import Posture
from guardrail.gateways.controller.rulesets import Rulesets
from guardrail.gateways.controller.session import Session
from tests.back_out_cloud import FakeAnnouncements, FakeCalendar, FakeSwitchBoard
from tests.builders import NOW
from tests.fakes import FakeEvidence
from tests.firewall_lab import FirewallLab, Wire
from tests.firewall_states import PREFIX, State

CASES = settings(max_examples=20_000 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 150)
ORDERS = (
    {"command": "back-out", "scope": "policy", "reason": "x"},
    {"command": "watch", "reason": "x"},
    {"command": "watch", "on": False, "reason": "x"},
)


def back_out_gateway(lab: FirewallLab) -> BackOutGateway:
    """One whose messages go straight into the simulator, past what a test does to the reconciler's."""

    def connect(watcher):
        wire = Wire(lab.simulator)
        login = make_login("test", "https://controller.invalid", "admin", Hidden("any"))
        calls = Calls(wire, Session(wire, FixedLogin(login)), watcher)
        return SimpleNamespace(**{each.__name__.lower(): each(calls) for each in (Posture, Groups, Policies, Rulesets)})

    return BackOutGateway(connect)


class Operator:
    """Somebody who backs out, and the switches that the reconciler reads."""

    def __init__(self, state: State) -> None:
        self.state, self.switches = state, FakeSwitchBoard()
        self.gateway = back_out_gateway(state.lab)

    def order(self, document):
        world = World(
            Place((Scope.POLICY,), (), PREFIX),
            self.switches,
            self.gateway,
            None,
            None,
            FakeCalendar(),
            FakeEvidence(),
            FakeAnnouncements(),
            clock=lambda: NOW,
            pause=self.state.lab.pause,
        )
        return obey(document, None, world)

    def held(self):
        """What is in force as it was left; empty if nothing is backed out."""
        values = self.gateway.rules().values()
        records = [record for record in self.switches.records() if record.is_backed_out]
        return [(record.undo, record.undo.is_at(Side.AFTER, values)) for record in records if record.undo]


@pytest.mark.fuzz
@CASES
@given(
    seed=st.integers(0, 1_000_000),
    at=st.integers(0, 8),
    late=st.booleans(),
    order=st.sampled_from(ORDERS),
)
def test_the_reconciler_takes_nothing_back_that_an_operator_did_in_the_middle_of_its_work(seed, at, late, order):
    """`late`: the operator comes after the switch was read, and before the call that was decided on."""
    state = State(seed)
    state.apply_old()
    operator, asked = Operator(state), []

    def engaged(scope):
        asked.append(scope)
        before = operator.switches.engaged(scope)
        if len(asked) == at + 1:
            operator.order(order)
        return before if late else operator.switches.engaged(scope)

    apply_pack(state.task(), state.lab.world(engaged=engaged))
    held = operator.held()
    assert all(in_force for _, in_force in held)

    again = apply_pack(state.task(), state.lab.world(engaged=operator.switches.engaged))
    assert not held or again.writes == 0
    assert all(in_force for _, in_force in operator.held())


@pytest.mark.fuzz
@CASES
@given(seed=st.integers(0, 1_000_000), order=st.sampled_from(ORDERS))
def test_after_a_restore_the_reconciler_finds_what_it_left(seed, order):
    state = State(seed)
    state.apply_old()
    apply_pack(state.task(state.old), state.lab.world())
    operator = Operator(state)
    before = operator.gateway.rules()

    operator.order(order)
    assert operator.order({"command": "restore"})["done"]

    assert operator.gateway.rules() == before
    assert apply_pack(state.task(state.old), state.lab.world()).writes == 0
