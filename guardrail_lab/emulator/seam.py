"""Where the lab steps into ministack: a guarded way to replace a name, and a chain of layers around its dispatcher."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from types import ModuleType
from typing import Any, NamedTuple

from ministack import app
from ministack.core.router import detect_service, extract_access_key_id

from guardrail_lab.agentcore.model import AgentCoreCall, AgentCoreModel

PINNED = "1.5.33"


class PatchError(RuntimeError):
    """A patch does not fit the installed ministack; the emulator must not start half patched."""


def replace(owner: ModuleType, name: str, wrap: Callable[[Any], Any]) -> None:
    """Replace ``owner.name`` by what ``wrap`` makes of it.

    Raises:
        PatchError: ministack is not the version the patches were written for, or the name is gone.
    """
    installed = version("ministack")
    if installed != PINNED:
        raise PatchError(f"ministack is {installed}, the patches are for {PINNED}: review each, then change PINNED")
    if not hasattr(owner, name):
        raise PatchError(f"{owner.__name__}.{name}: ministack {PINNED} has no such name; the patch cannot apply")
    setattr(owner, name, wrap(getattr(owner, name)))


@dataclass(frozen=True, slots=True)
class Request:
    """One AWS request as it arrived; ``agentcore`` is None for every other service."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, Sequence[str]]
    request_id: str
    service: str
    agentcore: AgentCoreCall | None

    @property
    def access_key(self) -> str:
        """The access key id that signed it, empty if none did."""
        return str(extract_access_key_id(self.headers, self.query))


class Answer(NamedTuple):
    """What ministack's handlers return; the body may also be a stream."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def document(self) -> dict[str, Any]:
        """The JSON object in the body, or an empty one."""
        try:
            found = json.loads(self.body or b"{}")
        except (TypeError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


Forward = Callable[[Request], Awaitable[Answer]]
Layer = Callable[[Request, Forward], Awaitable[Answer]]


def surround(layers: Sequence[Layer], model: AgentCoreModel) -> None:
    """Put the layers, outermost first, around the one function through which every AWS request passes."""

    def wrap(original: Callable[..., Awaitable[tuple[int, dict[str, str], Any]]]) -> Callable[..., Awaitable[Answer]]:
        async def ministack(request: Request) -> Answer:
            sent = (request.method, request.path, request.headers, request.body, request.query, request.request_id)
            return Answer(*await original(*sent))

        chain: Forward = ministack
        for layer in reversed(layers):
            chain = partial(layer, forward=chain)

        async def dispatch(
            method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, list[str]], request_id: str
        ) -> Answer:
            service = detect_service(method, path, headers, query)
            call = model.read(method, path, query, body) if service == "bedrock-agentcore" else None
            answer = await chain(Request(method, path, headers, body, query, request_id, service, call))
            answer.headers.setdefault("x-amzn-requestid", request_id)
            return answer

        return dispatch

    replace(app, "_dispatch_service_request", wrap)
