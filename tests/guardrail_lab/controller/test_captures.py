"""The requests that the vendor's own client was seen to send are accepted as they are."""

import json

import pytest

from guardrail_lab.controller.web import WebRequest

SPOKE, TRANSIT = "agentcore-vca-agentcore-spoke", "agentcore-vca-transit"
GROUP = """{"name":"runtime","selector":{"any":[
   {"all":{"res_id":"subnet-0a","tags.env":"prod","type":"subnet"}},
   {"all":{"cidr":"10.50.10.0/24"}},
   {"all":{"country_iso_code":"FR","external":"geo"}}]}}"""
NO_EXPRESSION = '{"name":"none","selector":{"any":null}}'
WEB_GROUP = """{"name":"allowed-models","selector":{"any":[
   {"all":{"snifilter":"bedrock-runtime.us-east-1.amazonaws.com"}},
   {"all":{"snifilter":"*.x.com"}}]}}"""
V1_LIST = """{"policies":[
 {"name":"p30","action":"PERMIT","logging":true,"dst_ads":["d"],"src_ads":["s"],"web_filters":["w"],
  "port_ranges":[{"lo":443}],"priority":30,"protocol":"TCP",
  "flow_app_requirement":"APP_UNSPECIFIED","decrypt_policy":"DECRYPT_NOT_ALLOWED"},
 {"name":"p100","action":"DENY","dst_ads":["d"],"src_ads":["s"],"priority":100,
  "protocol":"PROTOCOL_UNSPECIFIED","flow_app_requirement":"APP_UNSPECIFIED",
  "decrypt_policy":"DECRYPT_UNSPECIFIED","watch":true}]}"""
RULESET = """{"attach_to":"defa11a1-3000-4001-0000-000000000000","name":"agentcore","policies":[
  {"action":"PERMIT","dst_ads":["d"],"name":"r","priority":1,"protocol":"TCP","src_ads":["s"],
   "metadata":{"terraform":{"resource_type":"terraform-policy"}}}],
 "metadata":{"terraform":{"resource_type":"terraform-policy-list"}}}"""
POLICY_GROUP = """{"name":"b","attach_to":"ap","sub_policies":[{"list":"u-1","name":"l","priority":1},
  {"name":"a","attachment_point":{"name":"AP","uuid":"ap-1"},"priority":2}],
  "metadata":{"terraform":{"resource_type":"terraform-policy-block"}}}"""
K8S_RECOVERY = """{"name":"K8s Policy List","attach_to":"defa11a1-3000-6000-5000-000000000000","policies":[],
  "metadata":{"k8s":{"resource-type":"k8s-policylist"}}}"""
CLUSTER = '{"cluster_id":"arn:aws:eks:us-east-1:1:cluster/x","credential":{"use_csp_credentials":true}}'
MANY_EMPTY = "&".join(f"{key}=" for key in ("SnatPolicy", "hagw_details.vpc_size", "bgp_ecmp", "tags", "gw_size"))


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "app-domains", GROUP, 201),
        ("POST", "app-domains", NO_EXPRESSION, 201),
        ("POST", "app-domains", WEB_GROUP, 201),
        ("PUT", "microseg/policy-list", V1_LIST, 204),
        ("POST", "microseg/policy-list3", RULESET, 201),
        ("PUT", "microseg/policy-list3/u-1", '{"name":"agentcore","policies":[],"uuid":"u-1"}', 204),
        ("POST", "microseg/policy-list3", POLICY_GROUP, 201),
        ("PUT", "microseg/policy-list3/defa11a1-3000-6000-4000-000000000000", K8S_RECOVERY, 204),
        ("PUT", "microseg/default-action-policy", '{"action":"DENY","logging":true,"log_profile":""}', 204),
        ("POST", "k8s/clusters", CLUSTER, 201),
    ],
)
def test_a_captured_rest_request_is_accepted(desk, method, path, body, status):
    headers = {"authorization": f"cid {desk.cid}", "content-type": "application/json"}

    answered, document = desk.send(WebRequest(method, f"/v2.5/api/{path}", headers, body.encode()))

    assert answered == status, document
    assert method == "PUT" or set(document) <= {"uuid", "id"}


@pytest.mark.parametrize(
    "body",
    [
        f"CID=CID123&action=enable_snat&cloud_type=1&gateway_name={SPOKE}",
        f"CID=CID123&action=enable_snat&cloud_type=1&gateway_name={SPOKE}&policy_list=null&{MANY_EMPTY}",
        f"CID=CID123&action=disable_snat&cloud_type=1&gateway_name={SPOKE}",
        f"CID=CID123&action=enable_private_vpc_default_route&gateway_name={SPOKE}",
        f"CID=CID123&action=disable_private_vpc_default_route&gateway_name={SPOKE}",
        f"CID=CID123&action=enable_skip_public_route_table_update&gateway_name={SPOKE}",
        f"CID=CID123&action=edit_gateway_custom_routes&cidr=0.0.0.0%2F0%2C10.0.0.0%2F8&gateway_name={SPOKE}",
        f"CID=CID123&action=edit_gateway_filter_routes&cidr=&gateway_name={SPOKE}",
        "CID=CID123&action=detach_spoke_from_transit_gw&spoke_gw=agentcore-vca-client-spoke",
        f"CID=CID123&action=attach_spoke_to_transit_gw&spoke_gw={SPOKE}&transit_gw={TRANSIT}",
        "CID=CID123&action=enable_controller_feature&feature=ipv6",
        "CID=CID123&action=create_multicloud_primary_gateway&async=true&enable_nat=yes&gw_name=n&vpc_id=vpc-1~~n&gw_size=",
    ],
)
def test_a_captured_form_is_accepted(desk, body):
    assert desk.form(body)["return"] is True


@pytest.mark.parametrize(
    "document",
    [
        {"action": "disable_snat", "gateway_name": SPOKE},
        {"action": "attach_spoke_to_transit_gw", "spoke_gw": SPOKE, "transit_gw": TRANSIT, "route_table_list": "rtb-1",
         "enable_firenet_for_edge": False, "SpokePrependAsPath": None, "TransitPrependAsPath": None},
        {"action": "enable_controller_feature", "feature": "ipv6"},
        {"action": "get_controller_feature", "feature": "microseg"},
        {"action": "get_all_controller_features"},
    ],
)  # fmt: skip
def test_a_captured_json_document_is_accepted(desk, document):
    assert desk.json(document)["return"] is True


@pytest.mark.parametrize("path", ["/v1/api", "/v2/api"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("in_query", [True, False])
def test_a_token_is_given_however_it_is_asked_for(desk, path, method, in_query):
    text = "action=get_api_token&log_enable=true"
    request = WebRequest(method, f"{path}?{text}") if in_query else WebRequest(method, path, {}, text.encode())

    assert len(desk.send(request)[1]["results"]["api_token"]) == 32


@pytest.mark.parametrize("with_token", [True, False])
def test_a_login_answers_with_its_cid_beside_return(desk, with_token):
    token = desk.form("action=get_api_token")["results"]["api_token"]
    headers = {"x-access-key": token} if with_token else {}

    answer = desk.form("action=login&password=a%26b&username=admin", **headers)

    assert set(answer) == {"return", "results", "reason", "CID"}
    desk.cid = answer["CID"]
    assert desk.rest("GET", "app-domains")[0] == 200


def test_a_multipart_form_is_a_form(desk):
    request = WebRequest("POST", "/v2/api", form={"CID": desk.cid, "action": "list_version_info"})

    assert desk.send(request)[1]["results"]["current_version"] == "9.0.10"


def test_the_spelling_of_an_element_is_accepted_back(desk):
    """Verified by the vendor's people: an element of the list, with its rules removed, is a body for PUT."""
    uuid = desk.rest("POST", "microseg/policy-list3", json.loads(RULESET))[1]["uuid"]
    element = next(
        item for item in desk.rest("GET", "microseg/policy-list3")[1]["dcf_policies"] if item["uuid"] == uuid
    )

    assert desk.rest("PUT", f"microseg/policy-list3/{uuid}", {**element, "policies": []})[0] == 204
    assert desk.rest("GET", f"microseg/policy-list3/{uuid}")[1] == {**element, "policies": []}
