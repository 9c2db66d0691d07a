"""What the guardrail relies on, asked of a controller: of the simulated one in every version, or of a real one.

A real one is named by GUARDRAIL_CONTROLLER (https address), GUARDRAIL_CONTROLLER_USER, GUARDRAIL_CONTROLLER_PASSWORD
and GUARDRAIL_CONTROLLER_CA (PEM file). Tests that change something are left out, unless GUARDRAIL_CONTROLLER_MAY_CHANGE
is `yes`; they make objects whose names begin with `guardrail-contract-`, put the V1 list back, and touch no gateway.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.firewall.versions import ControllerVersion
from guardrail.gateways.controller.client import Controller
from guardrail.gateways.controller.hidden import Hidden
from guardrail.gateways.controller.login import FixedLogin, make_login
from guardrail.gateways.controller.posture import DefaultAction
from guardrail_lab.controller.release import RELEASES
from guardrail_lab.controller.seed import CLIENT_SPOKE, SPOKE, TRANSIT

REAL = os.environ.get("GUARDRAIL_CONTROLLER")
CONTROLLERS = ["real"] if REAL else list(RELEASES)
NOWHERE = "00000000-0000-4000-8000-000000000000"
ANYWHERE = "def000ad-0000-0000-0000-000000000000"
PREFIX = f"guardrail-contract-{os.getpid()}-"
SETTLE_SECONDS = 30 if REAL else 0


@dataclass
class Subject:
    client: Controller
    version: ControllerVersion


@pytest.fixture(params=CONTROLLERS)
def subject(request, lab) -> Subject:
    if REAL:
        client = Controller(FixedLogin(real_login()), ca_file=os.environ.get("GUARDRAIL_CONTROLLER_CA"))
    else:
        lab.renew(request.param)
        client = lab.client()
    return Subject(client, client.posture.version())


def real_login():
    user = os.environ.get("GUARDRAIL_CONTROLLER_USER", "admin")
    password = Hidden(os.environ["GUARDRAIL_CONTROLLER_PASSWORD"])
    return make_login("GUARDRAIL_CONTROLLER", str(REAL), user, password)


@contextmanager
def a_group(subject: Subject, name: str, *expressions: dict[str, str]) -> Iterator[str]:
    uuid = subject.client.groups.create(PREFIX + name, expressions)
    try:
        yield uuid
    finally:
        delete_when_unused(subject, uuid)


def delete_when_unused(subject: Subject, uuid: str) -> None:
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        try:
            return subject.client.groups.delete(uuid)
        except GatewayError as error:
            if not error.retryable or time.monotonic() > deadline:
                raise
            time.sleep(1)


@contextmanager
def as_it_was(subject: Subject) -> Iterator[tuple[dict, ...]]:
    """The V1 list, which is put back at the end."""
    before = subject.client.policies.read()
    try:
        yield before
    finally:
        subject.client.policies.replace(before, subject.version)


def own(rules):
    return [rule for rule in rules if not rule["system_resource"]]


def rule(name: str, src: str, **changes):
    return {
        "name": PREFIX + name,
        "action": "PERMIT",
        "src_ads": [src],
        "dst_ads": [ANYWHERE],
        "protocol": "TCP",
        "port_ranges": [{"lo": 443}],
        "priority": 2000000,
        "logging": True,
        "enforcement": "MONITOR",
        "decrypt_policy": "DECRYPT_NOT_ALLOWED",
        **changes,
    }


def test_the_version_is_one_that_we_know(subject):
    assert str(subject.version) in RELEASES


def test_the_default_action_can_be_read(subject):
    assert subject.client.posture.default_action().action in ("PERMIT", "DENY")


def test_dcf_is_a_feature_that_can_be_asked_for(subject):
    assert isinstance(subject.client.posture.feature("microseg"), bool)


def test_all_features_can_be_listed_where_the_version_can(subject):
    if subject.version.lists_features:
        assert "microseg" in subject.client.posture.features()


def test_the_systems_groups_are_there(subject):
    names = {group["uuid"]: group["name"] for group in subject.client.groups.list() if group["system_resource"]}

    assert "Anywhere" in names[ANYWHERE]


def test_what_is_not_there_is_none(subject):
    client = subject.client

    assert client.groups.get(NOWHERE) is None
    assert client.groups.named(f"{PREFIX}nobody") is None
    assert client.inventory.gateway(f"{PREFIX}nobody") is None
    assert client.inventory.detail(f"{PREFIX}nobody") is None


def test_a_ruleset_that_is_not_there_is_none(subject):
    if subject.version.has_rulesets:
        assert subject.client.rulesets.get(NOWHERE) is None


def test_a_call_that_the_version_lacks_is_an_error_and_not_an_empty_answer(subject):
    if not subject.version.has_rulesets:
        for ask in (subject.client.rulesets.list, lambda: subject.client.rulesets.get(NOWHERE)):
            with pytest.raises(GatewayError, match="unknown-path"):
                ask()


def test_every_gateway_can_be_read(subject):
    for gateway in subject.client.inventory.gateways():
        assert subject.client.inventory.gateway(gateway.name) == gateway
        assert subject.client.inventory.detail(gateway.name).name == gateway.name
        assert set(gateway.spoke_route_tables) <= set(subject.client.inventory.route_tables(gateway))


def test_the_log_profiles_are_there(subject):
    if subject.version.has_rulesets:
        assert subject.client.posture.log_profile("start/end")["profile_id"].startswith("def000ad-7000-")


@pytest.mark.changes
def test_a_group_is_made_read_replaced_and_deleted(subject):
    with a_group(subject, "life é/1", {"cidr": "192.0.2.0/24"}, {"type": "subnet", "res_id": "subnet-0"}) as uuid:
        made = subject.client.groups.get(uuid)
        subject.client.groups.replace(uuid, f"{PREFIX}life 2", [{"cidr": "198.51.100.1"}])
        replaced = subject.client.groups.named(f"{PREFIX}life 2")

    assert made["selector"]["any"] == [
        {"all": {"cidr": "192.0.2.0/24"}},
        {"all": {"type": "subnet", "res_id": "subnet-0"}},
    ]
    assert (replaced["uuid"], replaced["selector"]["any"]) == (uuid, [{"all": {"cidr": "198.51.100.1"}}])
    assert subject.client.groups.get(uuid) is None


@pytest.mark.changes
def test_a_group_that_is_gone_can_be_deleted_again(subject):
    with a_group(subject, "gone", {"cidr": "192.0.2.0/24"}) as uuid:
        subject.client.groups.delete(uuid)


@pytest.mark.changes
def test_a_groups_name_is_taken(subject):
    with a_group(subject, "taken", {"cidr": "192.0.2.0/24"}), pytest.raises(GatewayError) as failed:
        subject.client.groups.create(f"{PREFIX}taken", [{"cidr": "192.0.2.0/24"}])

    assert not failed.value.retryable


@pytest.mark.changes
def test_a_web_group_does_not_mix_domains_and_urls(subject):
    with pytest.raises(GatewayError):
        subject.client.groups.create(f"{PREFIX}mixed", [{"snifilter": "a.example"}, {"urlfilter": "b.example/x"}])


@pytest.mark.changes
def test_a_rule_is_added_and_the_others_stay_as_they_are(subject):
    with a_group(subject, "src", {"cidr": "192.0.2.0/24"}) as src, as_it_was(subject) as before:
        subject.client.policies.replace([*before, rule("new", src)], subject.version)
        after = subject.client.policies.read()

    added = [item for item in after if item["name"] == f"{PREFIX}new"]
    assert [item for item in after if item not in added] == list(before)
    assert rule("new", src).items() <= added[0].items()
    assert added[0]["uuid"]


@pytest.mark.changes
def test_a_rule_that_is_sent_with_its_uuid_keeps_it(subject):
    with a_group(subject, "src", {"cidr": "192.0.2.0/24"}) as src, as_it_was(subject) as before:
        subject.client.policies.replace([*before, rule("a", src), rule("b", src)], subject.version)
        first = subject.client.policies.read()
        changed = [{**item, "enforcement": "ENFORCE"} if item["name"] == f"{PREFIX}a" else item for item in first]
        subject.client.policies.replace(changed, subject.version)
        second = subject.client.policies.read()

    assert {item["name"]: item["uuid"] for item in first} == {item["name"]: item["uuid"] for item in second}
    assert [item["enforcement"] for item in second if item["name"] == f"{PREFIX}a"] == ["ENFORCE"]


@pytest.mark.changes
def test_reading_the_list_and_writing_it_back_changes_nothing(subject):
    with a_group(subject, "src", {"cidr": "192.0.2.0/24"}) as src, as_it_was(subject) as before:
        anything = rule("any", src, protocol="PROTOCOL_UNSPECIFIED", port_ranges=[], enforcement="ENFORCE")
        ranges = rule("ranges", src, port_ranges=[{"lo": 1, "hi": 9}, {"lo": 443}])
        subject.client.policies.replace([*before, anything, ranges], subject.version)
        once = subject.client.policies.read()
        subject.client.policies.replace(once, subject.version)

        assert subject.client.policies.read() == once


@pytest.mark.changes
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"src_ads": [NOWHERE]}, id="a group that does not exist"),
        pytest.param({"protocol": "ICMP"}, id="ports with ICMP"),
        pytest.param({"action": "ALLOW"}, id="an unknown action"),
        pytest.param({"port_ranges": [{"lo": port} for port in range(1, 66)]}, id="65 port ranges"),
    ],
)
def test_a_rule_that_is_wrong_is_refused_and_nothing_changes(subject, wrong):
    with a_group(subject, "src", {"cidr": "192.0.2.0/24"}) as src, as_it_was(subject) as before:
        with pytest.raises(GatewayError) as failed:
            subject.client.policies.replace([*before, {**rule("wrong", src), **wrong}], subject.version)

        assert not failed.value.retryable
        assert subject.client.policies.read() == before


@pytest.mark.changes
def test_a_group_that_a_rule_uses_cannot_be_deleted(subject):
    with a_group(subject, "used", {"cidr": "192.0.2.0/24"}) as src, as_it_was(subject) as before:
        subject.client.policies.replace([*before, rule("user", src)], subject.version)

        with pytest.raises(GatewayError, match="AVXERR-SMARTGROUP-0003") as failed:
            subject.client.groups.delete(src)
        assert failed.value.retryable


@pytest.mark.changes
def test_a_ruleset_is_made_read_replaced_and_deleted(subject):
    if not subject.version.has_rulesets:
        return
    rulesets = subject.client.rulesets
    with a_group(subject, "src", {"cidr": "192.0.2.0/24"}) as src:
        uuid = rulesets.create(f"{PREFIX}ruleset", [rule("a", src), rule("b", src)], subject.version)
        made = rulesets.get(uuid)
        listed = [ruleset for ruleset in rulesets.list() if ruleset["uuid"] == uuid]
        rulesets.replace(made, made["policies"][:1], subject.version)
        replaced = rulesets.get(uuid)
        rulesets.delete(uuid)
        rulesets.delete(uuid)

    assert listed == [made]
    assert [item["name"] for item in made["policies"]] == [f"{PREFIX}a", f"{PREFIX}b"]
    assert replaced == {**made, "policies": made["policies"][:1]}
    assert rulesets.get(uuid) is None


def simulated(test):
    """For what nobody would do to a real controller's gateways in a test."""
    return pytest.mark.gateways(pytest.mark.changes(test))


@simulated
def test_disable_snat_takes_a_spoke_out_and_enable_snat_puts_it_back(subject):
    client = subject.client
    before = client.inventory.gateway(SPOKE)
    client.insertion.disable_snat(SPOKE)
    out = client.inventory.gateway(SPOKE)
    client.insertion.enable_snat(SPOKE)

    assert (before.snat, before.snat_target, out.snat) == (True, "primary", False)
    assert client.inventory.gateway(SPOKE) == before


@simulated
def test_route_lists_are_replaced_as_a_whole_and_cleared(subject):
    insertion, inventory = subject.client.insertion, subject.client.inventory
    insertion.set_custom_routes(SPOKE, ["0.0.0.0/0", "10.0.0.0/8"])
    insertion.set_filtered_routes(SPOKE, ["10.1.0.0/16"])
    insertion.set_advertised_routes(SPOKE, ["10.2.0.0/16"])
    full = inventory.gateway(SPOKE)
    insertion.set_custom_routes(SPOKE, [])

    assert full.custom_routes == ("0.0.0.0/0", "10.0.0.0/8")
    assert (full.filtered_routes, full.advertised_routes) == (("10.1.0.0/16",), ("10.2.0.0/16",))
    assert inventory.gateway(SPOKE).custom_routes == ()


@simulated
def test_the_private_default_route_is_switched(subject):
    insertion, inventory = subject.client.insertion, subject.client.inventory
    insertion.enable_private_default_route(SPOKE)
    on = inventory.gateway(SPOKE).private_default_route
    insertion.disable_private_default_route(SPOKE)

    assert (on, inventory.gateway(SPOKE).private_default_route) == (True, False)


@simulated
def test_attaching_and_detaching_twice_is_as_good_as_once(subject):
    insertion, inventory = subject.client.insertion, subject.client.inventory
    insertion.detach(CLIENT_SPOKE, TRANSIT)
    insertion.detach(CLIENT_SPOKE, TRANSIT)
    detached = inventory.gateway(CLIENT_SPOKE).transit
    insertion.attach(CLIENT_SPOKE, TRANSIT)
    insertion.attach(CLIENT_SPOKE, TRANSIT)

    assert (detached, inventory.gateway(CLIENT_SPOKE).transit) == ("", TRANSIT)


@simulated
def test_the_default_action_and_features_are_set(subject):
    posture = subject.client.posture
    posture.set_default_action(DefaultAction("DENY", logging=True))
    posture.set_feature("ipv6", enabled=True)

    assert posture.default_action() == DefaultAction("DENY", logging=True)
    assert posture.feature("ipv6")


@simulated
def test_managed_route_tables_are_set_where_the_version_can(subject):
    insertion, inventory = subject.client.insertion, subject.client.inventory
    if subject.version.has_enforcement:
        table = inventory.gateway(SPOKE).spoke_route_tables[0]
        insertion.set_managed_route_tables(SPOKE, [table])

        assert inventory.gateway(SPOKE).spoke_route_tables == (table,)
