"""AUTH=true: a session's aws:PrincipalArn is the ARN of its role; ministack compares that of the session."""

from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import iam

from guardrail_lab.emulator.seam import replace

_SESSION = ":assumed-role/"


def install() -> None:
    """Resolve the key as AWS does."""

    def of_role(original: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
        def resolve(key: str, context: Any) -> Any:
            value = original(key, context)
            if key.lower() != "aws:principalarn" or _SESSION not in str(value):
                return value
            role = iam._roles.get(value.split(_SESSION)[1].split("/")[0])
            return role["Arn"] if role else value

        return resolve

    replace(iam_evaluator, "_resolve_condition_key", of_role)
