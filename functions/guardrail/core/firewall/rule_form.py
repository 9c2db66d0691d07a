"""What a rule says, in one form: equal for rules that say the same, however a version or a person spelled it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from guardrail.core.firewall.objects import DEFAULT_TLS_PROFILE, SYSTEM_GROUPS

_ANY = ("PROTOCOL_UNSPECIFIED", "PROTOCOL_ANY_UNSPECIFIED", "ANY", "")
_START_LOG = "def000ad-7000-0000-0000-000000000001"
_WORDS = {DEFAULT_TLS_PROFILE: "default"}
_SYSTEM_NAMES = {uuid: name for name, uuid in SYSTEM_GROUPS.items()}
UNKNOWN_GROUP = "(a group that is gone)"
KNOWN_MEMBERS = frozenset(
    (
        "name", "action", "priority", "src_ads", "dst_ads", "web_filters", "protocol", "port_ranges", "decrypt_policy",
        "flow_app_requirement", "logging", "enforcement", "watch", "tls_profile", "log_profile", "egress_path",
        "exclude_sg_orchestration", "uuid", "system_resource",
    )
)  # fmt: skip
"""Members whose meaning is known. Others of a rule of ours are sent back as they were."""


@dataclass(frozen=True, slots=True)
class RuleForm:
    """A rule. Groups are uuids, addresses of groups that are yet to be created, or, for people, names.

    Attributes:
        log_profile, egress_path, unorchestrated: What no pack says, so that anything but the usual is somebody's edit.
    """

    name: str
    priority: int
    action: str
    src: frozenset[str]
    dst: frozenset[str]
    web: frozenset[str]
    protocol: str
    ports: frozenset[tuple[int, int]]
    decrypt: str
    app: str
    logging: bool
    enforcement: str
    tls_profile: str
    log_profile: str
    egress_path: str
    unorchestrated: bool

    def named(self, names: Mapping[str, str]) -> "RuleForm":
        """Return it with names for uuids."""
        return self._with(lambda each: _SYSTEM_NAMES.get(each) or names.get(each, UNKNOWN_GROUP))

    def renamed(self, others: Mapping[str, str]) -> "RuleForm":
        """Return it with what stands for some of its groups; the rest of them stay."""
        return self._with(lambda each: others.get(each, each))

    def groups(self) -> frozenset[str]:
        """Return every group that it names."""
        return self.src | self.dst | self.web

    def _with(self, said: Callable[[str], str]) -> "RuleForm":
        src, dst, web = (frozenset(map(said, groups)) for groups in (self.src, self.dst, self.web))
        return replace(self, src=src, dst=dst, web=web)


@dataclass(frozen=True, slots=True)
class ShapedRule:
    """A rule as it is read or sent, and its form, which is made once."""

    document: Mapping[str, Any]
    form: RuleForm


def shaped(rule: Mapping[str, Any]) -> ShapedRule:
    """Return a rule with its form."""
    return ShapedRule(rule, rule_form(rule))


def rule_form(rule: Mapping[str, Any]) -> RuleForm:
    """Return the form of a rule as it is read, or as it is to be sent."""
    say = rule.get
    protocol = say("protocol") or ""
    log_profile = say("log_profile") or ""
    return RuleForm(
        name=rule["name"],
        priority=say("priority") or 0,
        action=say("action") or "",
        src=frozenset(say("src_ads") or ()),
        dst=frozenset(say("dst_ads") or ()),
        web=frozenset(say("web_filters") or ()),
        protocol="ANY" if protocol in _ANY else protocol,
        ports=frozenset((each["lo"], each.get("hi") or each["lo"]) for each in say("port_ranges") or ()),
        decrypt=(say("decrypt_policy") or "UNSPECIFIED").removeprefix("DECRYPT_"),
        app=(say("flow_app_requirement") or "UNSPECIFIED").removeprefix("APP_"),
        logging=bool(say("logging")),
        enforcement=say("enforcement") or ("MONITOR" if say("watch") else "ENFORCE"),
        tls_profile=say("tls_profile") or "",
        log_profile="" if log_profile == _START_LOG else log_profile,
        egress_path=(say("egress_path") or "").removeprefix("EGRESS_PATH_").replace("DEFAULT", ""),
        unorchestrated=bool(say("exclude_sg_orchestration")),
    )


def rule_view(form: RuleForm) -> dict[str, Any]:
    """Return a rule as people read it: names for uuids, and of what no pack says only what is unusual.

    Args:
        form: With names for uuids.
    """
    view: dict[str, Any] = {field.name: getattr(form, field.name) for field in fields(form)}
    view |= {side: sorted(view[side]) for side in ("src", "dst", "web")}
    view["ports"] = [lo if lo == hi else f"{lo}-{hi}" for lo, hi in sorted(form.ports)]
    view["tls_profile"] = _WORDS.get(form.tls_profile, form.tls_profile) or None
    unusual = ("log_profile", "egress_path", "unorchestrated")
    return {key: value for key, value in view.items() if key not in unusual or value}
