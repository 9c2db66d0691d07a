import pytest

from guardrail_lab.controller.faults import Fault, Faults, Kind
from guardrail_lab.controller.web import WebRequest

READ = WebRequest("GET", "/v2.5/api/app-domains")


def read(desk):
    return desk.simulator.handle(WebRequest(READ.method, READ.target, {"authorization": f"cid {desk.cid}"}))


@pytest.mark.parametrize(
    ("fault", "hit"),
    [
        (Fault(Kind.DROP), [0]),
        (Fault(Kind.DROP, at=2), [2]),
        (Fault(Kind.DROP, at=1, times=2), [1, 2]),
        (Fault(Kind.DROP, at=None), [0, 1, 2, 3]),
        (Fault(Kind.DROP, only="other"), []),
        (Fault(Kind.DROP, only="app", at=1), [1]),
    ],
)
def test_a_fault_hits_the_calls_that_it_is_for(fault, hit):
    faults = Faults()
    faults.add(fault)

    assert [number for number in range(4) if faults.due("app-domains")] == hit


def test_latency_delays_an_answer(desk):
    desk.simulator.faults.add(Fault(Kind.LATENCY, seconds=1.5))

    assert read(desk).delay == 1.5


def test_a_proxys_page_is_html_and_nothing_was_done(desk):
    desk.simulator.faults.add(Fault(Kind.STATUS, status=502))
    reply = desk.simulator.handle(
        WebRequest("DELETE", "/v2.5/api/microseg/policy-list", {"authorization": f"cid {desk.cid}"})
    )

    assert (reply.status, reply.content_type) == (502, "text/html")
    assert b"<h1>502</h1>" in reply.body
    assert desk.simulator.sim.revision == 0


@pytest.mark.parametrize(("kind", "done"), [(Kind.DROP, False), (Kind.LOSE, True)])
def test_a_lost_answer_is_not_a_lost_request(desk, kind, done):
    desk.simulator.faults.add(Fault(kind))
    reply = desk.simulator.handle(WebRequest("POST", "/v2/api", {}, f"CID={desk.cid}&action=disable_snat&gateway_name=agentcore-vca-agentcore-spoke".encode()))  # fmt: skip  # noqa: E501

    assert reply.dropped
    assert (desk.simulator.sim.revision == 1) is done


@pytest.mark.parametrize("kind", [Kind.CUT, Kind.GARBLE])
def test_an_answer_ends_in_the_middle(desk, kind):
    whole = read(desk).body
    desk.simulator.faults.add(Fault(kind))
    reply = read(desk)

    assert (reply.cut if kind is Kind.CUT else len(reply.body)) == len(whole) // 2


def test_sessions_end_right_before_a_call(desk):
    desk.simulator.faults.add(Fault(Kind.EXPIRE, at=1))

    assert [read(desk).status for _ in range(2)] == [200, 403]


def test_a_reboot_ends_sessions_and_resets_feature_flags(desk):
    desk.simulator.faults.add(Fault(Kind.REBOOT))
    status = read(desk).status
    features = desk.simulator.sim.world.features

    assert status == 403
    assert (features["microseg"], features["k8s"], features["log_enrichment"]) == (True, False, False)


def test_somebody_else_writes_between_any_two_calls(desk):
    theirs = {"method": "POST", "path": "app-domains", "document": {"name": "theirs", "selector": {"any": []}}}
    desk.simulator.faults.add(Fault(Kind.WRITER, at=1, request=theirs))

    before, after = (desk.rest("GET", "app-domains")[1]["app_domains"] for _ in range(2))

    assert [group["name"] for group in after if group not in before] == ["theirs"]


def test_faults_can_be_cleared(desk):
    desk.simulator.faults.add(Fault(Kind.DROP, at=None))
    desk.simulator.faults.clear()

    assert read(desk).status == 200


@pytest.mark.parametrize("document", [{}, {"kind": "fire"}])
def test_a_kind_that_is_none_is_refused(document):
    with pytest.raises(ValueError, match="is not a valid Kind"):
        Fault.parse(document)


def test_calls_are_kept_without_what_was_in_them(desk):
    read(desk)
    desk.form("CID=CID123&action=login&password=canary&username=x")

    assert list(desk.simulator.calls) == [
        {"method": "GET", "path": "/v2.5/api/app-domains"},
        {"method": "POST", "action": "login"},
    ]
