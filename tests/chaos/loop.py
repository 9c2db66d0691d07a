"""Virtual time: functions that sleep in it and take turns, one at a time, in an order that only the seed decides."""

import heapq
import threading
from collections.abc import Callable
from itertools import count

from guardrail_lab.agentcore.clock import VirtualClock


class Abandoned(BaseException):
    """The simulation is over; what still runs is let go."""


class _Worker:
    """A thread that runs one function after another, and only while it is its turn."""

    def __init__(self, loop: "Loop") -> None:
        self.turn = threading.Lock()
        self.turn.acquire()
        self.action: Callable[[], object] = lambda: None
        self._loop = loop
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while True:
            self.turn.acquire()
            if self._loop.over:
                return
            self._loop.attempt(self.action)
            if self._loop.over:
                return
            self._loop.finished(self)


class Loop:
    """What happens when. Equal times happen in the order in which they were planned."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock, self.over = clock, False
        self._planned: list[tuple[float, int, Callable[[], object] | _Worker]] = []
        self._numbers = count()
        self._idle: list[_Worker] = []
        self._running: _Worker | None = None
        self._back = threading.Lock()
        self._back.acquire()
        self._error: BaseException | None = None

    def at(self, when: float, action: Callable[[], object]) -> None:
        """Plan something that takes no time."""
        self._plan(max(when, self.clock.now), action)

    def start(self, action: Callable[[], object]) -> None:
        """Run a function that may sleep, from now on."""
        worker = self._idle.pop() if self._idle else _Worker(self)
        worker.action = action
        self._plan(self.clock.now, worker)

    def turn(self) -> int:
        """Return what tells the function whose turn it is from all others."""
        return id(self._running)

    def sleep(self, seconds: float) -> None:
        """Let the others have their turns for so long. Only for functions that were started."""
        if self.over:
            raise Abandoned
        worker, until = self._running, self.clock.now + seconds
        if worker is None:
            raise RuntimeError("only what was started may sleep")
        if not self._planned or self._planned[0][0] > until:
            self.clock.now = until
            return
        self._plan(until, worker)
        self._back.release()
        worker.turn.acquire()
        if self.over:
            raise Abandoned

    def run(self, until: float) -> None:
        """Let time go on."""
        while self._planned and self._planned[0][0] <= until:
            when, _, what = heapq.heappop(self._planned)
            self.clock.now = max(self.clock.now, when)
            if isinstance(what, _Worker):
                self._running = what
                what.turn.release()
                self._back.acquire()
                self._running = None
            else:
                what()
            if self._error is not None:
                raise self._error
        self.clock.now = max(self.clock.now, until)

    def close(self) -> None:
        """Let every thread end."""
        self.over = True
        waiting = [what for _, _, what in self._planned if isinstance(what, _Worker)]
        for worker in {*self._idle, *waiting}:
            worker.turn.release()
            worker.thread.join()

    def attempt(self, action: Callable[[], object]) -> None:
        """Run what was started; what it raises ends the simulation."""
        try:
            action()
        except Abandoned:
            pass
        except BaseException as error:  # noqa: BLE001  whatever it is, the test has to see it
            self._error = error

    def fail(self, error: BaseException) -> None:
        """End the simulation with an error of its own, which nobody may take for one of AWS's."""
        self._error = error

    def finished(self, worker: _Worker) -> None:
        """Take a worker back."""
        self._idle.append(worker)
        self._back.release()

    def _plan(self, when: float, what: Callable[[], object] | _Worker) -> None:
        heapq.heappush(self._planned, (when, next(self._numbers), what))
