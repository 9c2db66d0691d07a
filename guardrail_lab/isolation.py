"""Environments and clients that cannot reach real AWS: fake keys, no profile, one endpoint, no way out by HTTPS."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
from botocore.session import Session

# Closed on every machine. Real AWS speaks HTTPS only and the lab HTTP only, so that what
# ignores AWS_ENDPOINT_URL is refused a connection instead of reaching a real account.
NOWHERE = "http://127.0.0.1:9"
DROPPED_PREFIXES = ("AWS_", "BOTO_", "CDK_DEFAULT_", "CDK_NEW_")
DROPPED = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"})


def fake_keys(account: str | None = None) -> dict[str, str]:
    """Return root's keys, in the shape of STS's Credentials. A key of 12 digits is the root of that account."""
    return {"AccessKeyId": account or "test", "SecretAccessKey": "test"}


def sealed_variables(region: str, keys: Mapping[str, str]) -> dict[str, str]:
    """Return the AWS variables that any process in the lab runs with, but for the endpoint."""
    variables = {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "HTTPS_PROXY": NOWHERE,
        "https_proxy": NOWHERE,
    }
    token = keys.get("SessionToken")
    return variables | ({"AWS_SESSION_TOKEN": token} if token else {})


def inherited_variables() -> dict[str, str]:
    """Return this process's environment without anything that names an AWS account, an endpoint or a proxy."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(DROPPED_PREFIXES) and name.upper() not in DROPPED
    }


def sealed_client(service: str, endpoint_url: str, region: str, keys: Mapping[str, str]) -> Any:
    """Return a boto3 client of the emulator; no variable and no file of the developer's has a say in it."""
    return _sealed_session().client(
        service,
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys.get("SessionToken"),
        config=Config(proxies={}),
    )


@cache
def _sealed_session() -> Any:
    """One session for all clients: it keeps the service models that it has read."""
    defaults = {
        name: (None, None, default, convert)
        for name, (_in_file, _variable, default, convert) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
    }
    files = {"config_file": (None, None, os.devnull, None), "credentials_file": (None, None, os.devnull, None)}
    return boto3.Session(botocore_session=Session(session_vars=defaults | files))


def emulator_variables(scratch: Path, port: int, region: str, *, auth: bool) -> dict[str, str]:
    """Return the emulator's whole environment. Lambda workers inherit it, so it holds nothing of the developer's."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT") if name in os.environ}
    own = {
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "S3_DATA_DIR": str(scratch / "s3"),
        "STATE_DIR": str(scratch / "state"),
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": region,
        "AUTH": str(auth).lower(),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
    }
    return kept | sealed_variables(region, fake_keys()) | own
