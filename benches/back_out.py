"""Backing out straight at a controller: insertion, a thousand rules on Watch, and the command from a cold shell."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benches.firewall import PREFIX, Site, Spent, spent, thousand_rules
from benches.packs import RULES
from benches.report import Effort, Line
from benches.simulated import PASSWORD, Bare, Simulated, simulated_controller
from guardrail.core.order import Order, parse_order
from guardrail.core.switch import Scope
from guardrail.core.undo import Undo
from guardrail.flows.answer import Answer
from guardrail.flows.change import Look, path_look, rules_look
from guardrail.flows.direct import Shown, give_back, hold
from guardrail.gateways.back_out import BackOutGateway
from guardrail.gateways.controller.call import Call
from guardrail.gateways.controller.client import Controller
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.reach import PASSWORD_VARIABLE
from guardrail_lab.controller.seed import SPOKE

_GUARDRAIL = str(Path(sys.executable).with_name("guardrail"))
_OUT = parse_order({"command": "back-out", "reason": "bench"})
_WATCH = parse_order({"command": "watch", "on": True, "reason": "bench"})


def back_out(effort: Effort) -> list[Line]:
    """Measure all three."""
    with simulated_controller() as simulated:
        lines = [*insertion(simulated, effort), *cold(simulated, effort)]
        Site(simulated).apply(thousand_rules())
        return [*lines, *_watch(simulated, effort)]


@dataclass(frozen=True, slots=True)
class Change:
    """One change, made and taken back, with its calls; and the same requests sent once more by urllib3 alone."""

    calls: tuple[Call, ...]
    made: Spent
    returned: Spent
    bare: Spent

    @property
    def puts(self) -> int:
        """How many calls replaced something."""
        return sum(call.method == "PUT" for call in self.calls)


class Hands:
    """A client that has logged in, and all that it calls from then on."""

    def __init__(self, simulated: Simulated) -> None:
        self.calls: list[Call] = []
        self._simulated = simulated
        self.controller = BackOutGateway(self._connect)
        self.controller.spoke(SPOKE)

    def change(self, look: Look, order: Order, scope: Scope, bare: Bare) -> Change:
        """Make a change and take it back; let urllib3 make it, and take that back, too."""
        undos: list[Undo] = []

        def keep(undo: Undo, before: Shown) -> tuple[Undo, Shown]:
            undos.append(undo)
            return undo, before

        self.calls.clear()
        made = spent(lambda: _done(hold(look, order, scope, keep)))
        calls = tuple(self.calls)
        if not undos[0].fields:
            raise RuntimeError("there is nothing to change; a figure for that would mean nothing")
        returned = spent(lambda: _done(give_back(look, undos[0], scope)))
        messages = bare.messages(calls)
        again = spent(lambda: bare.send(messages))
        _done(give_back(look, undos[0], scope))
        return Change(calls, made, returned, again)

    def _connect(self, watcher: Callable[[Call], None]) -> Controller:
        def both(call: Call) -> None:
            self.calls.append(call)
            watcher(call)

        return self._simulated.client(both)


def insertion(simulated: Simulated, effort: Effort) -> Iterator[Line]:
    """Take the spoke out of the path by turning its source NAT off, and read that back."""
    bare = simulated.bare()
    hands = (Hands(simulated) for _ in range(effort.processes + 1))
    changes = [each.change(path_look(each.controller, SPOKE), _OUT, Scope.INSERTION, bare) for each in hands][1:]
    what = "insertion off, read back"
    yield Line(f"{what}: calls of the controller", [len(each.calls) for each in changes], "", at_most=3)
    yield from _walls(what, changes, 250)


def _watch(simulated: Simulated, effort: Effort) -> Iterator[Line]:
    """Put all rules on Watch, read that back, and explain it for a few flows."""
    bare = simulated.bare()
    hands = (Hands(simulated) for _ in range(effort.processes + 1))
    changes = [each.change(rules_look(each.controller, PREFIX), _WATCH, Scope.POLICY, bare) for each in hands][1:]
    what = f"{RULES:,} rules on Watch, read back, explained"
    yield Line(f"{what}: PUTs", [each.puts for each in changes], "", at_most=1)
    yield Line(f"{what}: calls of the controller", [len(each.calls) for each in changes], "")
    yield from _walls(what, changes, 300)
    yield Line(f"{what}: CPU time of our process", [each.made.cpu for each in changes], "ms")


def _walls(what: str, changes: list[Change], limit: float) -> Iterator[Line]:
    ratios = [each.made.wall / each.bare.wall for each in changes]
    yield Line(f"{what} (wall clock)", [each.made.wall for each in changes], "ms", at_most=limit)
    yield Line(f"{what}: the same requests, urllib3 alone (wall clock)", [each.bare.wall for each in changes], "ms")
    yield Line(f"{what}: ours to urllib3 alone", ratios, "×")
    yield Line(f"{what}: taken back, read back (wall clock)", [each.returned.wall for each in changes], "ms")


def cold(simulated: Simulated, effort: Effort) -> Iterator[Line]:
    """From the shell, in a fresh process each time, which logs in."""
    out, back = [], []
    for _ in range(effort.processes + 1):
        with TemporaryDirectory() as directory:
            kept = ["--ca", simulated.ca_file, "--undo-file", str(Path(directory) / "undo.json")]
            there = ["--controller", simulated.url, *kept]
            out.append(_shell("back-out", "--gateway", SPOKE, "--reason", "bench", *there, ends=ExitCode.FOUND))
            back.append(_shell("restore", *there, ends=ExitCode.FOUND))
    yield Line("guardrail back-out --controller, cold, from the shell to done (wall clock)", out[1:], "s", at_most=1.5)
    yield Line("guardrail restore --controller, cold, from the shell to done (wall clock)", back[1:], "s")


def _shell(*arguments: str, ends: ExitCode) -> float:
    """Seconds. Exit code 2 is what a change of routes ends with that only AWS could prove."""
    environment = os.environ | {PASSWORD_VARIABLE: PASSWORD}
    done: list[subprocess.CompletedProcess[str]] = []
    command = [_GUARDRAIL, *arguments]
    used = spent(
        lambda: done.append(subprocess.run(command, env=environment, capture_output=True, text=True, check=False))
    )
    if done[0].returncode != ends:
        raise RuntimeError(f"guardrail {arguments[0]} ended with {done[0].returncode}:\n{done[0].stderr}")
    return used.wall / 1e3


def _done(answer: Answer) -> None:
    if not answer.done:
        raise RuntimeError(f"it is not done: {answer.failed or answer.refused}")
