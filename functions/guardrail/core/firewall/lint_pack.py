"""What can be wrong with a pack as a whole."""

from collections.abc import Iterator

from guardrail.core.firewall.addresses import PUBLIC, extent, ranges
from guardrail.core.firewall.finding import Code, Finding
from guardrail.core.firewall.objects import (
    DEFAULT_ACTION,
    Action,
    AppRequirement,
    Enforcement,
    Protocol,
    Rule,
    SmartGroup,
)
from guardrail.core.firewall.pack import PolicyPack
from guardrail.core.firewall.site import Site


def duplicates(pack: PolicyPack) -> Iterator[Finding]:
    """Names and priorities that two rules share, and names that a smart group and a web group share."""
    names: dict[str, int] = {}
    priorities: dict[int, str] = {}
    for at, rule in enumerate(pack.rules):
        if names.setdefault(rule.name, at) != at:
            message = f"two rules are named {rule.name}; log lines could not tell them apart"
            yield Finding(Code.DUPLICATE_NAME, ("rules", at, "name"), message, rule.name, (rule.name,))
        other = priorities.setdefault(rule.priority, rule.name)
        if other != rule.name:
            message = f"{other} has priority {rule.priority} too; which one is asked first would be left to chance"
            yield Finding(Code.DUPLICATE_PRIORITY, ("rules", at, "priority"), message, rule.name, (other,))
    for name in pack.web_groups.keys() & pack.smart_groups.keys():
        message = f"a smart group is named {name} too; on the controller they would be one object"
        yield Finding(Code.DUPLICATE_NAME, ("web_groups", name), message)


def default_deny(pack: PolicyPack, site: Site) -> Iterator[Finding]:
    """A pack whose last word is not no."""
    last = max(enumerate(pack.rules), key=lambda each: each[1].priority, default=None)
    if last is None or not _denies_all(last[1], pack, site):
        message = (
            "the rule with the highest priority number must deny its sources everything: to Anywhere, ANY protocol"
        )
        path = ("rules",) if last is None else ("rules", last[0])
        yield Finding(Code.NO_DEFAULT_DENY, path, message, last[1].name if last else None)
    if pack.default_action is None or pack.default_action.action is not Action.DENY:
        message = "the default action must be DENY; write default_action: {action: DENY, logging: true}"
        yield Finding(Code.NO_DEFAULT_DENY, ("default_action",), message, DEFAULT_ACTION)


def _denies_all(rule: Rule, pack: PolicyPack, site: Site) -> bool:
    unconditional = not (rule.web or rule.ports) and rule.app is AppRequirement.UNSPECIFIED
    enforced = rule.action is Action.DENY and rule.enforcement is Enforcement.ENFORCE
    everything = rule.protocol is Protocol.ANY and any(_takes_in_public(name, pack, site) for name in rule.dst)
    return enforced and unconditional and everything


def clusters(pack: PolicyPack, site: Site) -> Iterator[Finding]:
    """Rules that decide for Kubernetes pods before the policies of their own cluster are asked."""
    pods = ranges(site.pod_networks)
    for at, rule in enumerate(() if site.after_clusters else pack.rules):
        named = [name for name in rule.src if _of_cluster(pack.smart_groups.get(name))]
        broad = any(_takes_in_public(name, pack, site) for name in rule.dst)
        covered = [name for name in rule.src if broad and extent(_group(name, pack), site).sure & pods]
        for name in (named or covered)[:1]:
            message = f"{name} holds pods, so this rule decides before their cluster's policies, which it makes void"
            yield Finding(Code.CLUSTER_SHADOWED, ("rules", at, "src"), message, rule.name)


def _of_cluster(group: SmartGroup | None) -> bool:
    return group is not None and any(kind.startswith("k8s") for kind in group.values("type"))


def _takes_in_public(name: str, pack: PolicyPack, site: Site) -> bool:
    return extent(_group(name, pack), site).sure.covers(PUBLIC)


def _group(name: str, pack: PolicyPack) -> SmartGroup:
    return pack.smart_groups.get(name) or SmartGroup(name)
