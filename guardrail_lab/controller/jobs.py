"""Jobs that run while their caller asks after them."""

from collections.abc import Callable
from dataclasses import dataclass

from guardrail_lab.controller.refusal import Refusal
from guardrail_lab.controller.simulation import Simulation


@dataclass(slots=True)
class _Job:
    done_at: float
    work: Callable[[], str]
    result: str | None = None


class Jobs:
    """Jobs by request id; a restart forgets them."""

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim
        self._jobs: dict[str, _Job] = {}

    def start(self, work: Callable[[], str]) -> str:
        """Start a job and return its request id."""
        request_id = self._sim.new_uuid()
        self._jobs[request_id] = _Job(self._sim.clock() + self._sim.timing.job, work)
        return request_id

    def status(self, request_id: str) -> str:
        """Return the final text of a job.

        Raises:
            Refusal: It still runs, it failed, or there is none.
        """
        job = self._jobs.get(request_id)
        if job is None:
            raise Refusal(400, "request_id does not exist")
        if job.result is None:
            if self._sim.clock() < job.done_at:
                raise Refusal(400, "REQUEST_IN_PROGRESS")
            job.result = job.work()
        return job.result
