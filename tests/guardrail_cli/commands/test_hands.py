"""`guardrail watch`, `back-out`, `restore`, `status`, straight at a simulated controller over the wire."""

import json
import subprocess
import sys

import pytest

from guardrail_lab.controller.seed import CLIENT_SPOKE, SPOKE
from guardrail_lab.controller.web import json_reply

STARTED = "import sys; from guardrail_cli.main import run; run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
BINDINGS = ("--bindings", "b.json")
WHY = ("--reason", "INC-42")
OURS = "agentcore-vca"
SHOWN = ("before", "after", "undo")


@pytest.fixture
def applied(at, lab):
    """The shipped pack is on the controller."""
    assert at("pack", "apply", *BINDINGS).code == 0
    lab.requests.clear()
    return lab


@pytest.fixture
def back_out(at):
    return lambda *options: at("back-out", "--gateway", SPOKE, *WHY, "--format", "json", *options)


@pytest.fixture
def restore(at):
    return lambda *options: at("restore", "--format", "json", *options)


def document(outcome):
    return json.loads(outcome.out)


def kept(files, name="guardrail-undo.json"):
    return json.loads((files / name).read_text())


def in_path(lab):
    return lab.client().inventory.gateway(SPOKE).snat


def enforcement(lab):
    [found] = [each for each in lab.client().rulesets.list() if not each["system_resource"]]
    return {rule["name"].removeprefix(f"{OURS}-"): rule["enforcement"] for rule in found["policies"]}


def fail(lab, word, *, done=False):
    """Let every request that has a word in it fail; with `done`, after it was carried out."""

    def answer(request):
        wanted = word in f"{request.method} {request.target}{request.body.decode()}"
        reply = lab.simulator.handle(request) if done or not wanted else None
        return json_reply(500, {}) if wanted else reply

    lab.answer = answer


def works_again(lab):
    lab.answer = lab.simulator.handle


def test_backing_out_takes_one_call_and_says_what_is_not_proven(back_out, lab, files):
    shown = back_out()
    answer = document(shown)

    assert (shown.code, shown.err) == (2, b"")
    assert (answer["done"], answer["calls"], answer["until"]) == (True, 3, None)
    assert answer["proof"]["status"] == "accepted"
    assert answer["restore"].startswith(f"guardrail restore --controller {lab.url} --undo-file guardrail-undo.json")
    assert any("nothing ends this by itself" in note for note in answer["notes"])
    assert in_path(lab) is False
    assert kept(files)["undo"]["fields"][0] | {"label": ""} == {
        "of": f"gateway/{SPOKE}", "name": "snat", "before": True, "after": False, "label": "",
    }  # fmt: skip


def test_text_says_what_was_done_how_sure_it_is_and_the_way_back(at, lab):
    shown = at("back-out", "--gateway", SPOKE, *WHY)
    lines = shown.out.decode().splitlines()

    assert lines[:3] == [
        "done",
        f"  {SPOKE} snat: yes -> no",
        "proof   accepted: the controller says so, nobody has seen it",
    ]
    assert f"guardrail restore --controller {lab.url}" in shown.out.decode()


def test_the_same_again_calls_nothing_and_leaves_the_undo_file_as_it_is(back_out, lab, files):
    back_out()
    before = (files / "guardrail-undo.json").read_bytes()
    lab.requests.clear()
    again = back_out()

    assert (again.code, document(again)["done"], document(again)["calls"]) == (0, True, 0)
    assert (list(lab.requests), (files / "guardrail-undo.json").read_bytes()) == ([], before)


def test_the_same_again_is_shown_what_the_first_was_shown(back_out, at, applied):
    watch = ("watch", "on", "100-default-deny", *BINDINGS, *WHY, "--undo-file", "w.json", "--format", "json")
    for asked in (back_out, lambda: at(*watch)):
        first, second = document(asked()), document(asked())
        assert {side: second[side] for side in SHOWN} == {side: first[side] for side in SHOWN}


@pytest.mark.parametrize("done", [False, True], ids=["the call was not made", "the call was made"])
@pytest.mark.parametrize("scope", ["insertion", "policy"])
def test_whoever_finishes_what_died_is_shown_what_the_first_would_have_been_shown(at, applied, files, scope, done):
    words = ("back-out", "--scope", scope, "--gateway", SPOKE, *BINDINGS, *WHY, "--format", "json")
    undisturbed = document(at(*words))
    at("restore")
    fail(applied, "disable_snat" if scope == "insertion" else "PUT ", done=done)
    at(*words)
    works_again(applied)
    held = kept(files)
    (files / "guardrail-undo.json").write_text(json.dumps(held | {"phase": "begun"}))  # as if it had died right there

    finished = document(at(*words))

    assert {side: finished[side] for side in SHOWN} == {side: undisturbed[side] for side in SHOWN}
    assert finished["proof"] == undisturbed["proof"]
    assert (kept(files)["since"], kept(files)["before"]) == (held["since"], undisturbed["before"])


@pytest.mark.parametrize("rules", [[f"{OURS}-100-default-deny"], ["100-default-deny", f"{OURS}-100-default-deny"]])
def test_the_same_rules_by_other_names_are_the_same_order(at, applied, rules):
    first = at("watch", "on", "100-default-deny", *BINDINGS, *WHY)
    same = at("watch", "on", *rules, *BINDINGS, *WHY)

    assert (first.code, same.code) == (0, 0)
    assert same.out.decode().startswith("done already, nothing was called\n")
    assert at("watch", "on", *rules, "52-deny-quic", *BINDINGS, *WHY).complaint.startswith(
        "guardrail-undo.json: expected"
    )


def test_something_else_with_the_same_undo_file_is_refused(at, back_out, lab, files):
    back_out()
    lab.requests.clear()
    refused = at("back-out", "--gateway", CLIENT_SPOKE, *WHY)

    assert refused.complaint.startswith("guardrail-undo.json: expected another --undo-file: it holds scope insertion")
    assert list(lab.requests) == []


def test_restore_returns_to_what_was_there_and_may_be_asked_again(back_out, restore, lab, files):
    back_out()
    back, again = restore(), restore()

    assert in_path(lab) is True
    assert (back.code, document(back)["done"]) == (2, True)
    assert (again.code, document(again)["done"], document(again)["calls"]) == (0, True, 0)


def test_the_restored_undo_file_may_be_used_for_the_next_time(back_out, restore, lab):
    back_out()
    restore()

    assert document(back_out())["calls"] == 3
    assert in_path(lab) is False


def test_an_undo_file_knows_its_controller(back_out, guardrail, lab):
    back_out()
    back = guardrail("restore", "--undo-file", "guardrail-undo.json", "--ca", lab.ca_file)

    assert (back.code, in_path(lab)) == (2, True)
    assert f"  {SPOKE} snat: no -> yes" in back.out.decode().splitlines()


def test_the_undo_file_is_written_before_the_call(back_out, lab, files):
    seen = []

    def answer(request):
        if b"disable_snat" in request.body:
            seen.append(kept(files)["phase"])
        return lab.simulator.handle(request)

    lab.answer = answer
    back_out()

    assert (seen, kept(files)["phase"]) == (["begun"], "held")


def test_nothing_is_called_when_the_undo_file_cannot_be_written(back_out, lab, files):
    shown = back_out("--undo-file", "no-such-directory/undo.json")

    assert shown.code == 1
    assert document(shown)["refused"].startswith("no-such-directory/undo.json: No such file or directory")
    assert in_path(lab) is True


@pytest.mark.parametrize("done", [False, True], ids=["the call was not made", "the call was made"])
def test_what_died_half_way_is_finished_by_the_same_command_and_undone_by_restore(back_out, restore, lab, files, done):
    fail(lab, "disable_snat", done=done)
    died = back_out()
    works_again(lab)
    finished = back_out()

    assert (died.code, document(died)["done"]) == ((2, True) if done else (1, False))
    assert (document(finished)["done"], in_path(lab)) == (True, False)
    assert document(restore())["done"] is True
    assert in_path(lab) is True


def test_the_first_state_before_is_kept_when_a_second_try_finds_less_to_do(at, applied, restore, files):
    both = ("watch", "on", "100-default-deny", "52-deny-quic", *BINDINGS, *WHY)
    at(*both)
    undo = kept(files)
    (files / "guardrail-undo.json").write_text(json.dumps(undo | {"phase": "begun"}))  # as if it had died here
    at("watch", "off", "52-deny-quic", *BINDINGS, *WHY, "--undo-file", "colleague.json")
    again = at(*both)

    assert again.code == 0
    assert kept(files)["undo"] == undo["undo"]
    assert restore().code == 0
    assert "MONITOR" not in enforcement(applied).values()


def test_restore_names_what_somebody_has_changed_since_and_changes_nothing(at, applied, restore):
    at("watch", "on", "100-default-deny", "52-deny-quic", *BINDINGS, *WHY)
    client = applied.client()
    [found] = [each for each in client.rulesets.list() if not each["system_resource"]]
    others = [rule for rule in found["policies"] if not rule["name"].endswith("52-deny-quic")]
    client.rulesets.replace(found, others, client.posture.version())
    refused = restore()
    during = enforcement(applied)["100-default-deny"]
    left = restore("--leave-changed")

    assert refused.code == 1
    assert f"{OURS}-52-deny-quic" in document(refused)["refused"]
    assert during == "MONITOR"
    assert (left.code, enforcement(applied)["100-default-deny"]) == (0, "ENFORCE")


def test_a_gateway_that_is_not_there_is_refused(at, lab):
    shown = at("back-out", "--gateway", "nobody", *WHY)

    assert (shown.code, shown.err) == (1, b"gateway: expected the name of a gateway of this controller\n")


def test_back_out_of_the_policy_lets_ours_go_anywhere_and_comes_back(at, applied, restore, files):
    before = enforcement(applied)
    shown = at("back-out", "--scope", "policy", *BINDINGS, *WHY, "--format", "json")
    during = enforcement(applied)
    back = restore()

    assert (shown.code, document(shown)["proof"]["status"], back.code) == (0, "proven", 0)
    assert during["99-back-out-permit"] == "ENFORCE"
    assert {name for name, state in during.items() if state == "MONITOR"} == {n for n in during if "deny" in n}
    assert document(shown)["proof"]["effects"][0].startswith("catbox.moe: was DENY by 100-default-deny, now PERMIT by ")
    assert enforcement(applied) == before


def test_a_plan_says_that_applying_it_ends_a_back_out(at, applied):
    quiet = document(at("pack", "plan", *BINDINGS, "--format", "json"))["warnings"]
    at("back-out", "--scope", "policy", *BINDINGS, *WHY)
    warned = document(at("pack", "plan", *BINDINGS, "--format", "json"))["warnings"]

    assert not [each for each in quiet if "backed out" in each]
    assert [each for each in warned if "99-back-out-permit is there; applying this plan ends that" in each]


@pytest.mark.parametrize("name", ["100-default-deny", f"{OURS}-100-default-deny"])
def test_watch_puts_named_rules_on_watch_by_one_put(at, applied, name):
    shown = at("watch", "on", name, *BINDINGS, *WHY, "--format", "json")
    puts = [request for request in applied.requests if request.method == "PUT"]

    assert (shown.code, len(puts)) == (0, 1)
    assert [name for name, state in enforcement(applied).items() if state == "MONITOR"] == ["100-default-deny"]


def test_watch_off_enforces_what_is_on_watch(at, applied):
    at("watch", "on", "--all", *BINDINGS, *WHY, "--undo-file", "on.json")
    at("watch", "off", "50-deny-dns-udp", *BINDINGS, *WHY, "--undo-file", "off.json")

    enforced = {name for name, state in enforcement(applied).items() if state == "ENFORCE"}
    assert {name for name in enforced if "deny" in name} == {"50-deny-dns-udp"}


def test_a_permit_is_never_put_on_watch(at, applied):
    all_of_them = at("watch", "on", "--all", *BINDINGS, *WHY, "--undo-file", "on.json")
    named = at("watch", "on", "30-allow-models", *BINDINGS, *WHY, "--undo-file", "named.json")

    assert (all_of_them.code, named.code) == (0, 1)
    assert enforcement(applied)["30-allow-models"] == "ENFORCE"
    assert b"30-allow-models is a PERMIT" in named.err


def test_a_dry_run_prints_the_calls_and_makes_none(at, applied, files):
    shown = at("watch", "on", "--all", *BINDINGS, *WHY, "--dry-run", "--format", "json")
    told = at("back-out", "--gateway", SPOKE, *WHY, "--dry-run")

    assert (shown.code, told.code) == (2, 2)
    assert [call["method"] for call in document(shown)["would"]] == ["PUT"]
    assert "  POST disable_snat" in told.out.decode().splitlines()
    assert not (files / "guardrail-undo.json").exists()
    assert "MONITOR" not in enforcement(applied).values()


def test_status_says_what_is_held_and_who_claimed_to_and_what_fights_it(at, back_out, lab):
    back_out("--as", "somebody\x1b[2J")
    lab.client().insertion.enable_snat(SPOKE)
    shown = at("status", "--gateway", SPOKE)
    text = shown.out.decode()

    assert shown.code == 0
    assert "Claimed by  somebody[2J" in text
    assert f"! insertion: {SPOKE} snat is no longer as the back-out left it" in text
    assert f"gateway {SPOKE}: in the path by source-nat" in text


def test_status_says_that_an_undo_file_is_of_another_controller(at, back_out, lab, files):
    back_out()
    other = kept(files) | {"url": "https://192.0.2.1"}
    (files / "guardrail-undo.json").write_text(json.dumps(other))

    assert "- the undo file is of another controller; " in at("status").out.decode()
    assert document(at("status", "--format", "json"))["suspensions"] == []


def test_status_of_nothing_says_whose_word_that_is(at, lab):
    assert at("status").out.decode().splitlines() == [
        "nothing is suspended",
        "- as far as guardrail-undo.json says: what another undo file or a deployed guardrail holds is not known here",
    ]


def test_status_sees_that_somebody_else_has_backed_out_of_the_policy(at, applied):
    at("back-out", "--scope", "policy", *BINDINGS, *WHY, "--undo-file", "colleague.json")

    assert f"rule {OURS}-99-back-out-permit: ENFORCE" in at("status").out.decode().splitlines()


def test_status_says_what_is_held_even_if_the_controller_does_not_answer(at, back_out, lab):
    back_out()
    fail(lab, "")
    shown = at("status", "--format", "json")

    assert shown.code == 1
    assert document(shown)["failed"] == f"{lab.url}: controller:login failed: http-500"
    [held] = document(shown)["suspensions"]
    assert (held["scope"], held["fights"]) == ("insertion", ["not looked at: whether it still is so is not known"])


UNREACHABLE = ("--controller", "https://127.0.0.1:9", "--insecure")


@pytest.mark.parametrize(
    "command",
    [
        ["status"],
        ["status", "--gateway", SPOKE],
        ["status", *BINDINGS],
        ["back-out", "--gateway", SPOKE, *WHY],
        ["back-out", "--gateway", SPOKE, *WHY, "--dry-run"],
        ["back-out", "--scope", "policy", *BINDINGS, *WHY],
        ["watch", "on", "--all", *BINDINGS, *WHY],
        ["watch", "off", "--all", *BINDINGS, *WHY],
    ],
    ids=lambda command: " ".join(command),
)
def test_a_controller_that_cannot_be_asked_is_an_answer_in_json_and_one_line(guardrail, lab, files, command):
    """That its certificate is not trusted shows at once; a controller that is not there is asked for some seconds."""
    shown = guardrail(*command, "--controller", lab.url, "--format", "json")
    line = f"{lab.url}: controller:login failed: certificate-not-trusted"

    assert (shown.code, shown.err.decode()) == (1, f"{line}\n")
    assert (document(shown)["done"], document(shown)["failed"]) == (False, line)
    assert not (files / "guardrail-undo.json").exists()
    assert b"nothing is suspended" not in guardrail(*command, "--controller", lab.url).out


def test_a_controller_that_is_not_there_is_an_answer_in_json_and_one_line(guardrail, lab, files):
    shown = guardrail("status", *UNREACHABLE, "--format", "json")
    line = "https://127.0.0.1:9: controller:login failed: connection"

    assert (shown.code, shown.err.decode(), document(shown)["failed"]) == (1, f"{line}\n", line)


def test_a_restore_from_a_controller_that_is_not_there_is_an_answer_and_keeps_the_undo_file(
    guardrail, back_out, lab, files
):
    back_out()
    (files / "guardrail-undo.json").write_text(json.dumps(kept(files) | {"url": UNREACHABLE[1]}))
    shown = guardrail("restore", *UNREACHABLE, "--format", "json")

    assert (shown.code, document(shown)["failed"]) == (1, "https://127.0.0.1:9: controller:login failed: connection")
    assert document(shown)["notes"] == [f"it is still backed out, as far as is known; this tries again: {again(shown)}"]
    assert kept(files)["phase"] == "held"


def again(shown):
    return document(shown)["restore"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["back-out", *WHY], "--gateway: expected the name of the spoke gateway, or --bindings with spoke_gateway"),
        (
            ["back-out", "--scope", "policy", *WHY],
            "--bindings: expected the file whose name_prefix says what our rules ",
        ),
        (["back-out", "--scope", "response", *WHY], "--scope: expected insertion or policy, straight at a controller"),
        (["back-out", "--scope", "all", *WHY], "--scope: expected insertion or policy, straight at a controller"),
        (["back-out", "--for", "8d", *WHY], "--for: expected a time such as PT4H, 4h, 30m or P1D, from one minute to "),
        (["back-out", "--reason", " "], "--reason: expected a line of text of at most 500 characters"),
        (["watch", "on", *WHY], "guardrail watch on: Invalid value for RULE, --all: expected one of the two; "),
        (["watch", "on", "x", "--all", *WHY], "guardrail watch on: Invalid value for RULE, --all: expected one of "),
        (["restore"], "guardrail-undo.json: expected an undo file; --undo-file names another one"),
        (["restore", "--function", "f"], "--controller: expected no --function beside it"),
    ],
)
def test_a_wrong_order_is_one_line_and_calls_nothing(at, lab, arguments, complaint):
    assert at(*arguments).complaint.startswith(complaint)
    assert list(lab.requests) == []


@pytest.mark.parametrize("content", ["[]", "{}", '{"version": 1}', "no json"])
def test_a_file_that_is_no_undo_file_is_refused_and_kept(at, back_out, lab, files, content):
    (files / "guardrail-undo.json").write_text(content)

    assert back_out().complaint.startswith("guardrail-undo.json:")
    assert (files / "guardrail-undo.json").read_text() == content
    assert list(lab.requests) == []


@pytest.mark.parametrize("command", [["back-out", "--gateway", SPOKE, *WHY], ["restore"], ["status"]])
def test_a_direct_command_loads_no_aws_sdk(lab, files, command):
    """AWS may be what does not answer; and the SDK is half a second of a cold start."""
    options = ["--controller", lab.url, "--ca", lab.ca_file, "--format", "json"]
    done = subprocess.run([sys.executable, "-c", STARTED, *command, *options], capture_output=True, text=True)
    loaded = done.stderr.split()

    assert "guardrail.flows.direct" in loaded
    assert not {"boto3", "botocore", "rich.console", "pydantic", "guardrail_lab"} & set(loaded)
