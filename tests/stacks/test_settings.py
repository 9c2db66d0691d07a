import json

import pytest

from guardrail.core.errors import InvalidInput
from stacks.settings import guardrail_props

ZONE = {
    "account": "111122223333",
    "region": "us-east-1",
    "subnets": ["subnet-0a1b2c3d4e5f60001"],
    "security_groups": ["sg-0a1b2c3d4e5f60001"],
}
PLACE = "111122223333/us-east-1"
KEY = "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d"


def props(**context):
    return guardrail_props({"landing_zones": [ZONE], **context}.get)


def test_defaults_are_observe_hourly_sweeps_and_thirty_days_of_governance():
    [each] = props()

    assert (each.mode, each.sweep_minutes, each.evidence_mode, each.evidence_days) == ("OBSERVE", 60, "GOVERNANCE", 30)
    assert (each.runtime, each.operators) == ("python3.13", ())


def test_each_zone_may_have_a_mode_of_its_own_and_is_observed_without_one():
    zones = [ZONE, {**ZONE, "region": "eu-west-1"}]
    modes = {"111122223333/us-east-1": "repair"}
    told = {"response_mode": modes, "response": {"pass_role_path": "/agents/", "breaker_changes": 3}}

    first, second = props(landing_zones=zones, **told)

    assert (first.mode, first.pass_role_path, first.response.breaker_changes) == ("REPAIR", "/agents/", 3)
    assert second.mode == "OBSERVE"


def test_each_zone_may_have_a_key_of_its_own_for_its_topic_and_has_none_without_one():
    zones = [ZONE, {**ZONE, "region": "eu-west-1"}]

    first, second = props(landing_zones=zones, alerts_key_arns={PLACE: KEY})

    assert (first.alerts_key_arn, second.alerts_key_arn) == (KEY, None)


def test_a_zone_may_stand_in_a_file(tmp_path):
    path = tmp_path / "zone.json"
    path.write_text(json.dumps(ZONE))

    assert props(landing_zones=str(path)) == props()
    assert props(landing_zones=[str(path), {**ZONE, "region": "eu-west-1"}])[1].zone.region == "eu-west-1"


@pytest.mark.parametrize(
    ("context", "where"),
    [
        pytest.param({"landing_zones": None}, "landing_zones", id="no zone"),
        pytest.param({"landing_zones": [{**ZONE, "subnets": []}]}, "landing_zones[0]: zone.subnets", id="no subnets"),
        pytest.param({"landing_zones": [{**ZONE, "vpc": "vpc-1"}]}, "landing_zones[0]: zone", id="unknown key"),
        pytest.param({"landing_zones": [ZONE, ZONE]}, "landing_zones", id="two zones of one account and Region"),
        pytest.param({"landing_zones": "no-such-file.json"}, "no-such-file.json", id="no such file"),
        pytest.param(
            {"landing_zones": [{**ZONE, "subnets": [f"subnet-{number:017x}" for number in range(200)]}]},
            "2500 bytes",
            id="a zone that does not fit into an environment variable",
        ),
        pytest.param({"response_mode": "enforced"}, "response_mode", id="an unknown mode"),
        pytest.param({"response_mode": {"1/us-east-1": "REPAIR"}}, "response_mode", id="a mode of no zone"),
        pytest.param({"alerts_key_arns": KEY}, "alerts_key_arns", id="a key for no zone in particular"),
        pytest.param({"alerts_key_arns": {"1/us-east-1": KEY}}, "alerts_key_arns", id="a key of no zone"),
        pytest.param({"alerts_key_arns": {PLACE: "alias/alerts"}}, "alerts_key_arns", id="an alias"),
        pytest.param(
            {"alerts_key_arns": {PLACE: KEY.replace("us-east-1", "eu-west-1")}}, "alerts_key_arns", id="a key elsewhere"
        ),
        pytest.param({"break_glass_principals": "somebody"}, "break_glass_principals", id="no list of ARNs"),
        pytest.param(
            {"response": {"pass_role_path": "agents"}}, "response.pass_role_path", id="a path without slashes"
        ),
        pytest.param({"response": [1]}, "response", id="a response that is no object"),
        pytest.param({"response": {"attempts": 0}}, "response.attempts", id="no attempt"),
        pytest.param({"response": {"patience": 1}}, "response", id="an unknown key of the response"),
        pytest.param({"response": {"grace_days": {"x": 1}}}, "response.grace_days", id="a grace of no rule"),
        pytest.param({"sweep_minutes": 5}, "sweep_minutes", id="sweeps that overlap"),
        pytest.param({"sweep_minutes": "often"}, "sweep_minutes", id="no number"),
        pytest.param({"evidence": {"mode": "FOREVER"}}, "evidence.mode", id="an unknown retention mode"),
        pytest.param({"evidence": {"days": 0}}, "evidence.days", id="no retention"),
        pytest.param({"operator_role_arns": "arn:aws:iam::1:role/x"}, "operator_role_arns", id="no list"),
        pytest.param({"lambda_runtime": "python3.9"}, "lambda_runtime", id="a runtime that is too old"),
    ],
)
def test_bad_context_is_named_in_one_line(context, where):
    with pytest.raises(InvalidInput) as error:
        props(**context)

    assert where in str(error.value)
    assert "\n" not in str(error.value)
