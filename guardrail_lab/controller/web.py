"""A request and a reply of the simulated controller, whatever server carries them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson

JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class WebRequest:
    """One HTTP request.

    Attributes:
        target: Path and query, still escaped.
        headers: By their names in lower case.
        form: Fields of a multipart body, which only the server can read.
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    form: Mapping[str, str] | None = None

    @property
    def path(self) -> str:
        """The path, still escaped."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query's fields, without those that are empty."""
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def is_json(self) -> bool:
        """Whether the body says that it is JSON."""
        return JSON_TYPE in self.headers.get("content-type", "")

    def below(self, prefix: str) -> str:
        """Return the rest of the path, each segment unescaped; a slash within one stays escaped."""
        segments = self.path.removeprefix(prefix).strip("/").split("/")
        return "/".join(unquote(segment).replace("/", "%2F") for segment in segments)

    def document(self) -> Any:
        """Return the JSON body, None without one.

        Raises:
            ValueError: It is no JSON.
        """
        return json.loads(self.body) if self.body else None

    def fields(self) -> dict[str, str]:
        """Return the fields of query and body, whatever its type, as texts; those without a value are left out.

        Raises:
            ValueError: The body is no JSON though it says so, or no object.
        """
        if not self.is_json:
            given = self.form if self.form is not None else dict(parse_qsl(self.body.decode(errors="replace")))
            return self.query | {name: value for name, value in given.items() if value != "null"}
        document = self.document()
        if not isinstance(document, dict):
            raise ValueError("expected an object")
        return self.query | {name: _text(value) for name, value in document.items() if value not in (None, "", False)}


@dataclass(frozen=True, slots=True)
class WebReply:
    """One HTTP reply.

    Attributes:
        delay: Seconds until it is sent.
        dropped: Whether the connection is closed in its place; with `cut`, after so many bytes of the body.
    """

    status: int
    body: bytes = b""
    content_type: str = JSON_TYPE
    delay: float = 0.0
    dropped: bool = False
    cut: int | None = None


def json_reply(status: int, document: Any) -> WebReply:
    """Return a reply with a JSON document."""
    return WebReply(status, orjson.dumps(document))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
