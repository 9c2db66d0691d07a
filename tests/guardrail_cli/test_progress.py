import io
import sys

from guardrail.gateways.controller.call import query, rest
from guardrail_cli.progress import CallLog, calls_shown


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_calls_are_kept_as_plans_list_them_and_nothing_is_shown_without_a_terminal(capfd):
    with calls_shown() as log:
        log(query("list_version_info"))
        log(rest("PUT", "app-domains", "uuid"))

    assert log.documents() == [
        {"method": "GET", "action": "list_version_info"},
        {"method": "PUT", "path": "/v2.5/api/app-domains/uuid"},
    ]
    assert capfd.readouterr() == ("", "")


def test_on_a_terminal_each_call_takes_the_place_of_the_one_before_and_the_last_goes_away(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with calls_shown() as log:
        log(query("list_version_info"))
        log(rest("GET", "app-domains"))

    assert sys.stderr.getvalue() == "\r\x1b[K1 GET list_version_info\r\x1b[K2 GET app-domains\r\x1b[K"


def test_a_long_or_ugly_name_does_not_spoil_the_line(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    CallLog(shown=True)(rest("GET", "x" * 200 + "\x07\n"))

    assert len(sys.stderr.getvalue()) < 85
    assert "\x07" not in sys.stderr.getvalue()
