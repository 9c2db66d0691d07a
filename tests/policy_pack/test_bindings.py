"""Bindings, and how they take the place of their names."""

import json

import pytest

from guardrail.core.firewall.pack import Mode
from policy_pack.load import load
from tests.policy_pack.arrange import BINDINGS, PACK, changed, loaded, problems, report, write


def with_bindings(text):
    return BINDINGS.replace("tools: [api.example.com]\n", "") + text


def test_a_list_takes_the_place_of_one_item_each(tmp_path):
    pack = loaded(tmp_path, bindings=with_bindings("tools: [a.example.com, b.example.com]\n")).pack

    assert pack.web_groups["tools"].sni == ("a.example.com", "b.example.com")
    assert [each.target["sni"] for each in pack.expectations[:2]] == ["a.example.com", "b.example.com"]


@pytest.mark.parametrize("bindings", ["", "tools: []\n", "tools:\n"])
def test_nothing_takes_the_place_of_nothing_and_the_rule_is_left_out_with_a_warning(tmp_path, bindings):
    found = report(tmp_path, bindings=with_bindings(bindings))

    assert found.errors == ()
    assert found.loaded.pack.web_groups["tools"].sni == ()
    [warning] = found.warnings
    assert warning.message == "30-tools will be left out: its web group is empty: tools"


def test_a_list_in_a_selector_makes_a_selector_for_each_value(tmp_path):
    text = changed("{cidr: 10.50.10.0/24}", '{type: subnet, res_id: "${runtime_subnets}"}')
    pack = loaded(tmp_path, text, BINDINGS.replace("[subnet-1]", "[subnet-1, subnet-2]")).pack

    assert pack.smart_groups["agents"].values("res_id") == ("subnet-1", "subnet-2")


def test_several_references_in_one_value_make_every_combination(tmp_path):
    text = changed('["${tools}"]', '["${tools}", "x.${region}.${tools}"]')
    pack = loaded(tmp_path, text, with_bindings("tools: [a.example, b.example]\n")).pack

    assert pack.web_groups["tools"].sni == ("a.example", "b.example", "x.us-east-1.a.example", "x.us-east-1.b.example")


@pytest.mark.parametrize(
    ("pack", "bindings", "problem"),
    [
        pytest.param(
            changed("name: small", 'name: "${tools}"'),
            with_bindings("tools: [a.example, b.example]\n"),
            "pack.yaml:1: one value is needed here, the bindings have 2",
            id="too many",
        ),
        pytest.param(
            changed("name: small", 'name: "${client_vpc}"'),
            BINDINGS,
            "pack.yaml:1: one value is needed here, the bindings have none",
            id="none",
        ),
        pytest.param(
            changed('["${tools}"]', '["x.${region}.example"]'),
            BINDINGS.replace("region: us-east-1\n", ""),
            "pack.yaml:7: the bindings lack region, and it is needed here; empty never means all",
            id="a Region",
        ),
        pytest.param(
            changed("{cidr: 10.50.10.0/24}", '{type: subnet, res_id: "${runtime_subnets}"}'),
            BINDINGS.replace("runtime_subnets: [subnet-1]\n", ""),
            "pack.yaml:4: the bindings lack runtime_subnets, and it is needed here; empty never means all",
            id="no subnets",
        ),
        pytest.param(
            changed('["${tools}"]', '["${tools"]'),
            BINDINGS,
            "pack.yaml:7: a reference is written ${name}",
            id="not closed",
        ),
    ],
)
def test_a_reference_that_cannot_be_replaced_is_a_problem(tmp_path, pack, bindings, problem):
    assert f"{problem} [schema]" in problems(tmp_path, pack, bindings)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[subnet-1]", "[]", "4: runtime_subnets: expected at least one subnet; empty never means all"),
        ("tools:", "tolls:", "5: tolls: there is no such key; did you mean 'tools'?"),
        ('"111122223333"', "1111", "2: account: expected an AWS account, 12 digits"),
        ("us-east-1", "virginia", "3: region: expected an AWS Region such as us-east-1"),
        ("[api.example.com]", "[https://api.example.com]", "5: tools[0]: expected a host name, without scheme, port "),
        ("[api.example.com]", "[192.0.2.1]", "5: tools[0]: expected a host name, without scheme, port and path"),
        ("[api.example.com]", "api.example.com", "5: tools: expected a list, this is text"),
        ("tools: [api.example.com]", "runtime_cidrs: [10.0.0.1/8]", "5: runtime_cidrs[0]: expected a CIDR such as "),
        ("tools: [api.example.com]", "mode: enforced", "5: mode: expected discover, watch, enforce"),
        ("tools: [api.example.com]", "mitm_ca_trusted: 1", "5: mitm_ca_trusted: expected true or false, this is the "),
        ("name_prefix: ours", "name_prefix: ours-", "1: name_prefix: expected letters, digits and dashes, 40 at most"),
    ],
)  # fmt: skip
def test_a_wrong_binding_is_told_with_its_line(tmp_path, old, new, told):
    found = problems(tmp_path, bindings=changed(old, new, BINDINGS))

    assert any(each.startswith(f"bindings.example.yaml:{told}") and each.endswith("[schema]") for each in found)


def test_mode_watch_needs_agents_that_trust_the_gateways(tmp_path):
    [problem] = problems(tmp_path, bindings=BINDINGS + "mode: watch\n")

    assert problem.startswith("bindings.example.yaml:6: mode watch decrypts; expected mitm_ca_trusted: true")
    assert problems(tmp_path, bindings=BINDINGS + "mode: watch\nmitm_ca_trusted: true\n") == []


@pytest.mark.parametrize(("more", "warned"), [("", True), ("mitm_ca_trusted: true\n", False)])
def test_decrypting_for_agents_that_may_not_trust_the_gateways_is_a_warning(tmp_path, more, warned):
    found = report(tmp_path, bindings=BINDINGS + "mode: enforce\n" + more)

    assert found.errors == ()
    assert [warning.code for warning in found.warnings] == ["ca-untrusted"] * warned


@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_bindings_may_be_json(tmp_path, indent):
    document = {"name_prefix": "ours", "tools": ["a.example", "b.example"], "mode": "enforce"}
    (tmp_path / "b.json").write_text(json.dumps(document, indent=indent))
    bindings = load(write(tmp_path), tmp_path / "b.json").bindings

    assert bindings.values["tools"] == ("a.example", "b.example")
    assert (bindings.mode, bindings.one("name_prefix"), bindings.one("region")) == (Mode.ENFORCE, "ours", None)


def test_an_account_is_digits_not_a_number(tmp_path):
    found = loaded(tmp_path, bindings=BINDINGS.replace('"111122223333"', "011122223333"))

    assert found.bindings.one("account") == "011122223333"


def test_names_are_compared_as_the_gateway_compares_them(tmp_path):
    found = loaded(tmp_path, bindings=with_bindings("tools: [API.Example.com., api.example.com]\n"))

    assert found.bindings.values["tools"] == ("api.example.com",)


def test_a_tool_on_an_inspected_host_is_told_from_the_others(tmp_path):
    text = changed('["${tools}"]', '["${tools_direct}"]').replace('"https://${tools}/"', '"https://${tools_direct}/"')
    text = text.replace("url: [", 'url: ["${inspected_hosts}/*${tools_inspected}*", ')
    pack = loaded(tmp_path, text, with_bindings("tools: [git.example.com, api.example.com]\n")).pack

    assert pack.web_groups["tools"].sni == ("api.example.com",)
    assert pack.web_groups["worms"].url[0] == "git.example.com/*git.example.com*"


@pytest.mark.parametrize(("region", "suffix"), [("us-east-1", "amazonaws.com"), ("cn-north-1", "amazonaws.com.cn")])
def test_aws_names_end_as_the_partition_has_it(tmp_path, region, suffix):
    pack = loaded(
        tmp_path, changed('["${tools}"]', '["sts.${region}.${dns_suffix}"]'), BINDINGS.replace("us-east-1", region)
    ).pack

    assert pack.web_groups["tools"].sni == (f"sts.{region}.{suffix}",)


@pytest.mark.parametrize(
    ("tools", "kept"), [("[api.example.com]", 0), ("['*.example.com']", 0), ("[other.example]", 1)]
)
def test_what_a_binding_sanctions_is_not_expected_to_be_denied(tmp_path, tools, kept):
    text = PACK.split("expect:")[0] + (
        "expect:\n"
        "  - {from: agents, to: 'https://api.example.com/', decision: DENY, by: 99-rest, unless: [models, tools]}\n"
    )

    assert len(loaded(tmp_path, text, with_bindings(f"tools: {tools}\n")).pack.expectations) == kept


def test_a_resolver_is_sanctioned_by_its_address_or_its_network(tmp_path):
    text = PACK.split("expect:")[0] + (
        "expect:\n  - {from: agents, to: 'udp://192.0.2.53:53', decision: DENY, by: 99-rest, unless: dns_servers}\n"
    )

    assert loaded(tmp_path, text, BINDINGS + "dns_servers: [192.0.2.0/24]\n").pack.expectations == ()
    assert problems(tmp_path, text.replace("dns_servers", "dns_server"))[0].endswith(
        "no binding is named 'dns_server'; did you mean 'dns_servers'? [unknown-name]"
    )


def test_a_pattern_in_a_binding_is_expected_for_one_of_its_names(tmp_path):
    pack = loaded(tmp_path, bindings=with_bindings("tools: ['*.example.net']\n")).pack

    assert pack.expectations[0].target["sni"] == "any.example.net"


def test_a_network_in_a_flow_stands_for_an_address_in_it(tmp_path):
    target = "{protocol: ICMP, dst_ip: '${endpoint_cidrs}'}"
    text = changed("never:", f"  - {{from: agents, to: {target}, decision: DENY, by: 99-rest}}\nnever:")
    pack = loaded(tmp_path, text, BINDINGS + "endpoint_cidrs: [10.9.0.0/16, 10.8.0.1/32]\n").pack

    assert [each.target["dst_ip"] for each in pack.expectations[2:]] == ["10.9.0.1", "10.8.0.1"]
