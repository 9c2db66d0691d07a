import re
from dataclasses import replace

import pytest

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.deny_documents import MAX_CHARACTERS, size
from guardrail.core.runtimes.deny_policy import PolicyForm, render_deny
from guardrail.core.runtimes.landing_zone import LandingZone
from tests.deny_lattice import ACCOUNT, ZONES, attach, lattice
from tests.iam_evaluator import Decision, decide

EVERYWHERE = ["NoSubnets", "NoSecurityGroups", "EmptySubnets", "EmptySecurityGroups", "NoLandingZone"]
DIVISIBLE = [PolicyForm.MANAGED_POLICY, PolicyForm.SCP]


def zone(region, subnets, groups=1):
    return LandingZone(
        account=ACCOUNT,
        region=region,
        subnets=tuple(f"subnet-{number:017x}" for number in range(subnets)),
        security_groups=tuple(f"sg-{number:017x}" for number in range(groups)),
    )


def large(subnets):
    """Two zones that do not fit into one document: their own ids, and many more."""
    more = zone("us-east-1", subnets).subnets
    return tuple(replace(each, subnets=tuple(sorted({*each.subnets, *more}))) for each in ZONES)


def denied(form, documents, case):
    return decide(attach(form, documents), case.request) == Decision.EXPLICIT_DENY


@pytest.mark.parametrize("form", PolicyForm)
def test_a_document_is_measured_as_aws_measures_it(form):
    """Without white space between the parts; there is none inside them."""
    [document] = render_deny(ZONES, form)

    assert size(document) == len("".join(str(document).split()).replace("'", '"'))
    assert size(document) <= MAX_CHARACTERS[form]


@pytest.mark.parametrize("form", DIVISIBLE)
def test_what_does_not_fit_is_divided_between_statements_never_inside_a_list(form):
    zones = large(90)
    documents = render_deny(zones, form)

    assert len(documents) == 2
    assert all(size(document) <= MAX_CHARACTERS[form] for document in documents)
    for each in zones:
        lists = [s["Condition"]["ForAnyValue:StringNotEquals"] for d in documents for s in d["Statement"][5:]]
        assert list(each.subnets) in [keys.get("bedrock-agentcore:subnets") for keys in lists]


@pytest.mark.parametrize("form", DIVISIBLE)
def test_divided_documents_say_together_what_one_would(form):
    zones = large(90)
    documents = render_deny(zones, form)

    assert [case for case in lattice(zones) if denied(form, documents, case) != case.denied] == []


@pytest.mark.parametrize("form", DIVISIBLE)
def test_each_document_alone_denies_public_everywhere_and_nothing_wrongly(form):
    """The other one may be attached later, or forgotten: then foreign ids pass in the Regions it carries, no more."""
    zones = large(90)
    for document in render_deny(zones, form):
        assert [statement["Sid"] for statement in document["Statement"][:5]] == EVERYWHERE
        for case in lattice(zones):
            alone = denied(form, [document], case)
            placed_nowhere = not all(
                case.request.context.get(f"bedrock-agentcore:{key}") for key in ("subnets", "securityGroups")
            )
            if placed_nowhere and case.denied:
                assert alone
            assert case.denied or not alone


@pytest.mark.parametrize("form", PolicyForm)
def test_a_list_that_is_too_long_is_refused_with_the_counts_and_what_to_do(form):
    with pytest.raises(InvalidInput) as error:
        render_deny([zone("us-east-1", 200)], form)

    said = re.fullmatch(
        r"zone of us-east-1: subnets: expected at most (\d+), there are 200: "
        r"with them a document has ([\d,]+) characters, as ([\w-]+) it may have ([\d,]+), "
        r"and one list cannot be divided\. "
        "Approve fewer, or spread the agents over more accounts",
        str(error.value),
    )
    most, characters, named, limit = said.groups()
    assert (named, int(limit.replace(",", ""))) == (form.value, MAX_CHARACTERS[form])
    assert (
        int(characters.replace(",", "")) - (200 - int(most)) * len('"subnet-00000000000000000",')
        <= MAX_CHARACTERS[form]
    )


def test_the_number_that_is_said_to_fit_fits():
    for form in DIVISIBLE:
        with pytest.raises(InvalidInput) as error:
            render_deny([zone("us-east-1", 1, groups=300)], form)
        most = int(str(error.value).split("at most ")[1].split(",")[0])

        assert render_deny([zone("us-east-1", 1, groups=most)], form)
        with pytest.raises(InvalidInput):
            render_deny([zone("us-east-1", 1, groups=most + 1)], form)


@pytest.mark.parametrize(
    ("form", "subnets"), [(PolicyForm.MANAGED_POLICY, 142), (PolicyForm.BOUNDARY, 139), (PolicyForm.SCP, 101)]
)
def test_one_document_holds_as_many_subnets_as_the_docs_say(form, subnets):
    """Of one Region, beside four security groups."""
    assert fits_into_one(form, subnets)
    assert not fits_into_one(form, subnets + 1)


def fits_into_one(form, subnets):
    try:
        return len(render_deny([zone("us-east-1", subnets, groups=4)], form)) == 1
    except InvalidInput:
        return False


def test_zones_that_need_two_documents_are_no_boundary_since_a_role_has_only_one():
    with pytest.raises(InvalidInput, match="zones: expected so few ids that one document of 6,144") as error:
        render_deny(large(90), PolicyForm.BOUNDARY)

    assert "managed policies" in str(error.value)


def test_forty_regions_fit():
    regions = [f"us-{name}-{number}" for name in ("east", "west", "north", "south") for number in range(1, 11)]
    for form in DIVISIBLE:
        documents = render_deny([zone(region, 6, groups=4) for region in regions], form)
        assert sum("ForeignSubnet" in s["Sid"] for d in documents for s in d["Statement"]) == 40
