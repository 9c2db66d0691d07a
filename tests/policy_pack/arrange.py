"""Packs and bindings in a directory, made of text."""

from pathlib import Path

from policy_pack.load import Loaded, load
from policy_pack.report import Report, check_pack

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "policy_pack" / "agentcore"

PACK = """\
name: small
inspected: git
smart_groups:
  agents: {any: [{cidr: 10.50.10.0/24}]}
  git: {any: [{fqdn: git.example.com}]}
web_groups:
  tools: {sni: ["${tools}"]}
  worms: {url: ["git.example.com/*worm*"]}
rules:
  - {name: 20-worms, why: They come by path, priority: 20, action: DENY, src: agents, dst: git, web: worms,
     protocol: TCP, ports: [443], decrypt: ALLOWED, logging: true}
  - {name: 30-tools, why: Agents use them, priority: 30, action: PERMIT, src: agents, dst: Anywhere, web: tools,
     protocol: TCP, ports: [443], decrypt: NOT_ALLOWED, logging: true}
  - {name: 99-rest, why: Nothing else is needed, priority: 99, action: DENY, src: agents, dst: Anywhere,
     protocol: ANY, decrypt: NOT_ALLOWED, logging: true}
default_action: {action: DENY, logging: true}
expect:
  - {from: agents, to: "https://${tools}/", decision: PERMIT, by: 30-tools}
  - {from: agents, to: "https://git.example.com/a/worm", decision: DENY, by: 20-worms}
never:
  - {from: agents, to: "https://git.example.com/worm"}
"""
BINDINGS = """\
name_prefix: ours
account: "111122223333"
region: us-east-1
runtime_subnets: [subnet-1]
tools: [api.example.com]
"""


def write(directory: Path, pack: str = PACK, bindings: str | None = BINDINGS) -> Path:
    """Write a pack and its example bindings, and return the directory."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "pack.yaml").write_text(pack)
    if bindings is not None:
        (directory / "bindings.example.yaml").write_text(bindings)
    return directory


def changed(old: str, new: str, text: str = PACK) -> str:
    """Return the text with a change that must be possible."""
    assert text.count(old) == 1, f"{text.count(old)} times in the text: {old}"
    return text.replace(old, new)


def loaded(directory: Path, pack: str = PACK, bindings: str | None = BINDINGS) -> Loaded:
    return load(write(directory, pack, bindings))


def report(directory: Path, pack: str = PACK, bindings: str | None = BINDINGS) -> Report:
    return check_pack(write(directory, pack, bindings))


def problems(directory: Path, pack: str = PACK, bindings: str | None = BINDINGS) -> list[str]:
    """Everything that is wrong, as `file:line: message [code]` without the directory."""
    found = report(directory, pack, bindings).errors
    return [f"{problem} [{problem.code}]".removeprefix(f"{directory}/") for problem in found]
