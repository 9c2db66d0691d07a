"""Backing out over the controller's real client, against simulated controllers of every generation."""

from pathlib import Path

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.firewall.back_out import permit_all, rules_at
from guardrail.core.firewall.insertion import Refused
from guardrail.core.order import parse_order
from guardrail.core.switch import Scope
from guardrail.core.undo import Side
from guardrail.flows.change import path_look, rules_look
from guardrail.flows.direct import give_back, hold, repeat
from guardrail.gateways.back_out import BackOutGateway
from guardrail.gateways.controller.client import Controller
from guardrail.gateways.controller.login import FixedLogin
from guardrail.gateways.controller.rulesets import ATTACHMENT_POINTS
from guardrail_lab.controller.release import RELEASES
from guardrail_lab.controller.seed import CLIENT_SPOKE, SPOKE, TRANSIT
from tests.back_out_cloud import ANYWHERE
from tests.controller_lab import controller_lab

BACK_OUT = parse_order({"command": "back-out", "reason": "x"})
POLICY = parse_order({"command": "back-out", "scope": "policy", "reason": "x"})
WATCH = parse_order({"command": "watch", "reason": "x"})


class Kept(list):
    """What takes changes back, as whoever makes them keeps it."""

    def keep(self, undo, before):
        self.append(undo)
        return undo, before


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with controller_lab(Path(tmp_path_factory.mktemp("controller"))) as lab:
        yield lab


@pytest.fixture(params=RELEASES)
def lab(running, request):
    running.renew(request.param)
    return running


@pytest.fixture
def gateway(lab):
    return BackOutGateway(
        lambda watcher: Controller(FixedLogin(lab.login()), ca_file=lab.ca_file, watcher=watcher, sleep=lambda _: None)
    )


def rules(client):
    group = client.groups.create("agentcore-runtimes", [{"cidr": "10.50.10.0/24"}])
    shared = {"src_ads": [group], "dst_ads": [ANYWHERE], "protocol": "TCP", "logging": True}
    return [
        {"name": "other-5", "action": "PERMIT", "priority": 5, **shared, "port_ranges": [{"lo": 22}]},
        {"name": "agentcore-28-x", "action": "DENY", "priority": 28, **shared, "port_ranges": [{"lo": 25, "hi": 26}]},
        {"name": "agentcore-30-y", "action": "PERMIT", "priority": 30, **shared, "port_ranges": [{"lo": 443}]},
        {"name": "agentcore-100-default-deny", "action": "DENY", "priority": 100, **shared},
    ]


@pytest.fixture
def listed(lab):
    """Our rules in the V1 list."""
    client = lab.client()
    client.policies.replace(rules(client), client.posture.version())
    return client


def puts(lab):
    return [request.path for request in lab.requests if request.method == "PUT"]


def test_insertion_goes_and_comes_back_by_one_call_each_and_three_in_all(lab, gateway):
    before = dict(lab.simulator.sim.world.gateways[SPOKE])
    kept = Kept()

    out = hold(path_look(gateway, SPOKE), BACK_OUT, Scope.INSERTION, kept.keep)

    assert out.done
    assert out.proof["status"] == "accepted"
    assert gateway.calls == 3
    assert not lab.simulator.sim.world.gateways[SPOKE]["snat"]
    give_back(path_look(gateway, SPOKE), kept[0], Scope.INSERTION)
    assert lab.simulator.sim.world.gateways[SPOKE] == before


@pytest.mark.parametrize(
    ("changes", "order"),
    [
        ({"snat": False, "private_default": True}, {}),
        ({"snat": False, "customized": ["10.0.0.0/8", "0.0.0.0/0"]}, {}),
        ({"snat": False, "transit": TRANSIT}, {"allow_detach": True}),
        ({"snat": False, "transit": TRANSIT, "managed_tables": ["rtb-0a9e47c0de0000010"]}, {"allow_detach": True}),
    ],
    ids=["private default route", "customised routes", "detach", "detach from some route tables"],
)
def test_every_other_simple_cause_is_undone_to_the_last_field(lab, gateway, changes, order):
    lab.simulator.sim.world.gateways[SPOKE] |= changes
    before, kept = dict(lab.simulator.sim.world.gateways[SPOKE]), Kept()
    asked = parse_order({"command": "back-out", "reason": "x", **order})

    hold(path_look(gateway, SPOKE), asked, Scope.INSERTION, kept.keep)
    assert lab.simulator.sim.world.gateways[SPOKE] != before
    give_back(path_look(gateway, SPOKE), kept[0], Scope.INSERTION)

    assert lab.simulator.sim.world.gateways[SPOKE] == before


def test_a_spoke_that_may_have_its_route_from_a_transit_is_refused_and_nothing_is_kept(lab, gateway):
    kept = Kept()

    with pytest.raises(Refused, match="--allow-detach"):
        hold(path_look(gateway, CLIENT_SPOKE), BACK_OUT, Scope.INSERTION, kept.keep)

    assert not kept
    assert not puts(lab)


@pytest.mark.parametrize("order", [POLICY, WATCH], ids=["policy", "watch"])
def test_rules_of_the_v1_list_change_by_one_put_and_come_back_byte_for_byte(lab, gateway, listed, order):
    before, kept = listed.policies.read(), Kept()
    lab.requests.clear()

    assert hold(rules_look(gateway, "agentcore"), order, Scope.POLICY, kept.keep).proof["status"] == "proven"

    assert puts(lab) == ["/v2.5/api/microseg/policy-list"]
    assert [rule for rule in listed.policies.read() if rule["name"] == "other-5"] == [before[0]]
    give_back(rules_look(gateway, "agentcore"), kept[0], Scope.POLICY)
    assert listed.policies.read() == before


@pytest.mark.parametrize("release", ["8.2", "9.0", "10.1"])
@pytest.mark.parametrize("order", [POLICY, WATCH], ids=["policy", "watch"])
def test_rules_of_a_ruleset_change_by_one_put_and_come_back_byte_for_byte(running, release, order):
    running.renew(release)
    client, kept = running.client(), Kept()
    point = ATTACHMENT_POINTS["TERRAFORM_BEFORE_UI_MANAGED"]
    uuid = client.rulesets.create("agentcore-agentcore", rules(client)[1:], client.posture.version(), attach_to=point)
    before, v1 = client.rulesets.get(uuid), client.policies.read()
    running.requests.clear()
    found = BackOutGateway(lambda w: Controller(FixedLogin(running.login()), ca_file=running.ca_file, watcher=w))

    hold(rules_look(found, "agentcore"), order, Scope.POLICY, kept.keep)

    assert puts(running) == [f"/v2.5/api/microseg/policy-list3/{uuid}"]
    give_back(rules_look(found, "agentcore"), kept[0], Scope.POLICY)
    assert client.rulesets.get(uuid) == before
    assert client.policies.read() == v1


def test_watch_is_written_as_the_release_spells_it(lab, gateway, listed):
    hold(rules_look(gateway, "agentcore"), WATCH, Scope.POLICY, Kept().keep)

    request = next(request for request in reversed(lab.requests) if request.method == "PUT")
    member = '"enforcement":"MONITOR"' if lab.simulator.sim.release.has("10.1") else '"watch":true'
    assert member in request.body.decode()


def test_a_list_that_somebody_changed_since_it_was_read_is_not_written(lab, gateway, listed):
    live = gateway.rules()
    changed = rules_at(live, permit_all(live, "agentcore"), Side.AFTER)
    listed.policies.replace(listed.policies.read()[:-2], listed.posture.version())
    lab.requests.clear()

    with pytest.raises(GatewayError, match="changed-meanwhile"):
        gateway.replace(live, changed)

    assert not puts(lab)


def test_what_is_done_already_is_answered_without_a_call(lab, gateway):
    kept = Kept()
    hold(path_look(gateway, SPOKE), BACK_OUT, Scope.INSERTION, kept.keep)
    calls = gateway.calls

    answer = repeat(kept[0], Scope.INSERTION, {"snat": True}, {"snat": False})

    assert answer.done
    assert (answer.before, answer.after) == ({"snat": True}, {"snat": False})
    assert gateway.calls == calls


def test_what_cannot_be_kept_is_not_done(lab, gateway):
    def full(*_):
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        hold(path_look(gateway, SPOKE), BACK_OUT, Scope.INSERTION, full)

    assert lab.simulator.sim.world.gateways[SPOKE]["snat"]


def test_a_rehearsal_says_what_it_would_call(lab, gateway, listed):
    rehearsal = parse_order({"command": "watch", "reason": "x", "dry_run": True})
    lab.requests.clear()

    answer = hold(rules_look(gateway, "agentcore"), rehearsal, Scope.POLICY, Kept().keep)

    assert answer.would == ({"method": "PUT", "path": "/v2.5/api/microseg/policy-list"},)
    assert not puts(lab)
