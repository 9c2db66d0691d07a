"""On a port: HTTP and HTTPS, connections that break, the lab's own path."""

import pytest
import urllib3

from guardrail_lab.controller.launch import local_controller
from guardrail_lab.process import LabError, loopback_socket


@pytest.fixture(scope="module")
def plain():
    with local_controller(tls=False) as controller:
        yield controller


@pytest.fixture
def controller(plain):
    yield plain
    plain.simulator.faults.clear()


def ask(controller, method, path, document=None, **options):
    return urllib3.request(method, f"{controller.url}{path}", json=document, retries=False, **options)


def lab(controller, method, what, document=None):
    answer = ask(controller, method, f"/_lab/{what}", document)
    return answer.status, answer.json()


def token_of(controller):
    return ask(controller, "GET", "/v2/api?action=get_api_token").json()["results"]["api_token"]


def test_it_answers_by_http_and_is_on_loopback_only(controller):
    assert controller.url.startswith("http://127.0.0.1:")
    assert controller.ca_path is None
    assert token_of(controller)


def test_it_answers_by_https_with_its_own_ca_which_is_gone_afterwards():
    with local_controller() as controller:
        pool = urllib3.PoolManager(ca_certs=str(controller.ca_path))
        assert pool.request("GET", f"{controller.url}/_lab/health").json()["version"] == "9.0"

    assert not controller.ca_path.exists()


def test_a_get_may_have_a_body_and_a_post_may_be_multipart(controller):
    by_get = ask(controller, "GET", "/v2/api", fields=None, body=b"action=get_api_token&log_enable=true")
    by_post = urllib3.request("POST", f"{controller.url}/v2/api", fields={"action": "get_api_token"})

    assert by_get.json()["return"] is by_post.json()["return"] is True


def test_a_large_body_is_taken(controller):
    assert ask(controller, "PUT", "/v2.5/api/microseg/policy-list", {"policies": ["x" * 5_000_000]}).status == 403


@pytest.mark.parametrize("kind", ["drop", "lose", "cut"])
def test_a_connection_breaks_when_it_is_told_to(controller, kind):
    lab(controller, "POST", "faults", {"kind": kind})

    with pytest.raises(urllib3.exceptions.HTTPError):
        token_of(controller)
    assert token_of(controller)


def test_the_labs_own_path_takes_orders(controller):
    assert lab(controller, "GET", "health")[1]["ready"] is True
    assert lab(controller, "POST", "faults", {"kind": "status", "status": 502, "times": 9}) == (200, {})
    assert ask(controller, "GET", "/v2/api?action=get_api_token").status == 502
    assert lab(controller, "DELETE", "faults") == (200, {})
    assert token_of(controller)
    assert lab(controller, "PUT", "timing", {"propagation": 0})[1]["propagation"] == 0
    assert lab(controller, "POST", "flows", {"src_ip": "10.50.10.47", "dst_ip": "8.8.8.8"})[1]["decision"] == "PERMIT"
    assert lab(controller, "GET", "log") == (200, [])
    assert lab(controller, "PUT", "gateways", {"name": "agentcore-vca-transit", "advertises_default": True})[0] == 200
    assert lab(controller, "POST", "reboot") == lab(controller, "DELETE", "sessions") == (200, {})


def test_routes_are_shown_and_the_customers_own_can_be_changed(controller):
    table = {"vpc_id": "vpc-0a9e47c0de0000002", "route_table": "rtb-0a9e47c0de0000020", "own": "nat-1"}
    lab(controller, "PUT", "routes", table)

    shown = [item for item in lab(controller, "GET", "routes")[1] if item["route_table"] == table["route_table"]]
    assert shown[0]["default"] == "nat-1"


def test_calls_are_listed_and_forgotten(controller):
    lab(controller, "DELETE", "calls")
    token_of(controller)

    assert lab(controller, "GET", "calls") == (200, [{"method": "GET", "action": "get_api_token"}])


@pytest.mark.parametrize(
    ("method", "what", "document", "status"),
    [
        ("GET", "nothing", None, 404),
        ("POST", "faults", {"kind": "fire"}, 400),
        ("POST", "faults", {"kind": "drop", "more": 1}, 400),
        ("POST", "faults", None, 400),
        ("POST", "flows", {"src_ip": "x", "dst_ip": "y"}, 400),
        ("PUT", "timing", {"tea": 5}, 400),
        ("PUT", "routes", {"vpc_id": "vpc-1"}, 400),
    ],
)
def test_an_order_that_is_none_is_refused(controller, method, what, document, status):
    answered, answer = lab(controller, method, what, document)

    assert answered == status
    assert "expected" in answer["error"]


def test_a_port_that_is_taken_is_one_line():
    with loopback_socket(0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LabError, match=rf"^port {port} on 127.0.0.1: "), local_controller(port=port):
            pass
