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

from guardrail_lab.emulator import (
    batch_actions,
    conditional_writes,
    function_packages,
    loopback_tls,
    managed_policies,
    object_lock,
    principal_arn,
    runtime_versions,
)
from guardrail_lab.emulator.agentcore_model import AgentCoreModel
from guardrail_lab.emulator.call_log import CallLog
from guardrail_lab.emulator.cloudtrail import CloudTrail
from guardrail_lab.emulator.control import LabServer
from guardrail_lab.emulator.deletion_rules import guard_deletions
from guardrail_lab.emulator.faults import Faults
from guardrail_lab.emulator.function_sessions import FunctionSessions
from guardrail_lab.emulator.permissions import authorize
from guardrail_lab.emulator.seam import Layer, PatchError, surround
from guardrail_lab.emulator.validation import validate


def main() -> None:
    """Serve until the parent is gone."""
    options = _options()
    server = _patched(AgentCoreModel.load(options.model), frozenset(filter(None, options.without.split(","))))
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
    parser.add_argument("--without", default="", help="patches to leave out, by name, separated by commas")
    return parser.parse_args()


def _patched(model: AgentCoreModel, without: frozenset[str]) -> LabServer:
    """Apply every patch but the named ones; of the layers, the first sees a request first and its answer last."""
    sessions, faults = FunctionSessions(), Faults()
    calls = CallLog(sessions)
    layers: dict[str, Layer] = {
        "call_log": calls.record,
        "cloudtrail": CloudTrail(faults).record,
        "faults": faults.interfere,
        "permissions": authorize,
        "validation": validate,
        "deletion_rules": guard_deletions,
    }
    amendments: dict[str, Callable[[], None]] = {
        "runtime_versions": lambda: runtime_versions.install(model),
        "function_sessions": sessions.install,
        "function_packages": function_packages.install,
        "batch_actions": batch_actions.install,
        "conditional_writes": conditional_writes.install,
        "loopback_tls": loopback_tls.install,
        "managed_policies": managed_policies.install,
        "object_lock": object_lock.install,
        "principal_arn": principal_arn.install,
    }
    if unknown := without - layers.keys() - amendments.keys():
        raise PatchError(f"no patch is named {', '.join(sorted(unknown))}")
    for name in amendments.keys() - without:
        amendments[name]()
    surround([layer for name, layer in layers.items() if name not in without], model)
    return LabServer(app.app, calls, faults)


def _end_with_parent(leftovers: Path) -> None:
    """Leave no process and no file behind: our stdin ends when the parent closes it, and when the parent dies."""
    sys.stdin.buffer.read()
    lambda_runtime.reset()
    shutil.rmtree(leftovers, ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)  # the parent started us as the leader of a group of our own
