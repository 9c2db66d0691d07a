"""All causes that put a spoke into the path are found; exactly one simple one is one call, anything else is refused."""

from itertools import product

import pytest

from guardrail.core.firewall.insertion import Cause, PathCall, Refused, Spoke, Turn, causes, out_of_path, path_call
from guardrail.core.undo import Side

SNAT = {"snat": True, "snat_target": "primary"}
CUSTOM = {"snat": True, "snat_target": "customized"}
PRIVATE = {"private_default_route": True}
ROUTES = {"custom_routes": ("10.0.0.0/8", "0.0.0.0/0")}
ONLY = {"custom_routes": ("0.0.0.0/0",)}
TRANSIT = {"transit": "transit-gw"}


def spoke(*parts, **more):
    members = {key: value for part in parts for key, value in part.items()}
    return Spoke("gw", cloud_type=256, **members, **more)


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ((), ()),
        ((SNAT,), (Cause.SNAT,)),
        ((CUSTOM,), (Cause.CUSTOM_SNAT,)),
        ((PRIVATE,), (Cause.PRIVATE_DEFAULT,)),
        ((ROUTES,), (Cause.CUSTOM_ROUTES,)),
        ((ONLY,), (Cause.ONLY_CUSTOM_ROUTE,)),
        (({"custom_routes": ("10.0.0.0/8",)},), ()),
        ((TRANSIT,), (Cause.TRANSIT,)),
        (({"egress_transit": "egress"},), (Cause.TRANSIT,)),
        ((TRANSIT, {"filtered_routes": ("0.0.0.0/0",)}), ()),
        ((SNAT, TRANSIT, {"filtered_routes": ("0.0.0.0/0",)}), (Cause.SNAT,)),
        (
            (SNAT, PRIVATE, ROUTES, TRANSIT),
            (Cause.SNAT, Cause.PRIVATE_DEFAULT, Cause.CUSTOM_ROUTES, Cause.TRANSIT),
        ),
    ],
)
def test_every_cause_is_found(parts, found):
    assert causes(spoke(*parts)) == found


@pytest.mark.parametrize(
    ("parts", "out", "back"),
    [
        (SNAT, PathCall(Turn.DISABLE_SNAT, "gw", 256), PathCall(Turn.ENABLE_SNAT, "gw", 256)),
        (PRIVATE, PathCall(Turn.DISABLE_PRIVATE_DEFAULT, "gw"), PathCall(Turn.ENABLE_PRIVATE_DEFAULT, "gw")),
        (
            ROUTES,
            PathCall(Turn.SET_CUSTOM_ROUTES, "gw", cidrs=("10.0.0.0/8",)),
            PathCall(Turn.SET_CUSTOM_ROUTES, "gw", cidrs=("10.0.0.0/8", "0.0.0.0/0")),
        ),
    ],
    ids=["source NAT", "private default route", "customised routes"],
)
def test_a_single_simple_cause_is_one_call_and_its_inverse(parts, out, back):
    seen = spoke(parts)
    undo = out_of_path(seen, allow_detach=False)

    assert path_call(undo, seen, Side.AFTER) == out
    assert path_call(undo, seen, Side.BEFORE) == back


def test_whoever_is_in_nobodys_path_need_not_be_taken_out():
    undo = out_of_path(spoke(), allow_detach=False)

    assert undo.fields == ()
    assert path_call(undo, spoke(), Side.AFTER) is None


COMBINATIONS = [
    combination
    for combination in product(({}, SNAT, CUSTOM), ({}, PRIVATE), ({}, ROUTES, ONLY), ({}, TRANSIT))
    if sum(map(bool, combination)) > 1 or CUSTOM in combination or ONLY in combination
]


@pytest.mark.parametrize("parts", COMBINATIONS, ids=str)
@pytest.mark.parametrize("allow_detach", [False, True])
def test_anything_else_is_refused_with_all_its_causes_and_the_policy_is_offered(parts, allow_detach):
    seen = spoke(*parts)
    with pytest.raises(Refused) as refused:
        out_of_path(seen, allow_detach=allow_detach)

    assert str(refused.value).count(";") == len(causes(seen))
    assert str(refused.value).endswith("use the scope policy")


def test_a_detach_has_to_be_allowed_for_it_cuts_off_callers_as_well():
    with pytest.raises(Refused, match="--allow-detach detaches it, which cuts off callers as well"):
        out_of_path(spoke(TRANSIT), allow_detach=False)

    undo = out_of_path(spoke(TRANSIT, route_tables=("rtb-1",)), allow_detach=True)
    detached = spoke({"route_tables": ("rtb-1", "rtb-2")})
    assert path_call(undo, spoke(TRANSIT), Side.AFTER) == PathCall(Turn.DETACH, "gw", transit="transit-gw")
    assert path_call(undo, detached, Side.BEFORE) == PathCall(
        Turn.ATTACH, "gw", transit="transit-gw", route_tables=("rtb-1",)
    )


def test_route_tables_that_are_programmed_anyway_are_not_named_when_it_is_attached_again():
    undo = out_of_path(spoke(TRANSIT, route_tables=("rtb-1", "rtb-2")), allow_detach=True)

    call = path_call(undo, spoke(route_tables=("rtb-2", "rtb-1")), Side.BEFORE)

    assert call == PathCall(Turn.ATTACH, "gw", transit="transit-gw")


def test_an_egress_transit_is_not_detached():
    with pytest.raises(Refused):
        out_of_path(spoke({"egress_transit": "egress"}), allow_detach=True)
