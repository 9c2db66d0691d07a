"""A pack that says only in what it differs from another one."""

import pytest

from policy_pack.load import load
from policy_pack.report import check_pack
from tests.policy_pack.arrange import BINDINGS, SHIPPED, write

OVERLAYS = ["existing_fabric", "egress_only", "tgw_inspection"]


def overlaid(tmp_path, overlay):
    write(tmp_path / "base")
    return load(write(tmp_path / "over", f"extends: ../base\n{overlay}", bindings=None))


def told(loaded):
    return [str(problem).partition("over/")[2] for problem in loaded.problems]


def test_an_overlay_that_says_nothing_changes_nothing(tmp_path):
    assert overlaid(tmp_path, "").pack == load(tmp_path / "base").pack


def test_the_example_bindings_are_those_of_the_extended_pack_unless_there_are_others(tmp_path):
    assert overlaid(tmp_path, "").bindings.one("name_prefix") == "ours"
    write(tmp_path / "over", "extends: ../base", BINDINGS.replace("ours", "theirs"))

    assert load(tmp_path / "over").bindings.one("name_prefix") == "theirs"


def test_a_group_replaces_one_of_its_name_and_another_is_added(tmp_path):
    groups = "smart_groups: {agents: {any: [{cidr: 10.9.0.0/16}]}, more: {any: [{cidr: 10.8.0.0/16}]}}"
    pack = overlaid(tmp_path, groups).pack

    assert pack.smart_groups["agents"].values("cidr") == ("10.9.0.0/16",)
    assert set(pack.smart_groups) == {"agents", "git", "more"}


def test_a_rule_takes_over_the_keys_that_are_stated(tmp_path):
    pack = overlaid(tmp_path, "rules: [{name: 30-tools, dst: Public Internet, why: Closer}]").pack
    base = load(tmp_path / "base").pack
    [changed] = [rule for rule in pack.rules if rule not in base.rules]

    assert (changed.name, changed.dst, changed.why, changed.priority) == (
        "30-tools",
        ("Public Internet",),
        "Closer",
        30,
    )
    assert len(pack.rules) == len(base.rules)


def test_a_rule_of_another_name_is_added(tmp_path):
    rule = "{name: '40', why: w, priority: 40, action: DENY, src: agents, dst: git, protocol: ANY, logging: true}"

    assert [each.name for each in overlaid(tmp_path, f"rules: [{rule}]").pack.rules][-1] == "40"


def test_a_rule_goes_with_the_expectations_that_it_decides(tmp_path):
    pack = overlaid(tmp_path, "without: [20-worms]").pack

    assert [rule.name for rule in pack.rules] == ["30-tools", "99-rest"]
    assert [each.by for each in pack.expectations] == ["30-tools"]


def test_expectations_and_nevers_are_added(tmp_path):
    more = '{from: agents, to: "icmp://192.0.2.1"'
    pack = overlaid(tmp_path, f"expect: [{more}, decision: DENY, by: 99-rest}}]\nnever: [{more}}}]").pack

    assert [each.by for each in pack.expectations] == ["30-tools", "20-worms", "99-rest"]
    assert len(pack.never) == 2


@pytest.mark.parametrize(
    ("overlay", "problem"),
    [
        ("without: [20-worm]", "pack.yaml:2: without: no rule is named '20-worm'; did you mean '20-worms'?"),
        ("rules: {}", "pack.yaml:2: rules: expected a list, this is a mapping"),
        ("smart_groups: []", "pack.yaml:2: smart_groups: expected a mapping, this is a list"),
        ("expect: 1", "pack.yaml:2: expect: expected a list, this is the number 1"),
        ("colour: red", "pack.yaml:2: colour: there is no such key"),
        (
            "rules: [{name: 30-tools, dst: gti}]",
            "pack.yaml:2: rules[1].dst: no smart group is named 'gti'",
        ),
    ],
)
def test_a_mistake_in_an_overlay_is_told_with_its_own_line(tmp_path, overlay, problem):
    assert any(each.startswith(problem) for each in told(overlaid(tmp_path, overlay)))


@pytest.mark.parametrize(
    ("extends", "problem"),
    [
        ("nowhere", "extends: "),
        ("[a]", "extends: expected a directory with a pack"),
        (".", "extends: expected at most 5 packs in a row"),
    ],
)
def test_what_cannot_be_extended_is_a_problem(tmp_path, extends, problem):
    loaded = load(write(tmp_path, f"extends: {extends}\n", bindings=None))

    assert loaded.pack is None
    assert loaded.problems[0].message.startswith(problem)


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_shipped_overlays_are_good_and_no_copies(name):
    directory = SHIPPED / "overlays" / name
    report = check_pack(directory)

    assert (report.errors, report.warnings) == ((), ())
    assert len(directory.joinpath("pack.yaml").read_text()) < len(SHIPPED.joinpath("pack.yaml").read_text()) / 10


def test_there_is_an_overlay_for_each_deployment_path():
    assert sorted(path.parent.name for path in SHIPPED.glob("overlays/*/pack.yaml")) == sorted(OVERLAYS)


def test_without_a_transit_nobody_is_let_in_and_nothing_private_is_reached():
    rules = {rule.name: rule for rule in load(SHIPPED / "overlays" / "egress_only").pack.rules}

    assert not [name for name in rules if name.startswith(("10-", "11-", "12-"))]
    assert {dst for rule in rules.values() if rule.action == "PERMIT" for dst in rule.dst} == {
        "Public Internet",
        "inspected",
        "dns-servers",
    }


def test_behind_a_transit_gateway_sources_are_recognised_by_address():
    groups = load(SHIPPED / "overlays" / "tgw_inspection").pack.smart_groups

    assert groups["runtimes"].values("cidr") == ("10.50.10.0/24", "10.50.11.0/24")
    assert groups["clients"].values("cidr") == ("10.60.10.0/24",)
