import json

import pytest
import yaml

from tests.guardrail_cli.arrange import one_line
from tests.policy_pack.arrange import BINDINGS, PACK, SHIPPED, changed, write

EXAMPLE = str(SHIPPED / "bindings.example.yaml")
INVALID = "guardrail pack explain: Invalid value for"
CATBOX = {"src_ip": "10.50.10.7", "protocol": "TCP", "port": 443, "sni": "catbox.moe"}


@pytest.fixture
def small(files):
    """A small pack, and its bindings, in the directory to work in."""
    write(files / "small")
    (files / "b.yaml").write_text(BINDINGS + "mode: enforce\n")
    return files / "small"


def edit(directory, old, new):
    (directory / "pack.yaml").write_text(changed(old, new, (directory / "pack.yaml").read_text()))


def test_the_shipped_pack_is_checked_without_a_word(guardrail):
    shown = guardrail("pack", "check")

    assert (shown.code, shown.err) == (0, b"")
    assert shown.out.decode().splitlines() == [
        "16 rules and 103 expectations in pack agentcore",
        "no errors, no warnings",
        "not checked yet: shadowed-rule, never-violated",
    ]


def test_json_says_what_was_not_checked(guardrail):
    document = json.loads(guardrail("pack", "check", str(SHIPPED), "--format", "json").out)

    assert (document["ok"], document["errors"], document["warnings"]) == (True, [], [])
    assert [each["code"] for each in document["not_checked"]] == ["shadowed-rule", "never-violated"]


def test_what_is_wrong_is_found_with_its_line(guardrail, small):
    edit(small, "dst: git, web: worms", "dst: gti, web: worms")
    shown = guardrail("pack", "check", "small")
    [error] = json.loads(guardrail("pack", "check", "small", "--format", "json").out)["errors"]

    assert shown.code == 2
    assert shown.out.decode().splitlines()[0] == (
        "small/pack.yaml:10: rules[0].dst: no smart group is named 'gti'; did you mean 'git'? [unknown-name]"
    )
    assert error == {
        "code": "unknown-name",
        "rule": "20-worms",
        "where": "small/pack.yaml:10",
        "message": "rules[0].dst: no smart group is named 'gti'; did you mean 'git'?",
        "by": [],
        "witness": None,
    }


def test_a_failed_expectation_comes_with_a_witness(guardrail, small):
    edit(small, "by: 20-worms", "by: 99-rest")
    [error] = json.loads(guardrail("pack", "check", "small", "--format", "json").out)["errors"]

    assert (error["code"], error["rule"], error["by"]) == ("expectation-failed", "99-rest", ["20-worms"])
    assert error["witness"]["sni"] == "git.example.com"


def test_no_yaml_is_a_finding_and_no_file_an_error(guardrail, small):
    (small / "pack.yaml").write_text("a: [")

    assert guardrail("pack", "check", "small").code == 2
    assert guardrail("pack", "check", "nowhere").complaint.startswith("nowhere/pack.yaml: No such file")
    assert guardrail("pack", "check", "small", "--bindings", "nowhere.yaml").complaint.startswith(
        "nowhere.yaml: No such"
    )


def test_text_of_others_cannot_steer_a_terminal(guardrail, small):
    edit(small, "web: tools,", '"colour\\e[31m": red, web: tools,')
    shown = guardrail("pack", "check", "small")

    assert shown.code == 2
    assert b"\x1b" not in shown.out


def explained(guardrail, flow, *options, pack="small"):
    return guardrail("pack", "explain", pack, "--bindings", "b.yaml", "--flow", json.dumps(flow), *options)


def test_a_flow_is_explained_as_json_where_nobody_reads_along(guardrail):
    shown = guardrail("pack", "explain", "--bindings", EXAMPLE, "--flow", json.dumps(CATBOX))

    assert (shown.code, shown.err) == (0, b"")
    assert json.loads(shown.out) == {
        "decision": "DENY",
        "by": "100-default-deny",
        "shadow": [],
        "notes": ["fqdn-by-name"],
        "logged": True,
    }


@pytest.mark.parametrize(
    ("flow", "words"),
    [
        (CATBOX, ["DENY by 99-rest", "to catbox.moe is denied by rule 99-rest", "Nothing else is needed."]),
        (CATBOX | {"sni": "api.example.com"}, ["PERMIT by 30-tools", "Agents use them.", "the client claims"]),
        (
            CATBOX | {"src_ip": "10.9.9.9"},
            ["DENY by default-action", "because no rule matches", "logs it."],
        ),
        (CATBOX | {"dst_ip": "169.254.169.254"}, ["NOT_INSPECTED", "If a gateway saw it", "no log line"]),
        (CATBOX | {"sni": "git.example.com", "path": "/WORM"}, ["DENY by 20-worms", "tell upper from lower case"]),
        (
            {"protocol": "TCP", "port": 443, "sni": "api.example.com"},
            ["INDETERMINATE", "from an unknown source to", "cannot be decided", "whether rule 30-tools would PERMIT"],
        ),
        ({"protocol": "ICMP"}, ["DENY by default-action", "It may also be rule 99-rest that decides alike."]),
    ],
)
def test_a_paragraph_says_why(guardrail, small, flow, words):
    shown = explained(guardrail, flow, "--format", "text")
    text = shown.out.decode()

    assert shown.code == 0
    assert max(len(line) for line in text.splitlines()) <= 80
    for each in words:
        assert each in " ".join(text.split()), text


def test_every_note_has_words(guardrail, small):
    edit(small, "web: tools,", "web: tools, app: TLS_REQUIRED,")
    (small.parent / "b.yaml").write_text(BINDINGS + "mode: discover\n")
    http = CATBOX | {"app": "http", "dst_ip": "192.0.2.1"}

    assert "demands TLS" in " ".join(explained(guardrail, http, "--format", "text").out.decode().split())
    watched = " ".join(explained(guardrail, CATBOX, "--format", "text").out.decode().split())
    assert "Rule 99-rest is on Watch; enforced, it would deny it." in watched
    assert "If a rule on Watch ends the evaluation" in watched


def test_the_mode_of_the_bindings_counts_and_without_one_the_pack_as_it_is_written(guardrail, small):
    def by(mode):
        (small.parent / "b.yaml").write_text(BINDINGS + mode)
        return json.loads(explained(guardrail, CATBOX).out)["by"]

    assert (by(""), by("mode: enforce\n"), by("mode: discover\n")) == ("99-rest", "99-rest", "default-action")


def test_with_jsonl_each_line_gets_its_answer_or_its_error(guardrail, small):
    lines = [
        json.dumps(CATBOX),
        "no json",
        json.dumps(CATBOX | {"port": "x"}),
        json.dumps(CATBOX | {"sni": "api.example.com"}),
    ]
    stdin = "".join(f"{line}\n" for line in lines).encode()
    shown = guardrail("pack", "explain", "small", "--bindings", "b.yaml", "--jsonl", stdin=stdin)
    denied, broken, wrong, permitted = map(json.loads, shown.out.splitlines())

    assert shown.code == 1
    assert one_line(shown.err).startswith("stdin: 2 of 4 lines could not be used")
    assert (denied["by"], permitted["by"]) == ("99-rest", "30-tools")
    assert broken["error"]["line"] == 2
    assert wrong["error"] == {"line": 3, "message": "flow.port: expected an integer from 0 to 65535"}
    fine = guardrail("pack", "explain", "small", "--bindings", "b.yaml", "--jsonl", stdin=stdin.split(b"\n")[0])
    assert fine.code == 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--flow", "{"], "--flow: expected a JSON object; "),
        (["--flow", "[]"], "flow: expected an object with no keys but src_ip, "),
        ([], "guardrail pack explain: Invalid value for --flow, --jsonl: expected one of the two; "),
        (
            ["--flow", "{}", "--jsonl"],
            "guardrail pack explain: Invalid value for --flow, --jsonl: expected one of the two",
        ),
        (["--jsonl", "--format", "text"], "guardrail pack explain: Invalid value for --format: expected json, "),
    ],
)
def test_a_wrong_question_is_one_line(guardrail, small, arguments, complaint):
    assert guardrail("pack", "explain", "small", "--bindings", "b.yaml", *arguments).complaint.startswith(complaint)


def test_a_pack_without_a_clear_meaning_is_not_explained(guardrail, small):
    edit(small, "web: tools,", "web: tool,")

    assert explained(guardrail, CATBOX).complaint.startswith("small/pack.yaml:12: rules[1].web: no web group is named")


def compiled(guardrail, *options):
    return json.loads(guardrail("pack", "compile", "small", "--bindings", "b.yaml", *options).out)


def test_compile_prints_the_state_and_the_requests(guardrail, small):
    document = compiled(guardrail)

    assert (document["controller_version"], document["mode"], document["ruleset"]) == ("9.0", "enforce", "ours-small")
    assert [rule["name"] for rule in document["rules"]] == ["ours-20-worms", "ours-30-tools", "ours-99-rest"]
    assert document["omitted"] == document["adjusted"] == document["unproven"] == []
    assert [each["name"] for each in document["wire"]["app_domains"]] == [
        "ours-agents",
        "ours-git",
        "ours-tools",
        "ours-worms",
    ]
    assert document["wire"]["policy_list"]["policies"] == document["wire"]["ruleset"]["policies"]
    assert document["wire"]["default_action"] is None


def test_a_version_and_a_mode_leave_things_out(guardrail, small):
    document = compiled(guardrail, "--controller-version", "8.1", "--mode", "discover")

    assert document["omitted"] == [
        {"rule": "20-worms", "why": "it needs a URL path: controller 8.1 cannot see URL paths, 9.0 can"}
    ]
    assert [each["why"] for each in document["unproven"]] == [
        "20-worms is left out: it needs a URL path: controller 8.1 cannot see URL paths, 9.0 can"
    ]
    assert document["wire"]["ruleset"] is None
    assert [each.get("watch") for each in document["wire"]["policy_list"]["policies"]] == [None, True]


def test_without_a_mode_nothing_is_denied_yet(guardrail, small):
    (small.parent / "b.yaml").write_text(BINDINGS)

    assert compiled(guardrail)["mode"] == "discover"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("web: tools,", "web: tool,", "small/pack.yaml:12: rules[1].web: no web group is named 'tool'"),
        (
            "ports: [443], decrypt: NOT_ALLOWED, logging: true",
            "ports: [443], logging: true",
            "small/pack.yaml:12: every rule",
        ),
        ("by: 20-worms", "by: 99-rest", "small/pack.yaml:19: expected DENY by 99-rest, it is DENY by 20-worms"),
    ],
)
def test_a_pack_with_any_error_is_not_compiled(guardrail, small, old, new, complaint):
    edit(small, old, new)

    assert guardrail("pack", "compile", "small", "--bindings", "b.yaml").complaint.startswith(complaint)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--controller-version", "6.9"], "--controller-version: expected a controller version from 7.1 on"),
        (["--mode", "watch"], "b.yaml:6: mode watch decrypts; expected mitm_ca_trusted: true"),
    ],
)
def test_what_cannot_be_compiled_for_is_one_line(guardrail, small, options, complaint):
    assert guardrail("pack", "compile", "small", "--bindings", "b.yaml", *options).complaint.startswith(complaint)


def test_compile_needs_a_prefix(guardrail, small):
    (small.parent / "b.yaml").write_text(BINDINGS.replace("name_prefix: ours\n", ""))

    assert guardrail("pack", "compile", "small", "--bindings", "b.yaml").complaint.startswith(
        "b.yaml: name_prefix is missing"
    )


def test_a_diff_tells_flows_not_lines(guardrail, small):
    write(small.parent / "new", changed('sni: ["${tools}"]', 'sni: ["${tools}", new.example.com]'))
    shown = guardrail("pack", "diff", "small", "new", "--bindings", "b.yaml")
    document = json.loads(guardrail("pack", "diff", "small", "new", "--bindings", "b.yaml", "--format", "json").out)

    assert shown.code == 2
    assert shown.out.decode().splitlines()[:2] == [
        "newly allowed: DENY by 99-rest -> PERMIT by 30-tools, 1 of the flows tried",
        "- 10.50.10.1 to any public address (new.example.com/), TCP 443",
    ]
    assert [each["flow"]["sni"] for each in document["newly_allowed"]] == ["new.example.com"]
    assert guardrail("pack", "diff", "new", "new", "--bindings", "b.yaml").code == 0


def test_a_long_diff_shows_some_of_each_kind(guardrail, small):
    names = ", ".join(f"n{number}.example.com" for number in range(9))
    write(small.parent / "new", changed('sni: ["${tools}"]', f"sni: [{names}]"))
    shown = guardrail("pack", "diff", "small", "new", "--bindings", "b.yaml").out.decode()

    assert "- and 4 more; --format json lists them" in shown
    assert "newly denied: PERMIT by 30-tools -> DENY by 99-rest, 1 of the flows tried" in shown


def test_a_new_destination_is_proposed_and_nothing_is_written(guardrail, small):
    before = (small / "pack.yaml").read_bytes()
    shown = guardrail("pack", "new-destination", "rates.example.com", "small", "--why", "Rates of the day")

    assert shown.code == 0
    assert shown.out.decode().count("\n") == 8
    assert b"31-allow-rates-example-com" in shown.out
    assert one_line(shown.err).startswith("add these lines to small/pack.yaml")
    assert (small / "pack.yaml").read_bytes() == before


def test_a_new_destination_is_written_and_then_nothing_is_left_to_do(guardrail, small):
    command = ["pack", "new-destination", "rates.example.com", "small", "--why", "Rates of the day", "--write"]
    written, again = guardrail(*command), guardrail(*command)

    assert (written.code, written.out) == (0, b"")
    assert one_line(again.err) == "nothing to add: 31-allow-rates-example-com permits it"
    assert guardrail("pack", "check", "small").code == 0
    assert json.loads(explained(guardrail, CATBOX | {"sni": "rates.example.com"}).out)["decision"] == "PERMIT"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["https://x.example", "small", "--why", "w"], "HOST: expected a host name"),
        (
            ["*.s3.amazonaws.com", "small", "--why", "w"],
            "with it, the pack would be wrong: *.s3",
        ),
        (["x.example", "small", "--why", " "], "--why: expected a reason"),
        (["x.example", "nowhere", "--why", "w"], "nowhere/pack.yaml: No such file"),
    ],
)
def test_a_destination_that_cannot_be_added_is_one_line(guardrail, small, arguments, complaint):
    assert guardrail("pack", "new-destination", *arguments).complaint.startswith(complaint)


def test_a_pack_laid_out_otherwise_is_not_written_to(guardrail, small):
    document = json.dumps(yaml.safe_load(PACK))
    (small / "pack.yaml").write_text(document)
    shown = guardrail("pack", "new-destination", "rates.example.com", "small", "--why", "w", "--write")

    assert "its layout is not that of the shipped pack" in shown.complaint
    assert (small / "pack.yaml").read_text() == document
