"""Whatever a client sends, the simulated controller answers as one does: never with an exception."""

import json

from hypothesis import given
from hypothesis import strategies as st

from guardrail_lab.controller.answering import REST
from guardrail_lab.controller.rest import _PATHS
from guardrail_lab.controller.rpc import _ACTIONS, _JOBS
from guardrail_lab.controller.web import WebRequest
from tests.guardrail_lab.controller.conftest import Desk

ANYWHERE = "def000ad-0000-0000-0000-000000000000"
SPOKE = "agentcore-vca-agentcore-spoke"
WORDS = st.sampled_from(["", "x", "TCP", "PERMIT", ANYWHERE, SPOKE, "u-1", "any", "all", "cidr", "10.0.0.0/8", "0"])
KEYS = WORDS | st.sampled_from(
    ["name", "selector", "policies", "sub_policies", "attach_to", "uuid", "action", "src_ads", "port_ranges", "lo",
     "list", "attachment_point", "priority", "logging", "metadata", "gateway_name", "feature", "cluster_id",
     "credential"]
)  # fmt: skip
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)
DESKS = {release: Desk(release) for release in ("8.1", "9.0", "10.1")}


@given(
    st.sampled_from(sorted(DESKS)), st.sampled_from(sorted(_PATHS)), st.sampled_from([ANYWHERE, "u-1", "é"]), DOCUMENTS
)
def test_any_document_at_any_path(release, target, key, document):
    method, path = target

    assert DESKS[release].rest(method, path.replace("*", key), document)[0] < 500


@given(st.sampled_from(sorted(DESKS)), st.sampled_from(sorted({*_ACTIONS, *_JOBS})), DOCUMENTS)
def test_any_fields_with_any_action(release, action, document):
    fields = document if isinstance(document, dict) else {"gateway_name": document, "async": "true"}

    assert DESKS[release].json({**fields, "action": action})["return"] in (True, False)


@given(
    st.sampled_from([f"{REST}app-domains", "/v2/api", "/v1/api", "/", "//", "/v2.5/api"]), st.binary(), st.booleans()
)
def test_any_body_of_any_type(target, body, is_json):
    headers = {"authorization": f"cid {DESKS['9.0'].cid}", "content-type": "application/json" if is_json else "x"}
    reply = DESKS["9.0"].simulator.handle(WebRequest("POST", target, headers, body))

    assert json.loads(reply.body)
    assert reply.status < 500
