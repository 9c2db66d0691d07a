import pytest

from guardrail_lab.controller.sessions import Account
from guardrail_lab.controller.web import WebRequest

NOBODY = "nobody"


def test_each_family_tells_an_unknown_session_in_its_own_words(desk):
    desk.cid = NOBODY

    assert desk.form("CID=CID123&action=list_version_info") == {"return": False, "reason": "CID is invalid or expired."}
    assert desk.query("action=list_version_info") == {"return": False, "reason": "CID is invalid or expired."}
    assert desk.json({"action": "list_version_info"}) == {"return": False, "reason": "Session nobody expired"}
    assert desk.rest("GET", "app-domains") == (403, {"message": "Invalid CID"})


def test_a_session_that_is_over_is_told_in_other_words_in_a_form(desk):
    desk.simulator.sessions.end_all()

    assert desk.query("action=list_version_info")["reason"] == "Invalid session. Please login again."


def test_a_session_ends_after_its_time(desk):
    desk.now += desk.simulator.sim.timing.session

    assert desk.rest("GET", "app-domains")[0] == 403


@pytest.mark.parametrize(
    ("account", "user", "password", "admitted"),
    [
        (Account(), "anybody", "anything", True),
        (Account(), "anybody", "", False),
        (Account(password="right"), "anybody", "right", True),
        (Account(password="right"), "anybody", "wrong", False),
        (Account("admin", "right"), "root", "right", False),
    ],
)
def test_who_may_log_in(desk_of, account, user, password, admitted):
    answer = desk_of(account=account).form(f"action=login&username={user}&password={password}")

    assert answer["return"] is admitted
    assert ("CID" in answer) is admitted


def test_a_token_is_good_once(desk):
    token = desk.form("action=get_api_token")["results"]["api_token"]
    first, second = (desk.form("action=login&username=a&password=b", **{"x-access-key": token}) for _ in range(2))

    assert (first["return"], second["return"]) == (True, False)


def test_a_scheme_that_is_not_cid_is_no_session(desk):
    headers = {"authorization": f"Bearer {desk.cid}"}

    assert desk.send(WebRequest("GET", "/v2.5/api/app-domains", headers))[0] == 403


def test_a_query_is_refused_before_its_action_is_looked_at(desk):
    desk.cid = NOBODY

    assert "CID" in desk.query("action=no_such_action")["reason"]


def test_an_unknown_action_is_told(desk):
    assert desk.query("action=no_such_action") == {"return": False, "reason": "Valid action required"}
