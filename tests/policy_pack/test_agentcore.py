"""The shipped pack: what it must hold, and that each of its rules is needed."""

import json

import pytest
import yaml

from guardrail.core.firewall.decide import Decider
from guardrail.core.firewall.flow import parse_flow
from guardrail.core.firewall.objects import DEFAULT_TLS_PROFILE, Action, Decrypt
from policy_pack.load import load
from policy_pack.report import check_pack
from tests.policy_pack.arrange import SHIPPED

RULES = [
    "05-deny-link-local", "10-allow-client-to-agentcore-data", "11-allow-client-to-agentcore-control",
    "12-deny-other-to-agentcore", "28-deny-known-exfil", "29-deny-supply-chain-ioc", "30-allow-models",
    "31-allow-tools-inspected", "32-allow-aws-control-plane", "33-allow-mcp-servers", "34-allow-tools-direct",
    "49-allow-dns-servers", "50-deny-dns-udp", "51-deny-dns-tcp", "52-deny-quic", "100-default-deny",
]  # fmt: skip
LOADED = load(SHIPPED)
DECIDER = Decider(LOADED.pack.policy(), LOADED.bindings.site)
BY_NAME = {rule.name: rule for rule in LOADED.pack.rules}
AGENT = {"src_ip": "10.50.10.7"}


def asked(url_or_flow):
    """The decision, and who takes it, for an agent's request to a URL or for a flow."""
    flow = url_or_flow
    if isinstance(url_or_flow, str):
        host, _, path = url_or_flow.partition("/")
        flow = {"protocol": "TCP", "port": 443, "sni": host, "path": f"/{path}"}
    answer = DECIDER.decide(parse_flow(AGENT | flow))
    return answer.decision.value, answer.by


def test_the_shipped_pack_has_no_errors_and_nothing_is_left_out():
    report = check_pack(SHIPPED)

    assert (report.errors, report.warnings) == ((), ())


def test_the_rules_are_those_and_their_names_begin_with_their_priority():
    assert [rule.name for rule in LOADED.pack.rules] == RULES
    assert [int(rule.name.partition("-")[0]) for rule in LOADED.pack.rules] == [r.priority for r in LOADED.pack.rules]


def test_the_groups_that_others_rely_on_are_there():
    assert {"runtimes", "clients", "agentcore-data", "agentcore-control", "inspected"} <= set(LOADED.pack.smart_groups)


@pytest.mark.parametrize("name", RULES)
def test_every_rule_says_why_logs_and_states_its_decrypt_policy(name):
    rule = BY_NAME[name]
    opened = name in ("29-deny-supply-chain-ioc", "31-allow-tools-inspected")

    assert rule.why.endswith(".")
    assert rule.logging
    assert rule.decrypt is (Decrypt.ALLOWED if opened else Decrypt.NOT_ALLOWED)
    assert rule.tls_profile == (DEFAULT_TLS_PROFILE if opened else None)


@pytest.mark.parametrize("name", RULES)
def test_without_a_rule_an_expectation_fails(name, tmp_path):
    pack = yaml.safe_load((SHIPPED / "pack.yaml").read_text())
    pack["rules"] = [rule for rule in pack["rules"] if rule["name"] != name]
    (tmp_path / "pack.yaml").write_text(json.dumps(pack))

    codes = [error.code for error in check_pack(tmp_path, SHIPPED / "bindings.example.yaml").errors]

    assert len(pack["rules"]) == len(RULES) - 1
    assert "expectation-failed" in codes


@pytest.mark.parametrize(
    ("flow", "decision", "by"),
    [
        pytest.param(
            "bedrock-runtime.us-east-1.amazonaws.com/model/x/invoke", "PERMIT", "30-allow-models", id="1 model"
        ),
        pytest.param("sink.example/collect", "DENY", "100-default-deny", id="1 prompt injection, data sent away"),
        pytest.param("catbox.moe/user/api.php", "DENY", "100-default-deny", id="1b file upload"),
        pytest.param(
            {"protocol": "UDP", "port": 53, "dst_ip": "8.8.8.8"}, "DENY", "50-deny-dns-udp", id="2 DNS tunnel"
        ),
        pytest.param("mcp.deepwiki.com/mcp", "PERMIT", "33-allow-mcp-servers", id="3 MCP handshake"),
        pytest.param("x.lambda-url.us-east-1.on.aws/", "DENY", "100-default-deny", id="3 MCP pivot"),
        pytest.param(
            "raw.githubusercontent.com/victim-org/shai-hulud-worm-a1b2c3/main/README.md",
            "DENY",
            "29-deny-supply-chain-ioc",
            id="4 bad path",
        ),
        pytest.param(
            "raw.githubusercontent.com/octocat/hello-world/master/README",
            "PERMIT",
            "31-allow-tools-inspected",
            id="4 good",
        ),
        pytest.param("api.openai.com/v1/models", "DENY", "100-default-deny", id="5 unsanctioned model"),
        pytest.param("api.anthropic.com/v1/models", "DENY", "100-default-deny", id="5 another one"),
        pytest.param(
            {"protocol": "TCP", "port": 443, "sni": "catbox.moe", "crosses_gateway": False},
            "NOT_INSPECTED",
            None,
            id="6 drift to PUBLIC",
        ),
    ],
)
def test_the_six_scenarios_are_decided_as_they_must_be_and_stand_in_the_pack(flow, decision, by):
    assert asked(flow) == (decision, by)
    assert (decision, by) in {(each.decision.value, each.by) for each in LOADED.pack.expectations}


@pytest.mark.parametrize("host", ["raw.githubusercontent.com", "github.com", "api.github.com", "codeload.github.com",
                                  "gist.githubusercontent.com", "cdn.jsdelivr.net"])  # fmt: skip
@pytest.mark.parametrize(
    "path",
    [
        "x/shai-hulud", "x/Shai-Hulud", "x/SHAI-HULUD/y", "x/Sha1-Hulud", "x/sha1-hulud-2", "x/SHA1HULUD",
        "x/shai_hulud", "repos/x/Shai-Hulud/contents/data.json", "x/y/.github/workflows/shai-hulud-workflow.yml",
        "x/y/.github/workflows/discussion.yaml", "x/y/.github/workflows/formatter_1.yml", "x/y/setup_bun.js",
        "x/y/bun_environment.js", "x/y/bun_installer.js", "x/y/environment_source.js", "x/y/truffleSecrets.json",
        "x/y/actionsSecrets.json", "x/y/router_init.js", "x/y/tanstack_runner.js",
        "x/y/Math_Symbol.js", "x/y/math_init.js",
    ],
)  # fmt: skip
def test_every_trace_of_the_worms_is_denied_in_the_casing_in_which_it_was_seen(host, path):
    flow = AGENT | {"protocol": "TCP", "port": 443, "sni": host, "path": f"/{path}"}
    answer = DECIDER.decide(parse_flow(flow))

    assert (answer.decision, answer.by) == ("DENY", "29-deny-supply-chain-ioc")
    assert "path-case-assumed" not in answer.notes


@pytest.mark.parametrize(
    "path", ["octocat/hello-world/master/README", "x/y/main/.github/workflows/ci.yml", "x/bundle.js", "x/data.json", ""]
)
def test_honest_paths_on_inspected_hosts_are_permitted(path):
    assert asked(f"raw.githubusercontent.com/{path}") == ("PERMIT", "31-allow-tools-inspected")


@pytest.mark.parametrize("host", ["webhook.site", "x.webhook.site", "httpbin.org", "x.oastify.com", "interact.sh",
                                  "abc.ngrok-free.app", "x.trycloudflare.com", "x.oast.fun"])  # fmt: skip
def test_hosts_that_nobody_sanctions_have_a_rule_of_their_own(host):
    assert asked(host) == ("DENY", "28-deny-known-exfil")


@pytest.mark.parametrize("host", ["catbox.moe", "pastebin.com", "transfer.sh", "api.mistral.ai", "hooks.slack.com",
                                  "bucket.s3.us-east-1.amazonaws.com", "git-tanstack.com",
                                  "kms.us-east-1.amazonaws.com",
                                  "bedrock-agentcore-control.us-east-1.amazonaws.com"])  # fmt: skip
def test_what_has_honest_uses_elsewhere_falls_to_the_last_rule(host):
    assert asked(host) == ("DENY", "100-default-deny")


def test_aws_names_are_exact():
    names = LOADED.pack.web_groups["aws-control-plane"].sni

    assert not [name for name in names if "*" in name]
    assert "111122223333.dkr.ecr.us-east-1.amazonaws.com" in names
    assert "prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com" in names


def test_models_and_aws_may_be_reached_at_any_address_and_others_only_in_public():
    goals = {rule.name: rule.dst for rule in LOADED.pack.rules if rule.action is Action.PERMIT}

    assert goals["30-allow-models"] == goals["32-allow-aws-control-plane"] == ("Anywhere",)
    assert goals["33-allow-mcp-servers"] == goals["34-allow-tools-direct"] == ("Public Internet",)


BARE = """\
name_prefix: ours
account: "111122223333"
region: eu-central-1
runtime_subnets: [subnet-1]
"""


def test_with_nothing_sanctioned_the_pack_is_good_and_says_what_is_left_out(tmp_path):
    (tmp_path / "bare.yaml").write_text(BARE)
    report = check_pack(SHIPPED, tmp_path / "bare.yaml")

    assert report.errors == ()
    assert {warning.rule for warning in report.warnings if warning.code == "rule-omitted"} == {
        "10-allow-client-to-agentcore-data",
        "11-allow-client-to-agentcore-control",
        "12-deny-other-to-agentcore",
        "30-allow-models",
        "31-allow-tools-inspected",
        "33-allow-mcp-servers",
        "34-allow-tools-direct",
        "49-allow-dns-servers",
    }


def test_a_customer_may_sanction_what_the_scenarios_deny(tmp_path):
    sanctioned = "models: [api.openai.com, '*.openai.azure.com']\ntools: [hooks.slack.com]\ndns_servers: [8.8.8.8]\n"
    (tmp_path / "own.yaml").write_text(BARE + sanctioned)

    codes = {(error.code, error.rule) for error in check_pack(SHIPPED, tmp_path / "own.yaml").errors}

    assert codes == {("broad-wildcard", "30-allow-models")}


@pytest.mark.parametrize("key", ["runtime_subnets", "account", "region"])
def test_bindings_that_every_landing_zone_has_cannot_be_missing(tmp_path, key):
    lines = [line for line in BARE.splitlines(keepends=True) if not line.startswith(key)]
    (tmp_path / "b.yaml").write_text("".join(lines))

    errors = check_pack(SHIPPED, tmp_path / "b.yaml").errors

    assert {error.message for error in errors} == {
        f"the bindings lack {key}, and it is needed here; empty never means all"
    }
