import pytest

from guardrail.core.firewall.group_form import expressions, group_view, kind, live_form, wanted_form
from guardrail.core.firewall.objects import SmartGroup, WebGroup


def live(*selectors, **more):
    return {"uuid": "u", "name": "n", "selector": {"any": [{"all": each} for each in selectors]}, **more}


ALIKE = [
    pytest.param(
        live({"cidr": "10.0.0.0/8"}, {"fqdn": "a.b"}), live({"fqdn": "a.b"}, {"cidr": "10.0.0.0/8"}), id="order"
    ),
    pytest.param(live({"cidr": "10.1.2.3"}), live({"cidr": "10.1.2.3/32"}), id="one address"),
    pytest.param(live({"cidr": "10.1.2.3/8"}), live({"cidr": "10.0.0.0/8"}), id="host bits"),
    pytest.param(live({"snifilter": "A.Example.com."}), live({"snifilter": "a.example.com"}), id="case of names"),
    pytest.param(live({"urlfilter": "https://A.b/X"}), live({"urlfilter": "a.b/X"}), id="scheme and case of a host"),
    pytest.param(live({"type": "vm", "region": "US East 1"}), live({"region": "useast1", "type": "vm"}), id="region"),
    pytest.param(live({"cidr": "10.0.0.0/8"}, {"cidr": "10.0.0.0/8"}), live({"cidr": "10.0.0.0/8"}), id="twice"),
    pytest.param(live({"type": "vm", "name": "x", "zone": ""}), live({"type": "vm", "name": "x"}), id="empty value"),
    pytest.param({"uuid": "u", "name": "n", "selector": {"any": None}}, {"uuid": "u", "name": "n"}, id="no selector"),
]
APART = [
    pytest.param(live({"urlfilter": "a.b/X"}), live({"urlfilter": "a.b/x"}), id="case of a path"),
    pytest.param(live({"cidr": "10.0.0.0/8"}), live({"cidr": "10.0.0.0/9"}), id="mask"),
    pytest.param(live({"type": "vm", "name": "x"}), live({"type": "vm", "name": "X"}), id="case of a tag"),
    pytest.param(live({"type": "vm", "name": "x"}), live({"type": "vm"}, {"name": "x", "type": "vm"}), id="and, or"),
    pytest.param(live({"snifilter": "a.b"}), live({"fqdn": "a.b"}), id="key"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_groups_that_hold_the_same_have_one_form(one, other):
    assert live_form(one) == live_form(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_groups_that_hold_something_else_have_another_form(one, other):
    assert live_form(one) != live_form(other)


@pytest.mark.parametrize(
    ("group", "address", "view"),
    [
        (
            SmartGroup("g", ((("res_id", "subnet-1"), ("type", "subnet")), (("cidr", "10.0.0.0/8"),))),
            "smart_group",
            {"name": "g", "any": [{"cidr": "10.0.0.0/8"}, {"res_id": "subnet-1", "type": "subnet"}]},
        ),
        (WebGroup("w", sni=("b.c", "A.b")), "web_group", {"name": "w", "sni": ["a.b", "b.c"]}),
        (WebGroup("w", url=("a.b/x",)), "web_group", {"name": "w", "url": ["a.b/x"]}),
    ],
)
def test_what_is_wanted_compares_with_what_is_read(group, address, view):
    form = wanted_form(group)

    assert form == live_form(live(*expressions(group)))
    assert kind(form) == address
    assert group_view("g" if address == "smart_group" else "w", form) == view
