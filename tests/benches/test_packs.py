from benches.packs import RULES, addresses_only, with_names
from guardrail.core.firewall.decide import Decider
from guardrail.core.firewall.flow import parse_flow


def test_a_scene_is_the_same_every_time():
    assert addresses_only(1, 5).document() == addresses_only(1, 5).document()
    assert addresses_only(1, 5).flows != addresses_only(2, 5).flows


def test_what_a_peer_gets_is_the_whole_pack():
    document = addresses_only(1, 5).document()

    assert len(document["rules"]) == RULES
    assert {rule["src"] for rule in document["rules"]} <= document["groups"].keys()
    assert {rule["port"] for rule in document["rules"]} - {None} == set(document["ports"])


def test_rules_of_both_scenes_decide_flows():
    for scene in (addresses_only(1, 200), with_names(1, 200)):
        decider = Decider(scene.pack.policy())

        assert len({decider.decide(parse_flow(flow)).by for flow in scene.flows}) > 20
