"""A second opinion on flows: docs/policy_pack.md word by word, slowly, sharing no code with the core.

It reads the values of a policy, and nothing else of the core. Three values are words: yes, no, unknown.
"""

import re
from ipaddress import ip_address, ip_network
from urllib.parse import unquote

YES, NO, UNKNOWN = "yes", "no", "unknown"
PRIVATE = [ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


def naive_decide(policy, site, flow):
    """Decide a flow document."""
    flow = completed(flow)
    rules = ordered(policy)
    seen = [(rule, *effect(policy, site, rule, flow)) for rule in rules if rule.enforcement != "DISABLE"]
    answer = by_rules(policy, flow, seen)
    if not_inspected(policy, site, flow):
        return {"decision": "NOT_INSPECTED", "by": None, "shadow": [], "notes": set(), "logged": False}
    return answer


def by_rules(policy, flow, seen):
    decision, by, logged, before = policy.default_action.action, "default-action", policy.default_action.logging, seen
    notes = set()
    for position, (rule, match, action, why) in enumerate(seen):
        if match == YES and rule.enforcement == "ENFORCE":
            decision, by, logged, before = action, rule.name, rule.logging, seen[:position]
            notes = set(why)
            break
    unknown = [
        (rule, action) for rule, match, action, _ in before if match == UNKNOWN and rule.enforcement == "ENFORCE"
    ]
    shadow = [
        (rule.name, action) for rule, match, action, _ in before if match == YES and rule.enforcement == "MONITOR"
    ]
    other = [rule for rule, action in unknown if action != decision]
    if other:
        notes = {f"unknown: {rule.name} would {action}" for rule, action in unknown if action != decision}
        logged = logged and all(rule.logging for rule in other)
        decision, by = "INDETERMINATE", None
    else:
        notes |= {f"may-be-by: {rule.name}" for rule, _ in unknown}
    if shadow and decision != "PERMIT":
        notes.add("watch_ambiguous")
    if "dst_ip" not in flow and any(key == "fqdn" for group in policy.smart_groups.values() for key in keys(group)):
        notes.add("fqdn-by-name")
    return {"decision": decision, "by": by, "shadow": shadow, "notes": notes, "logged": logged}


def ordered(policy):
    rules = []
    for tier in (1, 2, 3, 4):
        for ruleset in policy.rulesets:
            if ruleset.tier == tier:
                rules += sorted(ruleset.rules, key=lambda rule: rule.priority)
    return rules


def completed(flow):
    flow = {key: value for key, value in flow.items() if value is not None}
    flow.setdefault("app", usual_app(flow))
    for key in {"src_ip", "dst_ip"} & flow.keys():  # IPv4 that is written as IPv6 is IPv4
        flow[key] = flow[key].removeprefix("::ffff:")
    for key in {"sni", "host"} & flow.keys():
        flow[key] = name(flow[key])
    if is_ip(flow.get("sni")):
        del flow["sni"]
    if "path" in flow:
        flow["path"] = path(flow["path"])
    return flow


def usual_app(flow):
    if flow["protocol"] == "TCP":
        return "tls" if flow.get("sni") else "http" if flow.get("host") else "other"
    return "quic" if flow["protocol"] == "UDP" and flow.get("port") == 443 else "other"


def is_ip(text):
    try:
        ip_address(text or "")
    except ValueError:
        return False
    return True


def name(text):
    text = text.lower()
    if text.endswith("."):
        text = text[:-1]
    return text.encode("idna").decode() if not text.isascii() else text


def path(text):
    text = unquote(re.split("[?#]", text)[0])
    text = re.sub("/+", "/", "/" + text)
    kept = []
    steps = text.split("/")[1:]
    for step in steps:
        if step == "..":
            kept = kept[:-1]
        elif step != "." and step != "":
            kept.append(step)
    end = "/" if kept and steps[-1] in ("", ".", "..") else ""
    return "/" + "/".join(kept) + end


def not_inspected(policy, site, flow):
    if flow.get("crosses_gateway") is False:
        return True
    if "dst_ip" not in flow:
        return False
    to = ip_address(flow["dst_ip"])
    if to.is_link_local:
        return True
    if not within(to, site.endpoint_networks):
        return False
    if "src_ip" in flow and within(ip_address(flow["src_ip"]), site.runtime_networks):
        return True
    return any(is_the_runtimes(policy.smart_groups.get(group), site) for group in flow.get("src_groups", []))


def is_the_runtimes(group, site):
    """Whether a group holds runtime addresses and nothing else, judged by what it is made of."""
    if group is None or not group.selectors or not site.runtime_networks:
        return False
    subnets = {dict(each).get("res_id") for each in group.selectors if dict(each).get("type") == "subnet"}
    for each in group.selectors:
        made_of = dict(each)
        inside = "cidr" in made_of and any(
            ip_network(made_of["cidr"]).version == known.version and ip_network(made_of["cidr"]).subnet_of(known)
            for known in site.runtime_networks
        )
        if not inside and not (set(made_of) == {"type", "res_id"} and site.runtime_subnets <= subnets):
            return False
    return True


def effect(policy, site, rule, flow):
    """Whether a rule matches, what it then does, and what has to be said about it."""
    four = [
        side(policy, site, rule.src, flow, "src"),
        side(policy, site, rule.dst, flow, "dst"),
        YES if rule.protocol in ("ANY", flow["protocol"]) else NO,
        port(rule, flow),
    ]
    if rule.app == "NOT_TLS_REQUIRED" and flow["app"] == "tls":
        return NO, str(rule.action), []
    if rule.app == "TLS_REQUIRED" and flow["app"] != "tls":
        return both(four), "DENY", ["not_tls"]
    match, assumed = web(policy, rule, flow)
    why = ["path-case-assumed"] if assumed else []
    if rule.action == "PERMIT" and rule.web and rule.decrypt != "ALLOWED" and is_broad(policy, rule):
        why.append("sni_unverified")
    return both([*four, match]), str(rule.action), why


def both(values):
    return NO if NO in values else UNKNOWN if UNKNOWN in values else YES


def either(values):
    values = list(values)
    return YES if YES in values else UNKNOWN if UNKNOWN in values else NO


def port(rule, flow):
    if flow["protocol"] == "ICMP":
        return NO if rule.protocol == "ANY" and rule.ports else YES
    if not rule.ports:
        return YES
    if "port" not in flow:
        return UNKNOWN
    return YES if any(each.lo <= flow["port"] <= each.hi for each in rule.ports) else NO


def is_broad(policy, rule):
    return any(is_everywhere(policy, group) for group in rule.dst)


def is_everywhere(policy, group):
    if group not in policy.smart_groups:
        return True
    return "0.0.0.0/0" in policy.smart_groups[group].values("cidr")


def keys(group):
    return [key for selector in group.selectors for key, _ in selector]


def side(policy, site, groups, flow, which):
    return either(membership(policy, site, group, flow, which) for group in groups)


def membership(policy, site, group, flow, which):
    if group in flow.get(f"{which}_groups", []):
        return YES
    if f"{which}_ip" in flow:
        return holds(policy, site, group, ip_address(flow[f"{which}_ip"]))
    if which == "src":
        everywhere = is_everywhere(policy, group) and group != "Public Internet"
        return YES if everywhere else NO if flow.get("src_groups") else UNKNOWN
    if is_everywhere(policy, group):
        return YES
    asked = flow.get("sni") or flow.get("host")
    return YES if asked in [name(fqdn) for fqdn in policy.smart_groups[group].values("fqdn")] else NO


def holds(policy, site, group, address):
    if group not in policy.smart_groups:
        if address.version == 6:
            return NO
        return YES if group == "Anywhere" or not within(address, PRIVATE) else NO
    group = policy.smart_groups[group]
    found = either(found_by(dict(selector), group, site, address) for selector in group.selectors)
    if found == UNKNOWN and group.within and not within(address, [ip_network(text) for text in group.within]):
        return NO
    return found


def found_by(selector, group, site, address):
    if "cidr" in selector:
        return YES if within(address, [ip_network(selector["cidr"])]) else NO
    if selector.get("fqdn") in site.endpoint_hosts and site.endpoint_networks:
        return UNKNOWN if within(address, site.endpoint_networks) else NO
    if selector.get("type") == "subnet" and selector.get("res_id") in site.runtime_subnets and site.runtime_networks:
        if not within(address, site.runtime_networks):
            return NO
        all_of_them = site.runtime_subnets <= {
            dict(each)["res_id"] for each in group.selectors if set(dict(each)) == {"type", "res_id"}
        }
        return YES if all_of_them and set(selector) == {"type", "res_id"} else UNKNOWN
    if selector.get("type") == "vpc" and selector.get("name") == site.client_vpc and site.client_networks:
        if not within(address, site.client_networks):
            return NO
        return YES if set(selector) == {"type", "name"} else UNKNOWN
    return UNKNOWN


def within(address, networks):
    return any(address.version == network.version and address in network for network in networks)


def web(policy, rule, flow):
    """Whether the name or the URL matches, and whether only for one who does not look at case."""
    if not rule.web:
        return YES, False
    results = [web_group(policy, group, rule, flow) for group in rule.web]
    match = either(match for match, _ in results)
    return match, match == YES and all(assumed for result, assumed in results if result == YES)


def web_group(policy, group, rule, flow):
    if group not in policy.web_groups:
        return (YES if flow["app"] in ("tls", "http") else NO), False
    group = policy.web_groups[group]
    asked = {"tls": flow.get("sni"), "http": flow.get("host")}.get(flow["app"])
    if asked and any(like(name(pattern), asked) for pattern in group.sni):
        return YES, False
    results = [url(pattern, rule, flow) for pattern in group.url]
    match = either(match for match, _ in results)
    return match, match == YES and all(assumed for result, assumed in results if result == YES)


def url(pattern, rule, flow):
    host_pattern, _, path_pattern = pattern.removeprefix("https://").partition("/")
    host_pattern = name(host_pattern)
    visible = rule.decrypt == "ALLOWED" and flow["protocol"] == "TCP" and flow["app"] == "tls" and "sni" in flow
    if not visible or not like(host_pattern, flow["sni"]) or not like(host_pattern, flow.get("host") or flow["sni"]):
        return NO, False
    if "path" not in flow:
        return UNKNOWN, False
    path_pattern = "/" + path_pattern
    if path_pattern.endswith("/"):
        path_pattern += "*"
    if like(path_pattern, flow["path"]):
        return YES, False
    return (YES, True) if like(path_pattern.casefold(), flow["path"].casefold()) else (NO, False)


def like(pattern, text):
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None
