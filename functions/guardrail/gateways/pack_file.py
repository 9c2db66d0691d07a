"""The bound pack that a stack ships beside its function, because an environment holds 4 KB."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from guardrail.core.errors import InvalidInput
from guardrail.core.evidence import digest
from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.bound_json import parse_bound
from guardrail.gateways.aws import Client, failures_of


@dataclass(frozen=True, slots=True)
class PackFile:
    """What the file says.

    Attributes:
        digest: Of the bound pack alone.
        ca_certificate: PEM text of the CA of the controller's certificate, or "".
    """

    bound: BoundPack
    digest: str
    ca_certificate: str


def read_pack_file(clients: Callable[[str], Client], bucket: str, key: str, expected: str) -> PackFile:
    """Read the file and compare it with the digest that the stack was deployed with.

    Raises:
        GatewayError: It cannot be read.
        InvalidInput: It is another file.
    """
    with failures_of("s3:GetObject"):
        body = clients("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        document = json.loads(body)
    if not isinstance(document, dict) or digest(document) != expected:
        raise InvalidInput("file of the bound pack", "the one that the stack was deployed with; deploy again")
    pack = document["pack"]
    return PackFile(parse_bound(pack), digest(pack), str(document["ca_certificate"]))
