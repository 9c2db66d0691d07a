import pytest

from guardrail.core.firewall.enforced import holders, idle_owner, is_enforced
from guardrail_lab.controller.reserved import BEFORE_UI

ROOT = "defa11a1-9000-0000-0000-000000000000"


def ruleset(uuid, attach_to=""):
    return {"uuid": uuid, "name": uuid, "attach_to": attach_to, "policies": []}


def group(uuid, *parts, attach_to="", **more):
    """A policy group; a part that ends in `!` is an attachment point of its own."""
    points = [{"attachment_point": {"name": each, "uuid": each}} for each in parts if each.endswith("!")]
    members = [{"list": each} for each in parts if not each.endswith("!")]
    return {"uuid": uuid, "name": uuid, "attach_to": attach_to, "sub_policies": [*members, *points], **more}


@pytest.mark.parametrize(
    ("ours", "others", "enforced"),
    [
        pytest.param(ruleset("r", BEFORE_UI), [], True, id="attached"),
        pytest.param(ruleset("r"), [], False, id="detached"),
        pytest.param(ruleset("r"), [group("g", "r")], False, id="in a group that nobody attached"),
        pytest.param(ruleset("r"), [group("g", "r", attach_to=BEFORE_UI)], True, id="in a group that is attached"),
        pytest.param(ruleset("r", BEFORE_UI), [group("g", "r")], True, id="attached, and in an idle group besides"),
        pytest.param(
            ruleset("r"),
            [group("g", "r"), {"uuid": "h", "sub_policies": [{"block": "g"}]}],
            False,
            id="in a chain",
        ),
        pytest.param(
            ruleset("r"),
            [group("g", "r"), {"uuid": "h", "attach_to": BEFORE_UI, "sub_policies": [{"block": "g"}]}],
            True,
            id="in a chain attached",
        ),
        pytest.param(ruleset("r", "p!"), [group("g", "p!")], False, id="at a point of an idle group"),
        pytest.param(ruleset("r", "p!"), [group("g", "p!", attach_to=BEFORE_UI)], True, id="at a point of a group"),
        pytest.param(ruleset("r"), [group("g", "r", "h"), group("h", "g")], False, id="in a circle"),
        pytest.param(ruleset("r"), [group(ROOT, "r", system_resource=True)], True, id="in the controller's own tree"),
    ],
)
def test_what_hangs_from_a_fixed_point_is_enforced_and_nothing_else(ours, others, enforced):
    assert is_enforced(ours, [ours, *others]) is enforced


def test_the_groups_that_hold_a_ruleset_are_those_that_name_it_as_a_part():
    ours, one, other = ruleset("r"), group("g", "r"), group("h", "another")

    assert holders(ours, [ours, one, other]) == [one]


def test_a_point_is_idle_if_its_group_is():
    idle, attached = group("g", "p!"), group("h", "q!", attach_to=BEFORE_UI)

    found = [idle_owner(point, [idle, attached]) for point in ("p!", "q!", BEFORE_UI)]

    assert found == [idle, None, None]
