"""What `guardrail rule` does: looks a uuid up in a record, or asks the deployed reconciler, and prints what it was."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from guardrail.core.errors import GatewayError, GuardrailError, InvalidInput
from guardrail.core.firewall.reconcile_request import parse_uuid
from guardrail.core.firewall.registry import parse_registry
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import Format
from guardrail_cli.output import write, write_document
from guardrail_cli.source import Source
from guardrail_cli.terminal import plain

OUTPUT = "ReconcileFunction"
"""The output of a firewall stack that names its function."""


def look_up(uuid: str, record: str | None, function: str | None, form: Format) -> ExitCode:
    """Print every rule that had the uuid, the newest first.

    Raises:
        GuardrailError: Nobody knows the uuid, or what knows it cannot be read.
    """
    wanted = parse_uuid("UUID", uuid)
    rules = _deployed(wanted, function) if record is None else _recorded(wanted, record)
    if not rules:
        raise GuardrailError(f"{wanted}: no rule of ours has or had this uuid")
    if form is Format.JSON:
        write_document({"uuid": wanted, "rules": rules})
    else:
        write("".join(f"{plain(line)}\n" for line in _lines(rules)).encode())
    return ExitCode.FINE


def _recorded(uuid: str, path: str) -> list[dict[str, Any]]:
    """Look in what `pack apply --record` wrote, or in a registry alone."""
    source = Source(path)
    with source.blamed():
        document = source.read()
        held = document.get("registry", document) if isinstance(document, Mapping) else document
        return parse_registry("registry", held).of(uuid)


def _deployed(uuid: str, function: str | None) -> list[dict[str, Any]]:
    from guardrail.gateways.aws import client_factory, failures_of  # loads botocore, which a record does without

    clients = client_factory("cli")
    name = function or _found(clients)
    with failures_of("lambda:Invoke"):
        order = json.dumps({"command": "rule", "uuid": uuid}).encode()
        answer = clients("lambda").invoke(FunctionName=name, Payload=order)
        payload = json.loads(answer["Payload"].read() or b"null")
    if answer.get("FunctionError"):
        message = payload.get("errorMessage") if isinstance(payload, dict) else None
        raise GuardrailError(f"{name} failed: {' '.join(str(message or 'without a word').split())}")
    if not isinstance(payload, dict) or not isinstance(payload.get("rules"), list):
        raise GatewayError("lambda:Invoke", "the answer is not that of a reconciler", retryable=False)
    return list(payload["rules"])


def _found(clients: Any) -> str:
    """Return the one function that the stacks of this account and Region name."""
    from guardrail.gateways.aws import failures_of

    with failures_of("cloudformation:DescribeStacks"):
        pages = clients("cloudformation").get_paginator("describe_stacks").paginate()
        outputs = [each for page in pages for stack in page["Stacks"] for each in stack.get("Outputs", ())]
    names = [each["OutputValue"] for each in outputs if each["OutputKey"] == OUTPUT]
    if len(names) != 1:
        raise InvalidInput("--function", f"a name: {len(names)} stacks of this account and Region have {OUTPUT}")
    return str(names[0])


def _lines(rules: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for rule in rules:
        yield f"{rule['name']}  since {rule['since']}{_until(rule)}"
        for pack in rule["packs"]:
            yield f"  pack {pack['name']} {pack['digest']}  since {pack['since']}{_until(pack)}"


def _until(term: Mapping[str, Any]) -> str:
    return f" until {term['until']}" if term["until"] else ", still there"
