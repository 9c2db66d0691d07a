"""Aerleon, asked about the same flows: reads rules and flows as JSON on stdin, prints who decided and what it cost."""

import json
import sys
from time import process_time

from absl import logging
from aerleon.lib import aclcheck, naming, policy, policy_builder

_ACTIONS = {"PERMIT": "accept", "DENY": "deny"}


def main() -> None:
    """Build the policy once, then check flow by flow, as its own command does after parsing."""
    logging.set_verbosity(logging.ERROR)
    given = json.load(sys.stdin)
    definitions = naming.Naming()
    networks = {name: {"values": [{"address": cidr} for cidr in cidrs]} for name, cidrs in given["groups"].items()}
    services = {f"P{port}": [{"protocol": "tcp", "port": port}] for port in given["ports"]}
    definitions.ParseDefinitionsObject({"networks": networks, "services": services}, "given")
    header = {"targets": {"cisco": "given extended"}}
    document = {"filename": "given", "filters": [{"header": header, "terms": [_term(rule) for rule in given["rules"]]}]}
    built = policy.FromBuilder(policy_builder.PolicyBuilder(document, definitions))
    answers, seconds = [], []
    for flow in given["flows"]:
        began = process_time()
        check = aclcheck.AclCheck(built, flow["src_ip"], flow["dst_ip"], "any", flow["port"], flow["protocol"].lower())
        exact = check.ExactMatches()
        seconds.append(process_time() - began)
        answers.append(exact[0].term if exact else None)
    json.dump({"by": answers, "seconds": seconds}, sys.stdout)


def _term(rule):
    term = {
        "name": rule["name"],
        "source-address": rule["src"],
        "destination-address": rule["dst"],
        "protocol": rule["protocol"].lower(),
        "action": _ACTIONS[rule["action"]],
    }
    return term | ({"destination-port": f"P{rule['port']}"} if rule["port"] else {})


if __name__ == "__main__":
    main()
