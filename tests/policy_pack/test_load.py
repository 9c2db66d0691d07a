"""What a reviewer is told who made a mistake: the line, what is wrong, and what was probably meant."""

import pytest

from guardrail.core.errors import GuardrailError
from policy_pack.load import load
from tests.policy_pack.arrange import SHIPPED, changed, loaded, problems, report, write


def test_a_good_pack_has_no_problems(tmp_path):
    assert problems(tmp_path) == []


UNKNOWN_NAMES = [
    ("dst: git, web: worms", "dst: gti, web: worms", "10: rules[0].dst: no smart group is named 'gti'", "git"),
    ("web: tools,", "web: tool,", "12: rules[1].web: no web group is named 'tool'", "tools"),
    ('sni: ["${tools}"]', 'sni: ["${tols}"]', "7: no binding is named 'tols'", "tools"),
    ("inspected: git", "inspected: gits", "2: inspected: no smart group is named 'gits'", "git"),
    ("by: 20-worms", "by: 20-worm", "19: expect[1].by: no rule is named '20-worm'", "20-worms"),
    ("from: agents, to: \"https://${", "from: agent, to: \"https://${", "18: expect[0].from: no smart group is named "
     "'agent'", "agents"),
]  # fmt: skip
AGENTS = "smart_groups.agents.any[0]"
MISTAKES = [
    ("path, priority: 20", "path, prioritty: 20", "10: rules[0].prioritty: there is no such key; did you mean"),
    ("name: small", "nam: small", "1: nam: there is no such key; did you mean 'name'?"),
    ("name: small", "name: [small]", "1: name: expected a text, this is a list"),
    ("action: PERMIT", "action: ALLOW", "12: rules[1].action: expected PERMIT, DENY"),
    ("action: PERMIT", "action: permit", "12: rules[1].action: expected PERMIT, DENY; did you mean 'PERMIT'?"),
    ("priority: 30", "priority: high", "12: rules[1].priority: expected a whole number from 0 to 2147483647"),
    ("priority: 30", "priority: true", "12: rules[1].priority: expected a whole number from 0 to 2147483647"),
    ("priority: 30,", "", "12: rules[1]: 'priority' is missing"),
    ("why: Agents use them,", "", "12: rules[1]: 'why' is missing; say what the rule is for"),
    ("[443], decrypt: ALLOWED", "[1, 70000], decrypt: ALLOWED", "11: rules[0].ports[1]: expected a port from 0"),
    ("[443], decrypt: ALLOWED", '["9-8"], decrypt: ALLOWED', "11: rules[0].ports[0]: expected a port from 0"),
    ("protocol: ANY", "protocol: ICMP, ports: [1]", "14: rules[2]: ICMP has no ports"),
    ("logging: true}\n  - {name: 30", "logging: yes}\n  - {name: 30", "11: rules[0].logging: expected true or false"),
    ("10.50.10.0/24", "10.50.10.7/24", f"4: {AGENTS}.cidr: expected a CIDR such as 10.50.10.0/24, with "),
    ("fqdn: git.example.com", 'fqdn: "*.example.com"', "5: smart_groups.git.any[0].fqdn: expected a host name"),
    ("{cidr: 10.50.10.0/24}", "{cidr: 10.0.0.0/8, type: vm}", f"4: {AGENTS}: cidr stands alone in its selector"),
    ("{cidr: 10.50.10.0/24}", "{}", f"4: {AGENTS}: an empty selector would match everything"),
    ("{cidr: 10.50.10.0/24}", "{type: vm}", f"4: {AGENTS}: every vm there is; expected a second key"),
    ("{cidr: 10.50.10.0/24}", "{res_id: subnet-1}", f"4: {AGENTS}: expected type: one of vm, vpc, "),
    ("example.com/*worm*", "example.com/**worm", "8: web_groups.worms.url[0]: expected host/path, "),
    ("git.example.com/*worm*", "git.example.com", "8: web_groups.worms.url[0]: expected host/path, "),
    ('sni: ["${tools}"]', "sni: [a.example/x]", "7: web_groups.tools.sni[0]: expected a host name of letters, "),
    ('{sni: ["${tools}"]}', "{sni: [a.example], url: [a.example/x]}", "7: web_groups.tools: names and URLs cannot be "),
    ("web: tools,", "web: [],", "12: rules[1].web: expected at least one web group, or no `web` at all"),
    ('to: "https://git.example.com/a/worm"', "to: git.example.com", "19: expect[1].to: expected a URL such as "),
    ("decision: DENY, by: 20-worms", "decision: DENY", "19: expect[1]: 'by' is missing; name the rule that decides"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told", "meant"), UNKNOWN_NAMES, ids=[each[1][:30] for each in UNKNOWN_NAMES])
def test_an_unknown_name_is_told_with_its_line_and_what_was_probably_meant(tmp_path, old, new, told, meant):
    expected = f"pack.yaml:{told}; did you mean '{meant}'? [unknown-name]"

    assert expected in problems(tmp_path, changed(old, new))


@pytest.mark.parametrize(("old", "new", "told"), MISTAKES, ids=[each[1][:30] for each in MISTAKES])
def test_a_mistake_of_form_is_told_with_its_line(tmp_path, old, new, told):
    found = [each for each in problems(tmp_path, changed(old, new)) if each.startswith(f"pack.yaml:{told}")]

    assert [each.rpartition(" ")[2] for each in found] == ["[schema]"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "pack.yaml:1: the file is empty [schema]"),
        ("a: [1", "pack.yaml:2: this is not YAML: did not find expected ',' or ']' [schema]"),
        ("- a", "pack.yaml:1: expected a mapping with name, max_deletes"),
        (
            "name: a\nname: b\n",
            "pack.yaml:2: 'name' is here twice, first in line 1; only one of them could count [schema]",
        ),
        ("a: !!python/none x", "pack.yaml:1: tags are not used here [schema]"),
        ("name: a\n---\nname: b", "pack.yaml:2: one document is expected, here begins another [schema]"),
        ("a: *b", "pack.yaml:1: no finished anchor is named 'b' [schema]"),
        ("a: &b [*b]", "pack.yaml:1: no finished anchor is named 'b' [schema]"),
        ("? [a]: b", "pack.yaml:1: a key is text, this is a list [schema]"),
        ("[" * 30, "pack.yaml:1: nested deeper than 24 levels [schema]"),
    ],
)
def test_what_is_no_pack_is_a_finding_too(tmp_path, text, message):
    assert any(problem.startswith(message) for problem in problems(tmp_path, text))


def test_aliases_that_would_fill_the_memory_are_refused(tmp_path):
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))

    assert "more than 500000 values" in problems(tmp_path, bomb)[0]


def test_a_group_that_is_defined_twice_is_a_duplicate_name(tmp_path):
    [problem] = problems(tmp_path, changed("  worms:", "  tools: {sni: [a.example.com]}\n  worms:"))

    assert problem.endswith("pack.yaml:8: 'tools' is here twice, first in line 7; only one of them could count "
                            "[duplicate-name]")  # fmt: skip


def test_every_mistake_is_told_at_once_in_the_order_of_the_lines(tmp_path):
    text = changed(
        "priority: 20", "priority: x", changed("10.50.10.0/24", "10.50.10.0/33", changed("web: tools,", "web: t,"))
    )

    assert [problem.split(":")[1] for problem in problems(tmp_path, text)] == ["4", "10", "12"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("why: Agents use them,", ""),
        ("name: small", ""),
        ("decision: PERMIT", "decision: MAYBE"),
        ("by: 20-worms", "by: 2"),
    ],
)
def test_a_mistake_that_leaves_the_meaning_clear_does_not_stop_explaining(tmp_path, old, new):
    unclear = loaded(tmp_path, changed(old, new))

    assert unclear.pack is not None
    assert [problem.fatal for problem in unclear.problems] == [False]
    assert loaded(tmp_path, changed("web: tools,", "web: tool,")).pack is None


def test_an_expectation_of_an_unknown_rule_fails_as_well(tmp_path):
    text = changed("  - {from: agents, to: \"https://git.example.com/a/worm\", decision: DENY, by: 20-worms}",
                   "  - {from: agents, to: \"icmp://192.0.2.1\", decision: DENY, by: 98-rest}")  # fmt: skip
    told = {str(error.code): error.message for error in report(tmp_path, text).errors}

    assert told == {
        "unknown-name": "expect[1].by: no rule is named '98-rest'; did you mean '99-rest'?",
        "expectation-failed": "expected DENY by 98-rest, it is DENY by 99-rest",
    }


def test_the_place_of_a_finding_of_the_core_is_known_too(tmp_path):
    text = changed("protocol: ANY, decrypt: NOT_ALLOWED, logging: true", "protocol: ANY, logging: true")
    [error] = report(tmp_path, text).errors

    assert (error.code, error.rule, str(error.place)) == ("decrypt-unstated", "99-rest", f"{tmp_path}/pack.yaml:14")


@pytest.mark.parametrize(
    ("name", "means"),
    [("Anywhere", "Anywhere"), ("any", "Anywhere"), ("public-internet", "Public Internet"), ("agents", "agents")],
)
def test_the_controllers_own_groups_have_more_than_one_name(tmp_path, name, means):
    pack = loaded(tmp_path, changed("src: agents, dst: Anywhere, web", f"src: agents, dst: {name}, web")).pack

    assert pack.rules[1].dst == (means,)


@pytest.mark.parametrize(
    ("to", "target"),
    [("https://git.example.com/worm", "git.example.com"), ("git", None), ("anywhere", None)],
)
def test_a_never_is_about_a_flow_or_a_whole_group(tmp_path, to, target):
    [never] = loaded(
        tmp_path, changed('{from: agents, to: "https://git.example.com/worm"}', f'{{from: agents, to: "{to}"}}')
    ).pack.never

    assert never.target.get("sni") == target
    assert ("dst_groups" in never.target) is (target is None)


@pytest.mark.parametrize("missing", ["pack", "directory"])
def test_a_pack_that_is_not_there_is_an_error(tmp_path, missing):
    with pytest.raises(GuardrailError, match=r"pack\.yaml: No such file or directory, expected a readable file"):
        load(tmp_path if missing == "pack" else tmp_path / "nowhere")


def test_bindings_that_are_not_there_are_an_error_but_an_example_may_be_missing(tmp_path):
    with pytest.raises(GuardrailError, match=r"nowhere\.yaml: No such file or directory"):
        load(write(tmp_path), tmp_path / "nowhere.yaml")
    without = loaded(tmp_path / "without", bindings=None)

    assert without.bindings.values["tools"] == ()
    assert without.pack.web_groups["tools"].sni == ()


def test_the_shipped_pack_is_found_with_its_example():
    assert load(SHIPPED).bindings.one("name_prefix") == "agentcore-vca"
