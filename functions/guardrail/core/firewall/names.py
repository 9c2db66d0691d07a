"""Host names, URL paths and the patterns that match them; `*` stands for any characters, dots and slashes too."""

import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import unquote

SNI_PATTERN = re.compile(r"[a-z0-9._*-]+", re.ASCII)
_SLASHES = re.compile("/{2,}")
_CARE = re.compile(r"[%?#]|//|/\.|^[^/]|^$")


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern, cut at its stars; matching takes time linear in the text for each piece, whatever the pattern."""

    head: str
    middle: tuple[str, ...]
    tail: str | None

    def matches(self, text: str) -> bool:
        """Say whether the whole text is of this form."""
        if self.tail is None:
            return text == self.head
        if not (text.startswith(self.head) and text.endswith(self.tail)):
            return False
        at, end = len(self.head), len(text) - len(self.tail)
        for piece in self.middle:
            at = text.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return at <= end


@lru_cache(maxsize=65_536)
def glob(pattern: str) -> Glob:
    """Return the pattern, ready to match."""
    head, *rest = pattern.split("*")
    if not rest:
        return Glob(head, (), None)
    return Glob(head, tuple(piece for piece in rest[:-1] if piece), rest[-1])


@lru_cache(maxsize=65_536)
def normal_name(name: str) -> str:
    """Return a host name or pattern as it is compared: lower case, no trailing dot, IDNA's ASCII form.

    A name that has no ASCII form stays what it is; no pattern without a star is equal to it.
    """
    name = name.removesuffix(".").lower()
    if name.isascii():
        return name
    try:
        return ".".join(label if "*" in label else label.encode("idna").decode() for label in name.split("."))
    except UnicodeError:
        return name


@lru_cache(maxsize=65_536)
def server_name(sni: str) -> str | None:
    """Return the name a TLS client asked for; an address is not allowed there, and counts as no name."""
    name = normal_name(sni)
    return None if not name or is_address(name) else name


@lru_cache(maxsize=65_536)
def host_name(host: str) -> str | None:
    """Return the name in a Host header, without its port."""
    name, colon, port = host.rpartition(":")
    if colon and port.isdecimal() and not name.endswith(":"):
        host = name
    return normal_name(host.strip("[]")) or None


def is_address(text: str) -> bool:
    """Say whether the text is an IP address."""
    try:
        ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True


def normal_path(path: str) -> str:
    """Return a URL's path as it is compared.

    The query goes, percent signs are decoded once, `//` becomes `/`, and dots are resolved.
    """
    if path.isascii() and not _CARE.search(path):
        return path
    path = unquote(path.partition("#")[0].partition("?")[0])
    path = _SLASHES.sub("/", "/" + path)
    resolved = posixpath.normpath(path)
    directory = path.endswith(("/", "/.", "/..")) and resolved != "/"
    return resolved + "/" * directory


def split_url(pattern: str) -> tuple[str, str] | None:
    """Return host and path of a URL pattern, or None if it lacks one of them. A path that ends in `/` is a prefix."""
    host, slash, path = pattern.removeprefix("https://").partition("/")
    if not (host and slash):
        return None
    prefix = not path or path.endswith("/")
    return normal_name(host), "/" + path + "*" * prefix


def suffixes(name: str) -> list[str]:
    """Return the name, and what is left when one label after the other is cut off its front; the empty name is last."""
    found = [name]
    while name:
        name = name.partition(".")[2]
        found.append(name)
    return found


def fixed_suffix(pattern: str) -> str:
    """Return the whole labels at the end of a pattern that hold no star: `example.com` for `a*.example.com`."""
    _, star, tail = pattern.rpartition("*")
    return tail.partition(".")[2] if star else pattern
