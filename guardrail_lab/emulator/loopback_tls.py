"""Loopback counts as TLS: by plain HTTP, AUTH=true shuts every bucket and queue that demands aws:SecureTransport."""

from ministack import app

from guardrail_lab.emulator.seam import replace


def install() -> None:
    """Pin every request as one that came by TLS."""
    replace(app, "pin_request_origin", lambda original: lambda source_ip, _secure: original(source_ip, True))
