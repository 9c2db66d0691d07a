"""A text that no repr, log line or traceback shows, and the log filter for the one place that urllib3 would show it."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logging import LogRecord

_CID = re.compile(r"\bCID=[^&\s]*")


class Hidden:
    """A password, session id or token. `reveal` is called only where a request is put together."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself; do not keep it in a variable."""
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hidden) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "<hidden>"


def hide_cid(record: "LogRecord") -> bool:
    """Take the session id out of a record: urllib3 logs each URL at DEBUG, and `/v2/api` has the CID in its query."""
    if isinstance(record.args, tuple):
        record.args = tuple(_CID.sub("CID=<hidden>", arg) if isinstance(arg, str) else arg for arg in record.args)
    return True
