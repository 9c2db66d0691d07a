"""Starts ministack with the lab's patches, on a socket that the parent process has already bound to loopback."""

import argparse
import asyncio
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app
from ministack.core import lambda_runtime

from guardrail_lab.agentcore.behaviour import Behaviour
from guardrail_lab.agentcore.faults import Faults
from guardrail_lab.agentcore.model import AgentCoreModel
from guardrail_lab.emulator import (
    batch_actions,
    conditional_writes,
    function_packages,
    loopback_tls,
    managed_policies,
    object_lock,
    principal_arn,
    schedule_arn,
)
from guardrail_lab.emulator.agentcore import AgentCore
from guardrail_lab.emulator.call_log import CallLog
from guardrail_lab.emulator.cloudtrail import CloudTrail
from guardrail_lab.emulator.control import LabServer, Order
from guardrail_lab.emulator.faults import Trouble
from guardrail_lab.emulator.function_sessions import FunctionSessions
from guardrail_lab.emulator.invocations import Invocations
from guardrail_lab.emulator.permissions import authorize
from guardrail_lab.emulator.seam import Layer, PatchError, surround


def main() -> None:
    """Serve until the parent is gone."""
    options = _options()
    seconds, model = options.settle_seconds, AgentCoreModel.load(options.model)
    behaviour = Behaviour(settle_seconds=seconds, endpoint_settle_seconds=seconds, throttled=options.throttle)
    server = _patched(model, behaviour, frozenset(filter(None, options.without.split(","))))
    threading.Thread(target=_end_with_parent, args=(options.remove,), daemon=True).start()
    config = Config()
    config.bind = [f"fd://{options.socket}"]
    config.keep_alive_timeout = 75
    asyncio.run(serve(server, config, mode="asgi"))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True, help="service-2.json of bedrock-agentcore-control")
    parser.add_argument("--socket", type=int, required=True, help="file descriptor of the listening socket")
    parser.add_argument("--remove", type=Path, required=True, help="directory to remove at the end")
    parser.add_argument("--settle-seconds", type=float, default=0.0, help="how long AgentCore takes for a change")
    parser.add_argument("--throttle", action="store_true", help="hold AgentCore to its documented request rates")
    parser.add_argument("--without", default="", help="patches to leave out, by name, separated by commas")
    return parser.parse_args()


def _patched(model: AgentCoreModel, behaviour: Behaviour, without: frozenset[str]) -> LabServer:
    """Apply every patch but the named ones; of the layers, the first sees a request first and its answer last."""
    sessions, faults = FunctionSessions(), Faults()
    calls, trouble, agentcore = CallLog(sessions), Trouble(faults), AgentCore(model, faults, behaviour)
    layers: dict[str, Layer] = {
        "call_log": calls.record,
        "lost_answers": trouble.lose_answer,
        "cloudtrail": CloudTrail(trouble).record,
        "faults": trouble.interfere,
        "permissions": authorize,
        "invocations": Invocations(agentcore).answer,
        "agentcore": agentcore.answer,
    }
    amendments: dict[str, Callable[[], None]] = {
        "function_sessions": sessions.install,
        "function_packages": function_packages.install,
        "batch_actions": batch_actions.install,
        "conditional_writes": conditional_writes.install,
        "loopback_tls": loopback_tls.install,
        "managed_policies": managed_policies.install,
        "object_lock": object_lock.install,
        "principal_arn": principal_arn.install,
        "schedule_arn": schedule_arn.install,
    }
    if unknown := without - layers.keys() - amendments.keys():
        raise PatchError(f"no patch is named {', '.join(sorted(unknown))}")
    for name, install in amendments.items():
        if name not in without:
            install()
    surround([layer for name, layer in layers.items() if name not in without], model)
    orders: dict[str, Order] = {
        "lost-events": trouble.lose_events,
        "failures": faults.fail,
        "lags": faults.lag,
        "failing-updates": faults.fail_next_update,
        "refused-authorizers": faults.refuse_authorizer,
        "behaviour": agentcore.behave,
        "creation-dates": agentcore.backdate,
        "tags": agentcore.seed_tags,
    }
    return LabServer(app.app, calls, trouble, orders)


def _end_with_parent(leftovers: Path) -> None:
    """Leave no process and no file behind: our stdin ends when the parent closes it, and when the parent dies."""
    sys.stdin.buffer.read()
    lambda_runtime.reset()
    shutil.rmtree(leftovers, ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)  # the parent started us as the leader of a group of our own
