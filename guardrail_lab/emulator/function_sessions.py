"""A function always runs as a session of its own role: without AUTH, ministack gives it the account's root key."""

import hashlib
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import iam, sts

from guardrail_lab.emulator.seam import replace


class FunctionSessions:
    """Which function each access key was given to; that is how a function's calls are told from a tester's."""

    def __init__(self) -> None:
        self._functions: dict[str, str] = {}

    def install(self) -> None:
        """Give every worker that starts from now on a session."""
        replace(lambda_runtime, "execution_credentials", lambda _original: self.credentials)

    def function_of(self, access_key: str) -> str | None:
        """Return the name of the function that the key was given to, None for anybody else's key."""
        return self._functions.get(access_key)

    def credentials(self, config: dict[str, Any]) -> dict[str, str]:
        """Return the environment variables of one execution role session, the same ones for the same function."""
        name, role_arn = config["FunctionName"], config["Role"]
        account, role_name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
        secret = hashlib.sha256(f"{config['FunctionArn']} {role_arn}".encode()).hexdigest()
        key, token = f"ASIA{secret[:16].upper()}", f"token-{secret}"
        role_id = (iam._roles.get_scoped(account, None, role_name) or {}).get("RoleId", role_name)
        session = {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role_name}/{name[:64]}",
            "UserId": f"{role_id}:{name[:64]}",
            "SecretAccessKey": secret,
            "SessionToken": token,
        }
        sts.register_session(key, session)
        self._functions[key] = name
        return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}
