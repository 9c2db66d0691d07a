import pytest


def test_the_default_action_always_has_three_keys(desk):
    assert desk.rest("GET", "microseg/default-action-policy") == (
        200, {"action": "PERMIT", "logging": False, "log_profile": ""}
    )  # fmt: skip
    desk.rest("PUT", "microseg/default-action-policy", {"action": "DENY"})
    assert desk.rest("GET", "microseg/default-action-policy")[1] == {
        "action": "DENY", "logging": False, "log_profile": ""
    }  # fmt: skip


@pytest.mark.parametrize("wrong", [None, {}, {"action": "ALLOW"}, {"action": "DENY", "logging": 1}, {"action": "DENY", "log_profile": "x"}])  # fmt: skip  # noqa: E501
def test_a_default_action_that_is_none_is_refused(desk, wrong):
    assert desk.rest("PUT", "microseg/default-action-policy", wrong)[0] == 400


def test_features_are_listed_from_9_0_on(desk_of):
    assert {"feature": "microseg", "enabled": True} in desk_of("9.0").json({"action": "get_all_controller_features"})["results"]  # fmt: skip  # noqa: E501
    assert desk_of("8.2").json({"action": "get_all_controller_features"})["reason"] == "Valid action required"


def test_an_unknown_feature_is_told_with_those_that_are_known(desk):
    reason = desk.json({"action": "enable_controller_feature", "feature": "x"})["reason"]

    assert reason.startswith("invalid feature name: x. Valid feature names are: microseg, ")


@pytest.mark.parametrize(("name", "number", "ends"), [("start", 1, False), ("end", 2, True), ("start/end", 3, True)])
def test_log_profiles(desk, name, number, ends):
    profile = desk.rest("GET", f"dcf/log-profile?profile_name={name}")[1]

    assert profile["profile_id"] == f"def000ad-7000-0000-0000-00000000000{number}"
    assert profile["session_end"] is ends


def test_the_default_tls_profile_is_there(desk):
    uuid = desk.rest("GET", "dcf/tls-profile")[1]["profiles"][0]["uuid"]

    assert desk.rest("GET", f"dcf/tls-profile/{uuid}")[1]["uuid"] == uuid
    assert "not found" in desk.rest("GET", "dcf/tls-profile/nope")[1]["message"]


def test_a_clusters_credential_is_not_shown(desk):
    cluster = {"cluster_id": "c", "credential": {"kube_config": "canary"}}
    desk.rest("POST", "k8s/clusters", cluster)

    assert "canary" not in str(desk.rest("GET", "k8s/clusters"))
    assert desk.rest("POST", "k8s/clusters", cluster)[0] == 409


def test_an_unknown_path_is_not_found(desk):
    assert desk.rest("GET", "microseg/policy-list2")[0] == 404


def test_a_body_that_is_no_json_is_refused(desk):
    from guardrail_lab.controller.web import WebRequest

    headers = {"authorization": f"cid {desk.cid}"}
    assert desk.send(WebRequest("PUT", "/v2.5/api/microseg/policy-list", headers, b"{"))[0] == 400
    types = {"content-type": "application/json"}
    assert desk.send(WebRequest("POST", "/v2/api", types, b"{"))[1]["return"] is False


def test_a_job_runs_for_a_while(desk):
    request_id = desk.form("CID=CID123&action=create_mct_gateway&async=true&gw_name=n&vpc_id=vpc-1")["results"]
    ask = f"CID=CID123&action=check_task_status&request_id={request_id}"
    running, desk.now = desk.form(ask), desk.now + 1
    done = desk.form(ask)

    assert running == {"return": False, "reason": "REQUEST_IN_PROGRESS"}
    assert (done["return"], done["results"]) == (True, "Successfully created Gateway n.")
    assert desk.form(ask) == done
    assert len(desk.query("action=list_vpcs_summary&gateway_name=n")["results"]) == 1
