"""The policy pack: a flow explained, beside Aerleon; many explained; a pack checked; a pack compiled."""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from benches.packs import RULES, Scene, addresses_only, with_names
from benches.process import ROOT
from benches.report import Effort, Line
from guardrail.core.firewall.compile import compiled
from guardrail.core.firewall.decide import Decider
from guardrail.core.firewall.deployable import deployable
from guardrail.core.firewall.flow import parse_flow
from guardrail.core.firewall.objects import DEFAULT_ACTION
from guardrail.core.firewall.pack import Mode
from guardrail.core.firewall.versions import CURRENT
from guardrail.core.firewall.wire import policy_list_body

_AERLEON = ROOT / ".bench-aerleon" / "bin" / "python"
_PEER = Path(__file__).with_name("peers") / "aerleon_flows.py"
_BINDINGS = ROOT / "policy_pack" / "agentcore" / "bindings.example.yaml"
_PEER_FLOWS = 30


def pack(effort: Effort) -> list[Line]:
    """Measure all four."""
    return [*_explained(effort), _streamed(effort), _checked(effort), _compiled(effort)]


def _explained(effort: Effort) -> list[Line]:
    rounds = range(max(3, effort.processes // 3))
    flows = effort.invocations * 20
    ours, theirs, named = [], [], []
    for seed in rounds:
        scene = addresses_only(seed, flows)
        ours.append(_milliseconds(scene))
        theirs.append(_aerleon(scene))
        named.append(_milliseconds(with_names(seed, flows)))
    ratios = [their / our for our, their in zip(ours, theirs, strict=True)]
    return [
        Line(f"one flow, {RULES:,} rules of addresses and ports, explained", ours, "ms", at_most=0.05),
        Line("the same flows and rules, Aerleon", theirs, "ms"),
        Line("Aerleon to explained", ratios, "×"),
        Line(f"one flow, {RULES:,} rules with names and stars, explained", named, "ms", at_most=0.05),
    ]


def _milliseconds(scene: Scene) -> float:
    """CPU time of one flow, its reading and its answer as JSON values included; indexing the pack is not."""
    decider = Decider(scene.pack.policy())
    began = process_time()
    for flow in scene.flows:
        decider.decide(parse_flow(flow)).document()
    return (process_time() - began) / len(scene.flows) * 1e3


def _aerleon(scene: Scene) -> float:
    """CPU time of one flow. Both must name the same rule: otherwise the figures compare different things."""
    few = Scene(scene.pack, scene.flows[:_PEER_FLOWS])
    command = [str(_AERLEON), "-I", str(_PEER)]
    done = subprocess.run(command, input=json.dumps(few.document()), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"Aerleon failed:\n{done.stderr}")
    told = json.loads(done.stdout)
    decider = Decider(few.pack.policy())
    ours = [decider.decide(parse_flow(flow)).by for flow in few.flows]
    if ours != [by or DEFAULT_ACTION for by in told["by"]]:
        raise RuntimeError("Aerleon and the guardrail do not name the same rules")
    return median(told["seconds"]) * 1e3


def _streamed(effort: Effort) -> Line:
    """CPU time of the whole process, its start included."""
    flows = effort.snapshots[1]
    lines = _lines(flows)
    command = [sys.executable, "-m", "benches.metered", "pack", "explain", "--bindings", str(_BINDINGS), "--jsonl"]
    rates = []
    for _ in range(max(1, effort.processes // 5) + 1):
        done = subprocess.run(command, cwd=ROOT, input=lines, stdout=subprocess.DEVNULL, stderr=-1, check=False)
        said = done.stderr.decode()
        if done.returncode:
            raise RuntimeError(f"guardrail pack explain failed:\n{said}")
        rates.append(flows / json.loads(said.splitlines()[-1])["cpu"])
    return Line(f"explain --jsonl, shipped pack, {flows:,} flows", rates[1:], "a second", at_least=50_000)


def _lines(flows: int) -> bytes:
    """Flows of an agent: mostly sanctioned ones by name, some to strange names, some by address, some DNS."""
    usual = ("bedrock-runtime.us-east-1.amazonaws.com", "mcp.deepwiki.com", "sts.us-east-1.amazonaws.com")
    lines = []
    for number in range(flows):
        flow = {"src_ip": f"10.50.10.{number % 250 + 1}", "protocol": "TCP", "port": 443}
        match number % 10:
            case 0:
                flow |= {"protocol": "UDP", "port": 53, "dst_ip": f"8.8.{number % 250}.{number // 250 % 250}"}
            case 1 | 2:
                flow |= {"sni": f"h{number}.example.com", "dst_ip": f"198.51.{number % 250}.{number // 250 % 250}"}
            case 3 | 4:
                flow |= {"sni": "raw.githubusercontent.com", "path": f"/o/r{number}/main/README.md"}
            case _:
                flow |= {"sni": usual[number % 3]}
        lines.append(json.dumps(flow))
    return "".join(f"{line}\n" for line in lines).encode()


def _checked(effort: Effort) -> Line:
    """Wall clock, from the shell to the end of the process."""
    command = [str(Path(sys.executable).with_name("guardrail")), "pack", "check"]
    seconds = []
    for _ in range(effort.processes + 1):
        began = perf_counter()
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        seconds.append(perf_counter() - began)
    return Line("pack check, shipped pack, from the shell (wall clock)", seconds[1:], "s", at_most=1)


def _compiled(effort: Effort) -> Line:
    """CPU time from the pack's values to the request body."""
    made_up = with_names(0, 0).pack
    costs = []
    for _ in range(effort.processes + 1):
        began = process_time()
        state = compiled(deployable(made_up, CURRENT, Mode.ENFORCE), "ours")
        uuids = {group.name: group.name for group in (*state.smart_groups, *state.web_groups)}
        policy_list_body(state, uuids, CURRENT)
        costs.append((process_time() - began) * 1e3)
    return Line(f"compile, {RULES:,} rules", costs[1:], "ms", at_most=50)
