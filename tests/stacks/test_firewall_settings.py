"""The context's `firewall`: nothing without it, and each wrong key gives one clear line."""

from pathlib import Path

import pytest

from guardrail.core.errors import InvalidInput
from guardrail_lab.controller.tls import loopback_tls
from stacks.constructs.private_network import PrivateNetwork
from stacks.firewall_settings import KEYS, firewall
from stacks.settings import guardrail_props
from tests.builders import ACCOUNT, REGION, zone_document
from tests.strategies import CANARY

DOCS = Path(__file__).parents[2] / "docs" / "reference.md"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:controller-AbCdEf"
KEY_ELSEWHERE = f"arn:aws:kms:ap-southeast-2:{ACCOUNT}:key/0a1b2c3d"
LEAST = {"controller": "192.0.2.1", "secret_arn": SECRET, "policy_pack": {"bindings": "bindings.yaml"}}


def read(context):
    contexts = {"landing_zones": [zone_document()], "evidence": {"mode": "COMPLIANCE", "days": 90}}
    [first] = guardrail_props(contexts.get)
    return firewall({"firewall": context}.get, first)


def test_without_the_key_no_firewall_is_kept():
    assert read(None) is None


def test_by_default_the_guardrail_only_reports_every_quarter_of_an_hour():
    props = read(LEAST)

    assert (props.account, props.region, props.controller) == (ACCOUNT, REGION, "https://192.0.2.1")
    assert (props.heal, props.accept_controller_wide, props.schedule_minutes) == (False, False, 15)
    assert (props.change_window, props.network, props.ca_certificate, props.spoke_gateway) == (None, None, "", None)
    assert (props.pack_directory, props.bindings) == (None, Path("bindings.yaml"))
    assert (props.evidence_mode, props.evidence_days) == ("COMPLIANCE", 90)


def test_everything_can_be_said(tmp_path):
    loopback_tls(tmp_path / "ca.pem")
    window = {"days": ["mon"], "hours": "22:00-04:00", "timezone": "UTC"}
    props = read(
        {
            "account": "222233334444",
            "region": "eu-central-1",
            "controller": "https://controller.example.com:8443/",
            "secret_arn": SECRET,
            "secret_key_arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b2c3d",
            "alerts_key_arn": f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/0a1b2c3d",
            "ca": str(tmp_path / "ca.pem"),
            "spoke_gateway": "agentcore-spoke",
            "policy_pack": {"directory": "pack", "bindings": "bindings.yaml"},
            "schedule_minutes": 5,
            "heal": True,
            "change_window": window,
            "accept_controller_wide": True,
            "vpc": {"subnets": ["subnet-0a"], "security_groups": ["sg-0a"]},
        }
    )

    assert (props.account, props.region) == ("222233334444", "eu-central-1")
    assert props.controller == "https://controller.example.com:8443"
    assert props.alerts_key_arn == f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/0a1b2c3d"
    assert props.ca_certificate == (tmp_path / "ca.pem").read_text()
    assert (props.pack_directory, props.heal, props.change_window) == (Path("pack"), True, window)
    assert props.network == PrivateNetwork(("subnet-0a",), ("sg-0a",))


def test_the_ca_may_be_the_text_itself(tmp_path):
    loopback_tls(tmp_path / "ca.pem")
    text = (tmp_path / "ca.pem").read_text()

    assert read({**LEAST, "ca": text}).ca_certificate == text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"controller": "http://192.0.2.1"}, "context firewall.controller: expected a host, or https://HOST"),
        ({"controller": "https://192.0.2.1/api"}, "context firewall.controller: expected a host"),
        ({"controller": f"https://admin:{CANARY}@192.0.2.1"}, "context firewall.controller: expected a host"),
        ({"controller": ""}, "context firewall.controller: expected a host"),
        ({"secret_arn": "controller"}, "context firewall.secret_arn: expected the whole ARN of a secret"),
        ({"alerts_key_arn": "alias/x"}, "context firewall.alerts_key_arn: expected the ARN of a KMS key, not of an"),
        ({"alerts_key_arn": KEY_ELSEWHERE}, "context firewall.alerts_key_arn: expected the ARN of a KMS key"),
        ({"alerts_key_arn": [CANARY]}, "context firewall.alerts_key_arn: expected the ARN of a KMS key"),
        ({"secret_key_arn": "alias/x"}, "context firewall.secret_key_arn: expected the ARN of a KMS key"),
        ({"policy_pack": "pack"}, "context firewall.policy_pack: expected an object with bindings"),
        ({"policy_pack": {}}, "context firewall.policy_pack: expected bindings, the path of your own"),
        ({"policy_pack": {"bindings": 1}}, "context firewall.policy_pack: expected an object with bindings"),
        ({"policy_pack": {"bindings": "b", "x": "y"}}, "context firewall.policy_pack: expected bindings"),
        ({"ca": "/nowhere/ca.pem"}, "context firewall.ca: expected PEM certificates, or the path"),
        ({"ca": f"-----BEGIN CERTIFICATE-----\n{CANARY}"}, "context firewall.ca: expected PEM certificates"),
        ({"spoke_gateway": "a b"}, "context firewall.spoke_gateway: expected the name of a gateway"),
        ({"schedule_minutes": 4}, "context firewall.schedule_minutes: expected a whole number from 5 to 480"),
        ({"schedule_minutes": True}, "context firewall.schedule_minutes: expected a whole number from 5 to 480"),
        ({"schedule_minutes": "x"}, "context firewall.schedule_minutes: expected a whole number from 5 to 480"),
        ({"heal": "yes"}, "context firewall.heal: expected true or false"),
        ({"change_window": {"days": ["mon"]}}, "context firewall.change_window: expected an object with days"),
        (
            {"change_window": {"days": ["mon"], "hours": "00:00-24:00", "timezone": "../etc"}},
            "context firewall.change_window.timezone: expected UTC, or a name of the tz database",
        ),
        ({"vpc": {"subnets": ["subnet-0a"]}}, "context firewall.vpc: expected an object with subnets and"),
        (
            {"vpc": {"subnets": [], "security_groups": ["sg-0a"]}},
            "context firewall.vpc.subnets: expected a list of ids, at least one",
        ),
        (
            {"vpc": {"subnets": ["subnet-0a"], "security_groups": ["group"]}},
            "context firewall.vpc.security_groups: expected a list of ids, at least one",
        ),
        ({"break_glass_principals": ["me"]}, "context firewall.break_glass_principals: expected a list of ARNs"),
        ({"account": "1"}, "context firewall.account: expected 12 digits"),
        ({"region": "here"}, "context firewall.region: expected a Region such as us-east-1"),
        ({"password": CANARY}, "context firewall: expected an object with controller, secret_arn, policy_pack"),
    ],
)
def test_a_wrong_key_is_refused_by_what_was_expected(changes, error):
    with pytest.raises(InvalidInput) as refused:
        read({**LEAST, **changes})

    assert str(refused.value).startswith(error)
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize("context", [[], "x", {}, {"controller": "192.0.2.1"}])
def test_what_is_needed_is_named(context):
    with pytest.raises(InvalidInput, match=r"^context firewall: expected an object with controller, secret_arn, "):
        read(context)


def test_every_key_stands_in_the_reference():
    text = DOCS.read_text()

    assert [key for key in KEYS if f"`{key}`" not in text] == []
