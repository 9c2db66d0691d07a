"""A certificate authority for one run, and a certificate for loopback from it."""

import ssl
from pathlib import Path

import trustme


def loopback_tls(ca_path: Path) -> ssl.SSLContext:
    """Return what a server on 127.0.0.1 needs, and write the CA's certificate to a file.

    The CA's key is thrown away: nobody can have anything else signed by it.
    """
    authority = trustme.CA(organization_name="guardrail lab")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    authority.cert_pem.write_to_path(str(ca_path))
    return context
