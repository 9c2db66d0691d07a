"""The world that a new controller begins with: the AgentCore blueprint's gateways, and no policy of anybody's."""

from guardrail_lab.controller.gateways import new_gateway
from guardrail_lab.controller.reserved import (
    AFTER_K8S,
    AFTER_UI,
    ALL_WEB,
    ANYWHERE,
    BEFORE_UI,
    COUNTRIES,
    K8S_LIST,
    K8S_POINT,
    POST_RULES,
    PUBLIC_INTERNET,
    THREATS,
    TLS_PROFILE,
    V1_LIST,
)
from guardrail_lab.controller.world import Document, World

SPOKE = "agentcore-vca-agentcore-spoke"
CLIENT_SPOKE = "agentcore-vca-client-spoke"
TRANSIT = "agentcore-vca-transit"
REGION, ACCOUNT = "us-east-2", "agentcore"
AGENTCORE_VPC, CLIENT_VPC, TRANSIT_VPC = (f"vpc-0a9e47c0de000000{number}" for number in (1, 2, 3))
RUNTIME_SUBNET = "subnet-0a9e47c0de0000010"
RUNTIME_TABLE = "rtb-0a9e47c0de0000010"
NAT_GATEWAY = "nat-0a9e47c0de0000001"
_ON = ("microseg", "k8s", "k8s_dcf_policies", "dcf_multi_policies", "k8s_discovery", "log_enrichment")
_OFF = ("dcf_on_psf", "dcf_on_s2c", "ipv6", "k8s_network_policy", "cost_iq")
_LOST_ON_REBOOT = _ON[1:]
_SOME_COUNTRIES = ("DE", "FR", "US")


def new_world(release: str) -> World:
    """Return a new world of an emulated release."""
    features = dict.fromkeys(_ON, True) | dict.fromkeys(_OFF, False)
    return World(
        release=release,
        groups=_system_groups(),
        rulesets=_system_rulesets(),
        points={
            "TERRAFORM_BEFORE_UI_MANAGED": BEFORE_UI,
            "TERRAFORM_AFTER_UI_MANAGED": AFTER_UI,
            "TERRAFORM_AFTER_K8S_MANAGED": AFTER_K8S,
            "K8S_POLICY_LIST": K8S_POINT,
        },
        default_action={"action": "PERMIT", "logging": False, "log_profile": ""},
        features=features,
        boot_features=features | dict.fromkeys(_LOST_ON_REBOOT, False),
        tls_profiles={TLS_PROFILE: _tls_profile()},
        vpcs=_vpcs(),
        gateways=_gateways(),
    )


def _system_groups() -> dict[str, Document]:
    groups = [
        _group(ANYWHERE, "Anywhere (0.0.0.0/0)", {"cidr": "0.0.0.0/0"}),
        _group(PUBLIC_INTERNET, "Public Internet", {"cidr": "0.0.0.0/0"}),
        _group(ALL_WEB, "All-Web", {"snifilter": "*"}),
        _group(THREATS, "Default ThreatGroup", {"external": "threatiq"}),
    ]
    for number, code in enumerate(_SOME_COUNTRIES, start=1):
        geo = {"external": "geo", "country_iso_code": code}
        groups.append(_group(COUNTRIES.format(number), f"Country {code}", geo))
    return {group["uuid"]: group for group in groups}


def _group(uuid: str, name: str, expression: Document) -> Document:
    return {"uuid": uuid, "name": name, "selector": {"any": [{"all": expression}]}, "system_resource": True}


def _system_rulesets() -> dict[str, Document]:
    lists = {V1_LIST: ("V1 Policy List", ""), K8S_LIST: ("K8s Policy List", K8S_POINT), POST_RULES: ("POST_RULES", "")}
    return {
        uuid: {"uuid": uuid, "name": name, "attach_to": point, "policies": [], "system_resource": True}
        for uuid, (name, point) in lists.items()
    }


def _tls_profile() -> Document:
    return {
        "uuid": TLS_PROFILE,
        "display_name": "default",
        "certificate_validation": "CERTIFICATE_VALIDATION_LOG_ONLY",
        "verify_sni": True,
    }


def _vpcs() -> dict[str, Document]:
    private = {"name": "agentcore-runtime", "public": False, "own": NAT_GATEWAY}
    public = {"name": "agentcore-gateway", "public": True, "own": "igw-0a9e47c0de0000001"}
    client = {"name": "client-private", "public": False, "own": None}
    return {
        AGENTCORE_VPC: {
            "name": "agentcore",
            "cidr": "10.50.0.0/16",
            "subnets": {RUNTIME_SUBNET: {"cidr": "10.50.10.0/24", "route_table": RUNTIME_TABLE}},
            "route_tables": {RUNTIME_TABLE: private, "rtb-0a9e47c0de0000001": public},
        },
        CLIENT_VPC: {
            "name": "client",
            "cidr": "10.60.0.0/16",
            "subnets": {"subnet-0a9e47c0de0000020": {"cidr": "10.60.10.0/24", "route_table": "rtb-0a9e47c0de0000020"}},
            "route_tables": {"rtb-0a9e47c0de0000020": client},
        },
        TRANSIT_VPC: {"name": "transit", "cidr": "10.40.0.0/23", "subnets": {}, "route_tables": {}},
    }


def _gateways() -> dict[str, Document]:
    gateways = [
        new_gateway(SPOKE, AGENTCORE_VPC, ACCOUNT, REGION, snat=True),
        new_gateway(CLIENT_SPOKE, CLIENT_VPC, ACCOUNT, REGION, public_ip="192.0.2.11", transit=TRANSIT),
        new_gateway(TRANSIT, TRANSIT_VPC, ACCOUNT, REGION, public_ip="192.0.2.12", is_transit=True),
    ]
    return {gateway["name"]: gateway for gateway in gateways}
