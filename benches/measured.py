"""The process that is measured: serve AWS from memory, import a handler, invoke it, say what that cost.

Run by `benches.process` as a script, `measured.py module:function DIRECTORY…`, the directories being what the handler
may import from, with a `Scene` (JSON) on stdin. The result is one line of JSON on stdout; what the handler prints goes
nowhere.
"""

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from time import process_time
from typing import Any


class LambdaContext:
    """What Lambda hands to every invocation."""

    function_name = "bench"
    function_version = "$LATEST"
    invoked_function_arn = "arn:aws:lambda:us-east-1:111122223333:function:bench"
    memory_limit_in_mb = "256"
    aws_request_id = "6a3d5a0e-6b8e-4c1f-9f0e-0b1c2d3e4f50"
    log_group_name = "/aws/lambda/bench"
    log_stream_name = "bench"

    def get_remaining_time_in_millis(self) -> int:
        """Return the same every time: nothing here waits."""
        return 30_000


def main() -> None:
    """Measure one contender."""
    module, function = sys.argv[1].split(":")
    sys.path[:0] = sys.argv[2:]
    scene = json.load(sys.stdin)
    result = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    began = process_time()
    from benches.canned import CannedAws  # here, because it imports botocore, as every contender does

    aws = CannedAws(scene["answers"])
    aws.install()
    handler = getattr(import_module(module), function)
    handler(scene["event"], LambdaContext())
    cold = process_time() - began
    requests = list(aws.requests)
    warm = [_invoke(handler, scene["event"], scene["invocations"]) for _ in range(scene["rounds"])]
    if len(aws.requests) != len(requests) * (1 + scene["rounds"] * scene["invocations"]):
        raise RuntimeError("a warm invocation made other AWS calls than the first")
    json.dump({"cold": cold, "warm": warm, "requests": requests, "resident_mb": resident_mb()}, result)


def _invoke(handler: Any, event: dict[str, Any], times: int) -> float:
    """CPU seconds (user and system) of one invocation."""
    context = LambdaContext()
    began = process_time()
    for _ in range(times):
        handler(event, context)
    return (process_time() - began) / times


def resident_mb() -> float:
    """Return the most memory (MB, 10^6) that this process had resident, this program alone.

    Not `getrusage`: its figure starts from what the parent had when it forked.
    """
    status = Path("/proc/self/status").read_text().splitlines()
    peak = next(line for line in status if line.startswith("VmHWM"))
    return int(peak.split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    main()
