"""How a flow is decided, told as a paragraph."""

import textwrap
from collections.abc import Mapping
from typing import Any

from guardrail.core.firewall.answer import Answer, Decision, Note
from guardrail.core.firewall.objects import DEFAULT_ACTION
from guardrail.core.firewall.pack import PolicyPack
from guardrail_cli.terminal import plain

_WIDTH = 78
_VERBS = {Decision.PERMIT: "is permitted", Decision.DENY: "is denied"}
_NOTES = {
    Note.FQDN_BY_NAME.value: (
        "No destination address was given: it was taken for a public one, and for one of those that fqdn groups "
        "with this name hold."
    ),
    Note.NOT_TLS.value: "The rule demands TLS, and this flow is none.",
    Note.WATCH_AMBIGUOUS.value: "If a rule on Watch ends the evaluation, which is not documented, the flow passes.",
    Note.SNI_UNVERIFIED.value: (
        "The name is what the client claims; nobody compared it with the server that it really talks to."
    ),
    Note.PATH_CASE_ASSUMED.value: (
        "The path matches only if the engine does not tell upper from lower case, which is not documented."
    ),
}
_TOLD = {
    "unknown": "Unknown is whether rule {} this flow.",
    "may-be-by": "It may also be rule {} that decides alike.",
    "not-inspected": "The reason: {}.",
    "if-inspected": "If a gateway saw it, the rules would say {}.",
}


def paragraph(flow: Mapping[str, Any], answer: Answer, pack: PolicyPack) -> str:
    """Return the answer for people: the decision, then why, in at most 80 columns."""
    told = " ".join([_decided(flow, answer, pack), *_shadows(answer), *map(_note, answer.notes), _logged(answer)])
    headline = answer.decision.value + (f" by {answer.by}" if answer.by else "")
    return plain(headline) + "\n\n" + textwrap.fill(plain(told), _WIDTH, break_long_words=False, break_on_hyphens=False)


def _decided(flow: Mapping[str, Any], answer: Answer, pack: PolicyPack) -> str:
    described = _described(flow)
    if answer.decision is Decision.NOT_INSPECTED:
        return f"{described} is not inspected: no gateway sees it, so no rule decides."
    if answer.decision is Decision.INDETERMINATE:
        return f"{described} cannot be decided: what is not known about it would change the decision."
    verb = _VERBS[answer.decision]
    if answer.by == DEFAULT_ACTION:
        return f"{described} {verb} by the controller's default action, because no rule matches."
    rule = next(rule for rule in pack.rules if rule.name == answer.by)
    return f"{described} {verb} by rule {rule.name}, priority {rule.priority}. The rule's reason: {_sentence(rule.why)}"


def _described(flow: Mapping[str, Any]) -> str:
    source = flow.get("src_ip") or ", ".join(flow.get("src_groups") or ()) or "an unknown source"
    name = flow.get("sni") or flow.get("host")
    address = flow.get("dst_ip")
    goal = f"{name} ({address})" if name and address else name or address or "an unnamed destination"
    path = flow.get("path")
    port = f" port {flow['port']}" if flow.get("port") is not None else ""
    return f"{flow['protocol']}{port} from {source} to {goal}{f', path {path},' if path else ''}"


def _shadows(answer: Answer) -> list[str]:
    return [f"Rule {each.rule} is on Watch; enforced, it would {each.would.lower()} it." for each in answer.shadow]


def _note(note: str) -> str:
    if note in _NOTES:
        return _NOTES[note]
    word, _, rest = note.partition(": ")
    return _TOLD[word].format(rest)


def _logged(answer: Answer) -> str:
    if answer.decision is Decision.NOT_INSPECTED:
        return "There will be no log line."
    return "The gateway logs it." if answer.logged else "The gateway may not log it."


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
