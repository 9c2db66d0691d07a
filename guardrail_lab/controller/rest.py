"""`/v2.5/api`: which path does what, since which release."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from guardrail_lab.controller import groups, policy_list, posture, rulesets
from guardrail_lab.controller.refusal import missing
from guardrail_lab.controller.simulation import Simulation


@dataclass(frozen=True, slots=True)
class RestRequest:
    """A request of `/v2.5/api`: method, path below it, query, JSON document."""

    method: str
    path: str
    query: Mapping[str, str]
    document: Any


Act = Callable[[Simulation, RestRequest, str], Any]


def act(sim: Simulation, request: RestRequest) -> Any:
    """Do what a request asks for and return the document to answer with, None for none.

    Raises:
        Refusal: It is not done, or there is no such path.
    """
    key = ""
    found = _PATHS.get((request.method, request.path))
    if found is None:
        collection, _, key = request.path.rpartition("/")
        found = _PATHS.get((request.method, f"{collection}/*")) if key else None
    if found is None or not sim.release.has(found[0]):
        raise missing("Not Found")
    return found[1](sim, request, key)


_V1 = "microseg/policy-list"
_TREE = "microseg/policy-list3"
_PATHS: dict[tuple[str, str], tuple[str, Act]] = {
    ("GET", "app-domains"): ("0.0", lambda sim, _, __: groups.list_groups(sim)),
    ("POST", "app-domains"): ("0.0", lambda sim, request, _: groups.create_group(sim, request.document)),
    ("GET", "app-domains/*"): ("0.0", lambda sim, _, key: groups.get_group(sim, key)),
    ("PUT", "app-domains/*"): ("0.0", lambda sim, request, key: groups.replace_group(sim, key, request.document)),
    ("DELETE", "app-domains/*"): ("0.0", lambda sim, _, key: groups.delete_group(sim, key)),
    ("GET", "app-domains/name/*"): ("8.0", lambda sim, _, key: groups.group_named(sim, key)),
    ("GET", _V1): ("0.0", lambda sim, _, __: policy_list.list_policies(sim)),
    ("PUT", _V1): ("0.0", lambda sim, request, _: policy_list.replace_policies(sim, request.document)),
    ("DELETE", _V1): ("0.0", lambda sim, _, __: policy_list.delete_policies(sim)),
    ("GET", _TREE): ("8.2", lambda sim, _, __: rulesets.list_rulesets(sim)),
    ("POST", _TREE): ("8.2", lambda sim, request, _: rulesets.create_ruleset(sim, request.document)),
    ("GET", f"{_TREE}/*"): ("8.2", lambda sim, _, key: rulesets.get_ruleset(sim, key)),
    ("PUT", f"{_TREE}/*"): ("8.2", lambda sim, request, key: rulesets.replace_ruleset(sim, key, request.document)),
    ("DELETE", f"{_TREE}/*"): ("8.2", lambda sim, _, key: rulesets.delete_ruleset(sim, key)),
    ("GET", "microseg/attachment-points"): (
        "8.2",
        lambda sim, request, _: rulesets.attachment_points(sim, request.query.get("name")),
    ),
    ("GET", "microseg/default-action-policy"): ("8.1", lambda sim, _, __: posture.default_action(sim)),
    ("PUT", "microseg/default-action-policy"): (
        "8.1",
        lambda sim, request, _: posture.set_default_action(sim, request.document),
    ),
    ("GET", "dcf/log-profile"): (
        "8.2",
        lambda sim, request, _: posture.log_profiles(sim, request.query.get("profile_name")),
    ),
    ("GET", "dcf/tls-profile"): ("8.2", lambda sim, _, __: posture.tls_profiles(sim)),
    ("GET", "dcf/tls-profile/*"): ("8.2", lambda sim, _, key: posture.tls_profile(sim, key)),
    ("GET", "get-controller-metadata"): ("0.0", lambda sim, _, __: posture.metadata(sim)),
    ("GET", "k8s/clusters"): ("0.0", lambda sim, _, __: posture.clusters(sim)),
    ("POST", "k8s/clusters"): ("0.0", lambda sim, request, _: posture.create_cluster(sim, request.document)),
}
