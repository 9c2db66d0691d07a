"""The controller's client over raw urllib3, what its import costs, and how many reads the simulator serves."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from time import perf_counter, process_time
from typing import Any

from benches.process import ROOT
from benches.report import Effort, Line
from benches.simulated import Simulated, simulated_controller
from guardrail.core.firewall.versions import ControllerVersion

_RULES = 1_000
_ROUNDS = 5
_ANYWHERE = "def000ad-0000-0000-0000-000000000000"
_DEFAULT_ACTION = "/v2.5/api/microseg/default-action-policy"
_LIST = "/v2.5/api/microseg/policy-list"
_IMPORT = """
import sys
from time import process_time
sys.path.insert(0, sys.argv[1])
began = process_time()
import guardrail.gateways.controller.client
print(process_time() - began)
guardrail.gateways.controller.client.Controller(None)
print(process_time() - began)
print(any(name.partition(".")[0] in ("boto3", "botocore") for name in sys.modules))
"""


def controller(effort: Effort) -> list[Line]:
    """Measure all three."""
    with simulated_controller() as simulated:
        return [*_overhead(simulated, effort.invocations * 5), *_import(effort), *_served(simulated, effort)]


def _overhead(simulated: Simulated, calls: int) -> Iterator[Line]:
    """The same read in turns: by urllib3 alone, its body not even parsed, and by the client."""
    client, bare = simulated.client(), simulated.bare()
    raw, ours = [], []
    for _ in range(_ROUNDS + 1):
        raw.append(_cpu(lambda: bare.get(_DEFAULT_ACTION), calls))
        ours.append(_cpu(client.posture.default_action, calls))
    yield Line("one read, urllib3 alone", [1000 * seconds for seconds in raw[1:]], "ms")
    yield Line("one read, the client", [1000 * seconds for seconds in ours[1:]], "ms")
    more = [1000 * (b - a) for a, b in zip(raw[1:], ours[1:], strict=True)]
    yield Line("the client's own part", more, "ms", at_most=0.2)


def _import(effort: Effort) -> Iterator[Line]:
    imported, made, sdk = [], [], 0
    for _ in range(effort.processes):
        command = [sys.executable, "-c", _IMPORT, str(ROOT / "functions")]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        imported.append(1000 * float(printed[0]))
        made.append(1000 * float(printed[1]))
        sdk += printed[2] == "True"
    yield Line("import of the client", imported, "ms", at_most=60)
    yield Line("import of the client, and a first client made, which loads urllib3", made, "ms")
    yield Line("AWS SDKs that come with it", [sdk], "", at_most=0)


def _served(simulated: Simulated, effort: Effort) -> Iterator[Line]:
    """Wall clock, one client that waits for each answer before it asks again."""
    client, bare = simulated.client(), simulated.bare()
    client.policies.replace([_rule(number) for number in range(_RULES)], ControllerVersion(9, 0))
    size = len(bare.get(_LIST))
    for what, path in (
        (f"the list of {_RULES:,} rules, {size / 1000:.0f} kB", _LIST),
        ("the default action", _DEFAULT_ACTION),
    ):
        rates = [_rate(lambda path=path: bare.get(path), effort) for _ in range(_ROUNDS)]
        yield Line(f"simulator with {_RULES:,} rules, reads of {what}", rates, "a second", at_least=1_000)


def _cpu(call: Callable[[], Any], times: int) -> float:
    began = process_time()
    for _ in range(times):
        call()
    return (process_time() - began) / times


def _rate(call: Callable[[], Any], effort: Effort) -> float:
    times = effort.invocations * 10
    began = perf_counter()
    for _ in range(times):
        call()
    return times / (perf_counter() - began)


def _rule(number: int) -> dict[str, Any]:
    return {
        "name": f"rule-{number}",
        "action": "PERMIT",
        "src_ads": [_ANYWHERE],
        "dst_ads": [_ANYWHERE],
        "protocol": "TCP",
        "port_ranges": [{"lo": 443}],
        "priority": number,
        "logging": True,
    }
