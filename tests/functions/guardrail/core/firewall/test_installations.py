import pytest

from guardrail.core.firewall.back_out import PERMIT, LiveRules, RuleList, permit_all, rules_at, watch
from guardrail.core.firewall.installations import extensions, installations
from guardrail.core.firewall.live import LiveState
from guardrail.core.firewall.versions import CURRENT
from guardrail.core.undo import Side

SYSTEM = "def000ad-0000-0000-0000-000000000000"


def denial(name, *sources, action="DENY", priority=10, **changes):
    return {
        "uuid": f"uuid-{name}", "name": name, "action": action, "priority": priority, "src_ads": list(sources),
        "dst_ads": [SYSTEM], "protocol": "PROTOCOL_UNSPECIFIED", "enforcement": "ENFORCE", **changes,
    }  # fmt: skip


def state(*rules, groups, listed=True):
    rulesets = () if listed else ({"name": "any", "policies": rules},)
    named = tuple({"uuid": name, "name": name} for name in groups)
    return LiveState(CURRENT, named, rules if listed else (), rulesets, None, True, None)


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize(
    ("rule", "sources", "prefix"),
    [
        ("prod-last", ["prod-mine"], "prod"),
        ("prod-eu-100-default-deny", ["prod-eu-runtimes"], "prod-eu"),
        ("prod-eu-12-deny", ["prod-eu-runtimes", "prod-eu-clients"], "prod-eu"),
        ("prod-last", ["prod"], None),
        ("prod-last", ["other-mine"], None),
        ("prod-last", ["prod-mine", "other-mine"], None),
        ("prod-last", [SYSTEM], None),
        ("prod-last", [], None),
        ("last", ["last"], None),
        ("prod-last", ["prod-last"], "prod"),
    ],
)
def test_an_installation_shows_by_a_denial_that_is_called_as_its_groups_are(rule, sources, prefix, listed):
    live = state(denial(rule, *sources), groups=sources, listed=listed)

    assert installations(live) == ({} if prefix is None else {rule: prefix})


def test_a_permit_shows_no_installation_and_neither_does_a_rule_of_the_controller():
    permit = denial("prod-allow", "prod-mine", action="PERMIT")
    system = denial("prod-last", "prod-mine", system_resource=True)

    assert installations(state(permit, system, groups=["prod-mine"])) == {}


OURS = (denial("prod-last", "a", priority=100), denial("prod-allow", "a", action="PERMIT"))
THEIRS = (
    denial("prod-eu-12-deny", "b", "c", port_ranges=[{"lo": 22}]),
    denial("prod-eu-30-allow", "b", action="PERMIT"),
    denial("prod-eu-100-default-deny", "b", priority=100),
)


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        pytest.param((*OURS, *THEIRS), ("prod-eu-",), id="theirs beside ours"),
        pytest.param((*OURS, *THEIRS[:2]), (), id="nobody is denied everything: rules of our own"),
        pytest.param((*OURS, *THEIRS, denial("prod-eu-5-x", "a")), (), id="they share a source with ours: our own"),
        pytest.param(THEIRS, (), id="theirs alone: whose they are cannot be told"),
        pytest.param(OURS, (), id="ours alone"),
        pytest.param((*THEIRS, denial("prod-us-100-deny", "d")), ("prod-eu-", "prod-us-"), id="two, and none of ours"),
        pytest.param((denial("prod-5-x", "a"), *THEIRS), ("prod-eu-",), id="ours with numbers"),
        pytest.param((*OURS, denial("other-1-x", "b")), (), id="another prefix"),
    ],
)
def test_rules_of_an_installation_whose_prefix_goes_on_are_told_from_ours(rules, found):
    assert extensions(rules, "prod") == found


@pytest.mark.parametrize("split", [False, True], ids=["one list", "a list for each"])
def test_a_back_out_leaves_the_rules_of_a_prefix_that_begins_with_ours_alone(split):
    lists = (RuleList("one", OURS), RuleList("", THEIRS)) if split else (RuleList("", (*THEIRS, *OURS)),)
    live = LiveRules(CURRENT, lists)

    undo, watched = permit_all(live, "prod"), watch(live, "prod", None, on=True)
    changed = rules_at(live, undo, Side.AFTER)

    assert [field.label for field in undo.fields] == ["prod-last", f"prod-{PERMIT} present"]
    assert [field.label for field in watched.fields] == ["prod-last"]
    [permit] = [rule for rule in changed.rules if rule["name"] == f"prod-{PERMIT}"]
    assert permit["src_ads"] == ["a"]
    assert set(live.ours("prod")) == {"prod-last", "prod-allow"}
