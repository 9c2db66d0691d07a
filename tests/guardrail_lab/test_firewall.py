"""The lab's firewall: a context that can be synthesised, and a secret that leads to its controller.

tests/end_to_end/test_reconcile.py deploys it.
"""

import json
from pathlib import Path

import pytest

from guardrail_lab.cloud import LocalCloud
from guardrail_lab.controller.launch import local_controller
from guardrail_lab.deployment import LAB_ZONE
from guardrail_lab.firewall import PREFIX, Firewall
from policy_pack.bound import bound_pack
from policy_pack.load import SHIPPED
from stacks.firewall_settings import firewall
from stacks.settings import guardrail_props


@pytest.fixture(scope="module")
def cloud():
    with LocalCloud() as cloud:
        yield cloud


def test_the_context_is_one_that_can_be_synthesised_and_deployed(cloud, tmp_path):
    with local_controller() as controller:
        context = Firewall(cloud, LAB_ZONE, controller, tmp_path).context(heal=True, mode="enforce")

        props = firewall(context.get, guardrail_props({"landing_zones": [LAB_ZONE.document()]}.get)[0])

    assert props is not None
    assert (props.controller, props.heal, props.account) == (controller.url, True, LAB_ZONE.account)
    assert "BEGIN CERTIFICATE" in props.ca_certificate
    bound = bound_pack(SHIPPED, Path(props.bindings))
    assert (bound.prefix, bound.mode.value) == (PREFIX, "enforce")
    secret = cloud.client("secretsmanager").get_secret_value(SecretId=props.secret_arn)
    assert json.loads(secret["SecretString"])["url"] == controller.url
