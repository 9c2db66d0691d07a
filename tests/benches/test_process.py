import sys

import pytest

from benches.account import RUNTIME_ID
from benches.process import ROOT, Contender, run
from benches.scene import Scene, queue_event, unchanged_runtime

GET = f"GET /runtimes/{RUNTIME_ID}/"
LIST = f"POST /runtimes/{RUNTIME_ID}/runtime-endpoints/"
STATE = "DynamoDB_20120810.GetItem"


def contender(handler: str) -> Contender:
    return Contender(handler, (sys.executable,), (ROOT,))


@pytest.mark.parametrize(
    ("handler", "requests"),
    [
        ("verify_runtime.handler:handler", [STATE, GET, LIST, f"{GET}?version=1"]),
        ("benches.peers.boto3_lambda:handler", [GET]),
    ],
)
def test_a_run_reports_the_calls_of_one_invocation_and_a_figure_for_every_round(handler, requests):
    scene = Scene(unchanged_runtime(versions=2), queue_event(), rounds=2, invocations=3)

    measured = run(contender(handler), scene)

    assert list(measured.requests) == requests
    assert len(measured.warm) == 2
    assert min(measured.cold, *measured.warm, measured.resident_mb) > 0


def test_a_contender_that_makes_a_call_nobody_expects_fails_the_run():
    answers = {request: body for request, body in unchanged_runtime().items() if request != GET}

    with pytest.raises(RuntimeError, match="boto3_lambda"):
        run(contender("benches.peers.boto3_lambda:handler"), Scene(answers, queue_event()))
