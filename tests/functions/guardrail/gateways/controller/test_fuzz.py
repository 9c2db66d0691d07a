"""Whatever a controller answers: a result or a named error, and never anything else."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.errors import GatewayError
from guardrail_lab.controller.web import WebReply
from tests.functions.guardrail.gateways.controller.operations import OPERATIONS, READS

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["yes", "PERMIT", "9.0", "~~"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
STATUSES = st.sampled_from([200, 200, 200, 201, 302, 400, 403, 404, 409, 429, 500, 503])
WORDS = (None, True, False, 0, -1, 1e300, "", "x", "yes", [], {}, [None], [[]], {"a": 1}, "\ud800", "a\x00b")


@pytest.fixture(scope="module")
def client(running_lab):
    running_lab.renew()
    client = running_lab.client()
    client.posture.version()
    return client


@pytest.fixture(scope="module")
def subjects(running_lab):
    """What each operation works on; what was there before does not matter to the one that answers next."""
    subjects = {}
    for name, operation in OPERATIONS.items():
        running_lab.renew()
        subjects[name] = operation.before(running_lab.client())
    running_lab.renew()
    return subjects


def spoilt(document, chance):
    """A document with something in it exchanged, or left out."""
    if chance.random() < 0.08:
        return chance.choice(WORDS)
    if isinstance(document, dict):
        return {key: spoilt(value, chance) for key, value in document.items() if chance.random() > 0.05}
    if isinstance(document, list):
        return [spoilt(item, chance) for item in document]
    return document


def done_or_named(lab, client, operation, subject, reply):
    lab.answer = lambda _: reply
    said = ""
    try:
        operation.act(client, subject)
    except GatewayError as error:
        said = str(error)
    finally:
        lab.answer = lab.simulator.handle
    assert said.isprintable()
    assert len(said) < 120


@given(
    name=st.sampled_from(sorted(OPERATIONS)), status=STATUSES, body=st.binary() | JSON.map(json.dumps).map(str.encode)
)
def test_any_answer_at_all(running_lab, client, subjects, name, status, body):
    done_or_named(running_lab, client, OPERATIONS[name], subjects[name], WebReply(status, body))


@given(name=st.sampled_from(sorted(OPERATIONS)), results=JSON, told=st.booleans(), reason=JSON)
def test_any_results_in_an_envelope(running_lab, client, subjects, name, results, told, reason):
    envelope = {"return": told, "results": results, "reason": reason, "message": reason, "uuid": results}
    body = json.dumps(envelope).encode()
    done_or_named(running_lab, client, OPERATIONS[name], subjects[name], WebReply(200, body))


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_true_answer_that_is_spoilt_somewhere(lab, name):
    chance = random.Random(name)
    operation, client = OPERATIONS[name], lab.client()
    subject = operation.before(client)
    client.posture.version()
    answers = []
    lab.answer = lambda request: answers.append(lab.simulator.handle(request)) or answers[-1]
    operation.act(client, subject)

    for _ in range(25):
        document = spoilt(json.loads(answers[-1].body or b"null"), chance)
        done_or_named(lab, client, operation, subject, WebReply(answers[-1].status, json.dumps(document).encode()))


@pytest.mark.parametrize("name", ["groups", "policies", "gateways", "features"])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"return": true, "results": [' + b"1," * 5_000_000 + b"1]}", id="10 MB of numbers"),
        pytest.param(b"x" * 10_000_000, id="10 MB of nothing"),
        pytest.param(b"<html>" * 2_000_000, id="12 MB of HTML"),
        pytest.param(b"[" * 1_000_000, id="a million brackets"),
    ],
)
def test_a_body_of_many_megabytes_is_a_named_error(lab, name, body):
    client = lab.client()
    subject = READS[name].before(client)
    client.posture.version()
    lab.answer = lambda _: WebReply(200, body)

    with pytest.raises(GatewayError, match=r" failed: (answer-too-large|answer-not-json|answer-unexpected)$"):
        READS[name].act(client, subject)
