"""Everything that the guardrail believes of a controller and that reading it can show."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from guardrail.gateways.controller.call import FORM_TYPE, RPC_TARGET, Call, form, json_call, query, rest
from guardrail.gateways.controller.hidden import Hidden
from guardrail.gateways.controller.outcome import Answer, Failure, Message
from guardrail.gateways.controller.posture import Posture
from guardrail.gateways.controller.reading import Results, read_answer
from guardrail.gateways.controller.rulesets import ATTACHMENT_POINTS, Rulesets
from guardrail_cli.belief import Belief, Finding, Probe

_NO_SESSION = Hidden("guardrail-probe-no-session")
_NO_UUID = str(UUID(int=0))
_NO_NAME = "guardrail-probe-no-such-name"
_SECONDS = 60.0
_SYSTEM_GROUPS = ("def000ad-0000-0000-0000-000000000000", "def000ad-0000-0000-0000-000000000001")
_GATEWAY_MEMBERS = ("vpc_name", "vpc_id", "cloud_type", "enable_nat", "private_vpc_default_enabled", "spoke_rtb_list")
_RELEASES = ((8, 1), (8, 2), (9, 0), (10, 1))
_ANY = ("PROTOCOL_UNSPECIFIED", "PROTOCOL_ANY_UNSPECIFIED", "ANY")


def login_has_two_steps(probe: Probe) -> Iterator[Finding]:
    """Ask for a token as the first step of a login does."""
    body = urlencode({"action": "get_api_token", "log_enable": "true"}).encode()
    answer = _exchange(probe, Message("GET", RPC_TARGET, {"Content-Type": FORM_TYPE}, body))
    document = _json(answer)
    token = (
        isinstance(document, dict) and isinstance(document.get("results"), dict) and "api_token" in document["results"]
    )
    yield Finding("get_api_token, a GET with a form body, gives a token", "yes", "yes" if token else "no")


def version_is_known(probe: Probe) -> Iterator[Finding]:
    """Compare the version with those that this was written for."""
    version = Posture(probe.calls).version()
    known = (version.major, version.minor) in _RELEASES
    yield Finding("the version is one of 8.1, 8.2, 9.0, 10.1", "yes", "yes" if known else str(version))


def dead_sessions_are_told(probe: Probe) -> Iterator[Finding]:
    """Make a call of each way with a session id that never was."""
    calls = (
        ("form", form("list_version_info", {}), "CID is invalid"),
        ("query", query("list_version_info"), "CID is invalid"),
        ("json", json_call("list_version_info", {}), f"Session {_NO_SESSION.reveal()} expired"),
        ("rest", rest("GET", "microseg/default-action-policy"), "403 Invalid CID"),
    )
    for way, call, expected in calls:
        answer = _exchange(probe, call.message(_NO_SESSION))
        told = isinstance(answer, Answer) and getattr(read_answer(call.way, answer, _NO_SESSION), "expired", False)
        yield Finding(f"a dead session is recognised, {way}", "yes", "yes" if told else "no")
        yield Finding(f"a dead session is told in the expected words, {way}", expected, _words(answer, expected))


def what_is_not_there_is_told(probe: Probe) -> Iterator[Finding]:
    """Ask for what does not exist."""
    yield _code(probe, "an unknown group", rest("GET", "app-domains", _NO_UUID), "not-found")
    yield _code(probe, "an unknown action", query("guardrail_probe_no_such_action"), "unknown-action")
    yield _code(probe, "an unknown gateway", query("get_gateway_info", {"gateway_name": _NO_NAME}), "not-found")
    found = _results(probe, query("list_vpcs_summary", {"gateway_name": _NO_NAME}))
    yield Finding("list_vpcs_summary of an unknown gateway is an empty list", "yes", "yes" if found == [] else "no")
    if Posture(probe.calls).version().has_rulesets:
        yield _code(probe, "an unknown ruleset", rest("GET", "microseg/policy-list3", _NO_UUID), "AVXERR-DFW-0025")


def groups_have_their_form(probe: Probe) -> Iterator[Finding]:
    """Look at the collection of groups."""
    groups = _list(_results(probe, rest("GET", "app-domains")), "app_domains")
    uuids = {group.get("uuid") for group in groups}
    yield Finding("the system's groups have their uuids", "yes", "yes" if uuids.issuperset(_SYSTEM_GROUPS) else "no")
    yield _all("every group has system_resource", ("system_resource" in group for group in groups))


def rules_have_their_form(probe: Probe) -> Iterator[Finding]:
    """Look at the spelling of the rules in the V1 list."""
    version = Posture(probe.calls).version()
    rules = _list(_results(probe, rest("GET", "microseg/policy-list")), "policies")
    ranges = [item for rule in rules for item in rule.get("port_ranges") or ()]
    anys = [rule["protocol"] for rule in rules if rule.get("protocol") not in ("TCP", "UDP", "ICMP")]
    member = "enforcement" if version.has_enforcement else "watch"
    other = "watch" if version.has_enforcement else "enforcement"
    yield _all(f"no rule has {other}, this version has {member}", (other not in rule for rule in rules))
    yield _all("every rule has a uuid and a name", (bool(rule.get("uuid") and rule.get("name")) for rule in rules))
    yield _all(
        "a single port is shown with hi = lo", (item.get("hi") == item.get("lo") for item in ranges if _one(item))
    )
    yield _all("any protocol is one of three spellings", (protocol in _ANY for protocol in anys))


def tree_has_its_form(probe: Probe) -> Iterator[Finding]:
    """Look at rulesets and attachment points, where the version has them."""
    if not Posture(probe.calls).version().has_rulesets:
        return
    rulesets = _list(_results(probe, rest("GET", "microseg/policy-list3")), "dcf_policies")
    names = {ruleset.get("name") for ruleset in rulesets}
    yield Finding("the V1 Policy List is one of the rulesets", "yes", "yes" if "V1 Policy List" in names else "no")
    for name, uuid in ATTACHMENT_POINTS.items():
        yield Finding(f"{name} has its fixed id", uuid, Rulesets(probe.calls).asked_attachment_point(name))
    for name, number in (("start", 1), ("end", 2), ("start/end", 3)):
        uuid = f"def000ad-7000-0000-0000-{number:012d}"
        yield Finding(
            f"the log profile {name} has its fixed id", uuid, Posture(probe.calls).log_profile(name).get("profile_id")
        )


def posture_has_its_form(probe: Probe) -> Iterator[Finding]:
    """Look at the default action, the features and the controller's own whereabouts."""
    found = _results(probe, rest("GET", "microseg/default-action-policy"))
    keys = {"action", "logging", "log_profile"} <= set(found if isinstance(found, dict) else ())
    yield Finding("the default action always has its three keys", "yes", "yes" if keys else "no")
    yield Finding("DCF (feature microseg) is on", "yes", "yes" if Posture(probe.calls).feature("microseg") else "no")
    if Posture(probe.calls).version().lists_features:
        listed = "microseg" in Posture(probe.calls).features()
        yield Finding("all features can be listed", "yes", "yes" if listed else "no")


def gateways_have_their_form(probe: Probe) -> Iterator[Finding]:
    """Look at what the decision on a back-out is made from."""
    gateways = _results(probe, query("list_vpcs_summary", {"spoke_only": "true"}))
    spokes = [gateway for gateway in gateways if isinstance(gateway, dict)] if isinstance(gateways, list) else []
    members = (all(member in spoke for member in _GATEWAY_MEMBERS) for spoke in spokes)
    plain = (spoke.get("snat_target") == "primary" for spoke in spokes if spoke.get("enable_nat") == "yes")
    yield _all("every spoke has what insertion is read from", members)
    yield _all("SNAT is told by yes and no", (spoke.get("enable_nat") in ("yes", "no") for spoke in spokes))
    yield _all("SNAT that is on is plain, snat_target = primary", plain)
    yield _all(
        "inst_state of a gateway is running or up", (spoke.get("inst_state") in ("running", "up") for spoke in spokes)
    )


BELIEFS: Sequence[Belief] = (
    login_has_two_steps,
    version_is_known,
    dead_sessions_are_told,
    what_is_not_there_is_told,
    groups_have_their_form,
    rules_have_their_form,
    tree_has_its_form,
    posture_has_its_form,
    gateways_have_their_form,
)


def _all(fact: str, holds: Iterable[bool]) -> Finding:
    """Return a finding about several things; with none there is nothing to see."""
    found = list(holds)
    wrong = f"not so for {found.count(False)} of {len(found)}"
    return Finding(fact, "yes", None if not found else "yes" if all(found) else wrong)


def _code(probe: Probe, what: str, call: Call, expected: str) -> Finding:
    outcome = probe.calls.outcome(call)
    code = outcome.code if isinstance(outcome, Failure) else "an answer"
    return Finding(f"{what} is told in the expected words", expected, code)


def _results(probe: Probe, call: Call) -> Any:
    outcome = probe.calls.outcome(call)
    return outcome.document if isinstance(outcome, Results) else None


def _exchange(probe: Probe, message: Message) -> Answer | Failure:
    return probe.transport.exchange(probe.login, message, seconds=_SECONDS)


def _words(answer: Answer | Failure, expected: str) -> str:
    """Say whether the expected words are in an answer, and its status where that is one of them; nothing is quoted."""
    if isinstance(answer, Failure):
        return answer.code
    told = expected.removeprefix("403 ").encode() in answer.body
    told = told and (answer.status == 403 or not expected.startswith("403 "))
    return expected if told else f"other words, status {answer.status}"


def _json(answer: Answer | Failure) -> Any:
    try:
        return json.loads(answer.body) if isinstance(answer, Answer) else None
    except ValueError:
        return None


def _list(document: Any, member: str) -> list[dict[str, Any]]:
    found = document.get(member) if isinstance(document, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _one(item: Any) -> bool:
    return isinstance(item, dict) and item.get("hi") in (None, 0, item.get("lo"))
