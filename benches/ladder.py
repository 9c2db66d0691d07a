"""The calls of one whole ladder, and how long `guardrail replay` takes to show it."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from benches.report import Effort, Line

# The world of the chaos suite, with nothing going wrong in it: the real flows and gateways under a virtual clock.
from tests.builders import ACCOUNT, REGION, zone_document
from tests.chaos.history import Conditions, History
from tests.chaos.scene import drifted_with_two_endpoints
from tests.chaos.world import World

SETTLES = {"settle_seconds": 20.0, "endpoint_settle_seconds": 5.0}
CHANGES = ("agentcore.put", "agentcore.update", "agentcore.delete")
COMPARED = ("agentcore.get_agent_runtime", "agentcore.get_agent_runtime_endpoint", "agentcore.get_resource_policy")
SITUATION = ("agentcore.get_resource_policy", "agentcore.list_tags_for_resource")


def ladder(effort: Effort) -> list[Line]:
    """Count the calls to AgentCore, from the drift to the end of the denial, and time a replay of the same."""
    calls = ladder_calls()
    first = next(number for number, call in enumerate(calls) if call.startswith(CHANGES))
    verdict = max(number for number, call in enumerate(calls[:first]) if call == "s3.put_object:verdict")
    counted = Counter(_kind(calls, number) for number in range(len(calls)))
    del counted["other"]
    total = counted.total()
    return [
        Line(
            "from the verdict's record to the first containing call, that call included",
            [_agentcore(calls[verdict : first + 1])],
            "",
            at_most=1,
        ),
        Line("changes, two endpoints", [counted["change"]], ""),
        Line("reads right before a change, which compare", [counted["compare"]], ""),
        Line("changes and their own reads", [counted["change"] + counted["compare"]], "", at_most=9),
        Line("reads of the situation: resource policy, tags", [counted["situation"]], ""),
        Line("reads of the looks: versions, endpoints", [counted["look"]], ""),
        Line("all calls to AgentCore until it is given back, waiting included", [total], ""),
        Line("guardrail replay --mode repair, from the shell (wall clock)", list(_replays(effort)), "s", at_most=1),
    ]


def ladder_calls() -> list[str]:
    """Return every call that our function makes about a PUBLIC runtime with two endpoints, to the end of its denial."""
    world = World(Conditions(behaviour=SETTLES, sweep_seconds=1_000_000, lost=1.0))
    drifted_with_two_endpoints(world)
    world.run(History(0, world.conditions, ()))
    if world.watch.broken:
        raise RuntimeError(f"the ladder breaks a law: {world.watch.broken[0]}")
    calls = _with_records(world)
    last = max(number for number, call in enumerate(calls) if call.startswith(CHANGES))
    return calls[: last + 1]


def _with_records(world: World) -> list[str]:
    """The calls, those that write a record with its kind: records are kept in the order of their calls."""
    kinds = iter(key.partition("/")[0] for key in world.guardrails[0].bucket.objects)
    return [f"{call}:{next(kinds)}" if call == "s3.put_object" else call for call in world.guardrails[0].way.calls]


def _agentcore(calls: list[str]) -> int:
    return sum(call.startswith("agentcore.") for call in calls)


def _kind(calls: list[str], number: int) -> str:
    call = calls[number]
    if not call.startswith("agentcore."):
        return "other"
    if call.startswith(CHANGES):
        return "change"
    following = calls[number + 1] if number + 1 < len(calls) else ""
    if call in COMPARED and following.startswith(CHANGES):
        return "compare"
    if call == "agentcore.list_agent_runtimes":
        return "other"
    return "situation" if call in SITUATION else "look"


def _replays(effort: Effort) -> Iterator[float]:
    with TemporaryDirectory() as directory:
        files = _files(Path(directory))
        command = [str(Path(sys.executable).with_name("guardrail")), "replay", files[0], "--snapshot", files[1]]
        moments = [perf_counter()]
        for _ in range(effort.processes + 1):
            done = subprocess.run(
                [*command, "--zone", files[2], "--mode", "repair"], stdout=subprocess.PIPE, check=False
            )
            if done.returncode != 2 or json.loads(done.stdout)["ends"] != "contained":
                raise RuntimeError("the replay does not end contained")
            moments.append(perf_counter())
    yield from [after - before for before, after in pairwise(moments)][1:]


def _files(directory: Path) -> list[str]:
    """Event, snapshot and zone of the same runtime."""
    world = World(Conditions())
    runtime_id = drifted_with_two_endpoints(world)
    sight = world.sight(runtime_id)
    if sight is None:
        raise RuntimeError("the runtime is gone")
    world.loop.close()
    snapshot = {
        "account": ACCOUNT,
        "region": REGION,
        "runtime": sight.versions[1],
        "endpoints": list(sight.endpoints),
        "versions": {"1": sight.versions[1]},
    }
    detail: dict[str, Any] = {"eventName": "UpdateAgentRuntime", "requestParameters": {"agentRuntimeId": runtime_id}}
    event = {"source": "aws.bedrock-agentcore", "account": ACCOUNT, "region": REGION, "detail": detail}
    documents = {"event.json": event, "snapshot.json": snapshot, "zone.json": zone_document()}
    for name, document in documents.items():
        (directory / name).write_text(json.dumps(document))
    return [str(directory / name) for name in documents]
