import logging

from guardrail.gateways.controller.hidden import Hidden


def test_what_is_hidden_is_shown_only_when_it_is_revealed():
    hidden = Hidden("canary")

    assert f"{hidden} {hidden!r} {[hidden]}" == "<hidden> <hidden> [<hidden>]"
    assert hidden.reveal() == "canary"


def test_hidden_texts_are_equal_when_their_texts_are():
    assert Hidden("a") == Hidden("a")
    assert Hidden("a") != Hidden("b")
    assert Hidden("a") != "a"
    assert len({Hidden("a"), Hidden("a")}) == 1


def test_urllib3_logs_requests_without_their_session_id(lab, caplog):
    client = lab.client()

    with caplog.at_level(logging.DEBUG):
        client.inventory.gateways()

    assert "action=list_vpcs_summary" in caplog.text
    assert "CID=<hidden>" in caplog.text
    assert lab.requests[-1].query["CID"] not in caplog.text
