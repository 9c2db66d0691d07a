import json
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.deny_policy import PolicyForm, render_deny
from guardrail.core.runtimes.deny_side_doors import our_side_doors
from guardrail.core.runtimes.fix import propose_fix
from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.rules import RuleId
from tests.builders import PUBLIC, snapshot
from tests.deny_lattice import ACCOUNT, GROUPS, REGIONS, SUBNETS, ZONES, attach, request
from tests.iam_evaluator import Decision, decide

EAST, WEST = ZONES


def sids(document):
    return [statement["Sid"] for statement in document["Statement"]]


@pytest.mark.parametrize("form", PolicyForm)
@pytest.mark.parametrize("side_doors", [None, our_side_doors(ACCOUNT)], ids=["", "side doors"])
def test_the_documents_are_as_reviewed(form, side_doors, golden):
    documents = render_deny(ZONES, form, side_doors=side_doors, gateway_targets=side_doors is not None)

    name = form.value + ("-side-doors" if side_doors else "")
    golden(f"{name}.json", json.dumps(documents, indent=2) + "\n")


@pytest.mark.parametrize("form", PolicyForm)
def test_each_statement_asks_one_question_of_every_resource(form):
    [document] = render_deny(ZONES, form)
    denials = [statement for statement in document["Statement"] if statement["Effect"] == "Deny"]

    assert [statement["Sid"] for statement in denials] == [
        "NoSubnets",
        "NoSecurityGroups",
        "EmptySubnets",
        "EmptySecurityGroups",
        "NoLandingZone",
        "ForeignSubnetEuWest1",
        "ForeignSecurityGroupEuWest1",
        "ForeignSubnetUsEast1",
        "ForeignSecurityGroupUsEast1",
    ]
    assert {statement["Resource"] for statement in denials} == {"*"}
    for statement in denials:
        keys = [key for keys in statement["Condition"].values() for key in keys]
        assert len([key for key in keys if key in (SUBNETS, GROUPS)]) == (statement["Sid"] != "NoLandingZone")


def test_only_a_boundary_allows_and_it_allows_everything():
    allows = {
        form: [s for s in render_deny(ZONES, form)[0]["Statement"] if s["Effect"] == "Allow"] for form in PolicyForm
    }

    assert allows[PolicyForm.MANAGED_POLICY] == allows[PolicyForm.SCP] == []
    [allow] = allows[PolicyForm.BOUNDARY]
    assert (allow["Action"], allow["Resource"]) == ("*", "*")


def test_only_in_an_scp_the_foreign_ids_are_those_of_one_account():
    for form in PolicyForm:
        foreign = [s for s in render_deny(ZONES, form)[0]["Statement"] if s["Sid"].startswith("Foreign")]
        accounts = {statement["Condition"]["StringEquals"].get("aws:PrincipalAccount") for statement in foreign}
        assert accounts == ({ACCOUNT} if form is PolicyForm.SCP else {None})


def test_endpoints_are_never_asked_for_a_network():
    """They have no network keys: a Null test would deny every endpoint, and with it, it is said, every create."""
    for form in PolicyForm:
        for document in render_deny(ZONES, form, side_doors=our_side_doors(ACCOUNT), gateway_targets=True):
            for statement in document["Statement"]:
                if "Endpoint" in str(statement["Action"]):
                    assert not {"Null", "ForAllValues:StringNotLike"} & statement["Condition"].keys()


def test_equal_zones_give_equal_documents_in_whatever_order():
    assert len({json.dumps(render_deny(zones, PolicyForm.SCP)) for zones in permutations(ZONES)}) == 1


def test_gateway_targets_are_asked_about_foreign_ids_but_need_no_network():
    attached = attach(PolicyForm.SCP, render_deny(ZONES, PolicyForm.SCP, gateway_targets=True))

    def decided(action, region, **keys):
        return decide(attached, request(action, region, **keys))

    foreign, approved = ("subnet-0f0f0f0f0f0f0f0f0",), EAST.subnets
    for action in ("CreateGatewayTarget", "UpdateGatewayTarget"):
        assert decided(action, REGIONS[0]) == decided(action, REGIONS[2]) == Decision.ALLOWED
        assert decided(action, REGIONS[0], subnets=approved) == Decision.ALLOWED
        assert decided(action, REGIONS[0], subnets=(*approved, *foreign)) == Decision.EXPLICIT_DENY
        assert decided(action, REGIONS[2], subnets=approved) == Decision.EXPLICIT_DENY
        assert decided(action, REGIONS[0], groups=("sg-0f0f0f0f0f0f0f0f0",)) == Decision.EXPLICIT_DENY


@pytest.mark.parametrize("form", PolicyForm)
def test_the_guardrails_own_repair_passes_its_own_deny(form):
    """Also of a zone with more ids than one runtime takes."""
    zone = replace(EAST, subnets=tuple(f"subnet-{number:017x}" for number in range(40)))
    public = snapshot({1: PUBLIC}, {"DEFAULT": 1})
    fix = propose_fix(RuleId.NETWORK_MODE, 1, ("DEFAULT",), public, zone).cloudformation
    subnets, groups = (tuple(json.loads(line.split(": ")[1])) for line in fix.splitlines() if "[" in line)

    repair = request("UpdateAgentRuntime", zone.region, subnets=subnets, groups=groups)

    assert (len(subnets), groups) == (16, zone.security_groups)
    assert decide(attach(form, render_deny([zone, WEST], form)), repair) == Decision.ALLOWED


def ids(prefix):
    return st.lists(
        st.text("0123456789abcdef", min_size=8, max_size=17).map(prefix.__add__), min_size=1, max_size=5, unique=True
    ).map(lambda found: tuple(sorted(found)))


ZONES_OF_ONE_ACCOUNT = st.lists(
    st.builds(LandingZone, st.just(ACCOUNT), st.sampled_from(REGIONS), ids("subnet-"), ids("sg-")),
    min_size=1,
    unique_by=lambda zone: zone.region,
)


@pytest.mark.fuzz
@given(zones=ZONES_OF_ONE_ACCOUNT, form=st.sampled_from(PolicyForm), data=st.data())
def test_a_placement_is_allowed_exactly_inside_a_zone(zones, form, data):
    region = data.draw(st.sampled_from(REGIONS))
    subnets = data.draw(st.one_of(ids("subnet-"), *(some_of(zone.subnets) for zone in zones)))
    groups = data.draw(st.one_of(ids("sg-"), *(some_of(zone.security_groups) for zone in zones)))
    asked = request("CreateAgentRuntime", region, subnets=subnets, groups=groups)
    inside = any(
        zone.region == region and set(subnets) <= zone.subnet_set and set(groups) <= zone.security_group_set
        for zone in zones
    )

    decision = decide(attach(form, render_deny(zones, form)), asked)

    assert decision == (Decision.ALLOWED if inside else Decision.EXPLICIT_DENY)


def some_of(values):
    return st.lists(st.sampled_from(values), min_size=1, unique=True).map(tuple)


@pytest.mark.parametrize(
    ("zones", "message"),
    [
        pytest.param([], "zones: expected at least one", id="no zone"),
        pytest.param([EAST, EAST], "one zone per Region; us-east-1 has 2", id="two zones for one Region"),
        pytest.param([EAST, replace(WEST, account="444455556666")], "zones of one account", id="zones of two accounts"),
        pytest.param([replace(EAST, subnets=())], "zone of us-east-1: subnets: expected", id="a zone without subnets"),
        pytest.param([replace(EAST, security_groups=())], "us-east-1: security_groups", id="a zone without groups"),
        pytest.param([replace(EAST, subnets=("subnet-*",))], "1 of 1 do not", id="a wildcard"),
        pytest.param([replace(EAST, subnets=("subnet-${aws:x}",))], "subnets", id="a policy variable"),
        pytest.param([replace(EAST, subnets=("subnet-0a1b2c3",))], "{8,17}", id="an id that is too short"),
        pytest.param([replace(EAST, subnets=("subnet-0a1b2c3d4e5f60001\n",))], "subnets", id="a line end"),
        pytest.param([replace(EAST, subnets=EAST.security_groups)], "2 of 2 do not", id="groups among subnets"),
        pytest.param([replace(EAST, security_groups=("sg-0a1b2c3d4e5f60001x",))], "sg-", id="an id that is too long"),
    ],
)
@pytest.mark.parametrize("form", PolicyForm)
def test_what_no_policy_expresses_is_refused_in_one_line_without_quoting_it(zones, message, form):
    with pytest.raises(InvalidInput) as error:
        render_deny(zones, form)

    assert message in str(error.value)
    assert "\n" not in str(error.value)
    assert "${" not in str(error.value)
