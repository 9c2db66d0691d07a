"""The AWS calls that `verify_runtime` makes for a compliant runtime that has not changed."""

from collections import Counter

from benches.process import from_asset, run
from benches.report import Effort, Line
from benches.scene import Scene, queue_event, unchanged_runtime

_VERSIONS = (1, 3)
_LIST, _GET, _STATE = "ListAgentRuntimeEndpoints", "GetAgentRuntime", "GetItem"


def calls(_: Effort) -> list[Line]:
    """Count them for a runtime with one reachable version and for one with more."""
    return [line for versions in _VERSIONS for line in _lines(versions)]


def count(versions: int) -> Counter[str]:
    """Return how often each call was made; one that the canned AWS does not expect would have failed the run."""
    scene = Scene(unchanged_runtime(versions), queue_event())
    return Counter(_operation(request) for request in run(from_asset("verify_runtime.handler:handler"), scene).requests)


def _lines(versions: int) -> list[Line]:
    counted, where = count(versions), f"reachable versions: {versions}"
    expected = {_LIST: 1, _GET: versions, _STATE: 1}
    known = [Line(f"{call}, {where}", [counted.pop(call)], "", at_most=number) for call, number in expected.items()]
    return [*known, Line(f"any other, writes included, {where}", [counted.total()], "", at_most=0)]


def _operation(request: str) -> str:
    if request.startswith("GET /runtimes/"):
        return _GET
    return _LIST if request.endswith("/runtime-endpoints/") else request.rpartition(".")[2]
