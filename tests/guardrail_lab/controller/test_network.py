"""The controller's route model and EC2's route tables move together on the local cloud."""

import pytest

from guardrail.core.firewall.insertion import Spoke
from guardrail.core.firewall.routes import Proof, judge
from guardrail.gateways.routes import RoutesGateway
from guardrail_lab.cloud import LocalCloud
from guardrail_lab.controller import gateways
from guardrail_lab.controller.launch import local_controller
from guardrail_lab.controller.network import build_network
from guardrail_lab.controller.routes import target
from guardrail_lab.controller.seed import SPOKE, TRANSIT

NAMED = {"gateway_name": SPOKE}


@pytest.fixture(scope="module")
def ec2():
    with LocalCloud() as cloud:
        yield cloud.client("ec2")


@pytest.mark.parametrize("nat", [True, False])
def test_the_default_route_in_ec2_goes_where_the_controller_says(ec2, nat):
    network = build_network(ec2, nat=nat)
    witness = RoutesGateway(lambda _: ec2, [network.runtime_subnet])

    def seen(sim):
        spoke = sim.world.gateways[SPOKE]
        (route,) = witness.look(Spoke(SPOKE, network.vpc, addresses=(spoke["private_ip"],))).routes
        wanted = target(sim, network.vpc, network.runtime_table)
        known = {f"gateway:{SPOKE}": network.instance, None: ""}
        assert route.target == known.get(wanted, wanted)
        return route

    with local_controller(network=network) as controller:
        sim = controller.simulator.sim
        assert seen(sim).at_spoke
        for change in (
            lambda: gateways.disable_snat(sim, NAMED),
            lambda: gateways.set_private_default(sim, NAMED, enabled=True),
            lambda: gateways.set_private_default(sim, NAMED, enabled=False),
            lambda: gateways.attach(sim, {"spoke_gw": SPOKE, "transit_gw": TRANSIT}),
            lambda: sim.world.gateways[TRANSIT].update(advertises_default=True) or sim.changed(),
            lambda: gateways.detach(sim, {"spoke_gw": SPOKE}),
            lambda: gateways.enable_snat(sim, NAMED),
        ):
            change()
            controller.simulator.keep()
            seen(sim)
        assert seen(sim).at_spoke


def test_the_way_out_is_proven_from_ec2_and_what_there_is_to_return_to_is_known_before(ec2):
    network = build_network(ec2)
    witness = RoutesGateway(lambda _: ec2, [network.runtime_subnet])
    with local_controller(network=network) as controller:
        spoke = Spoke(SPOKE, network.vpc, addresses=(network.spoke_address,))
        before = witness.look(spoke)
        gateways.disable_snat(controller.simulator.sim, NAMED)
        controller.simulator.keep()
        after = witness.look(spoke)

    assert before.originals == (network.nat,)
    assert judge(before, None, at_spoke=False) is Proof.WRONG
    assert judge(after, before.through(), at_spoke=False) is Proof.PROVEN


def test_a_controller_that_is_restarted_in_the_same_network_finds_it_again(ec2, tmp_path):
    network = build_network(ec2)
    with local_controller(network=network, state=tmp_path / "state.json") as controller:
        gateways.disable_snat(controller.simulator.sim, NAMED)
        controller.simulator.keep()
    with local_controller(network=network, state=tmp_path / "state.json") as controller:
        assert controller.simulator.sim.world.gateways[SPOKE]["vpc_id"] == network.vpc
        assert target(controller.simulator.sim, network.vpc, network.runtime_table) == network.nat
