"""AUTH=true: a schedule's ARN names its group, as AWS's does; ministack puts every schedule into the default one."""

import json
from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions

from guardrail_lab.emulator.seam import replace

_DEFAULT = ":schedule/default/"


def install() -> None:
    """Read the group from the body, where it is made or changed, or from the query."""

    def with_group(original: Callable[..., str]) -> Callable[..., str]:
        def extract(
            service: str, method: str, path: str, headers: Any, body: bytes, query_params: Any, *rest: Any, **more: Any
        ) -> str:
            arn = original(service, method, path, headers, body, query_params, *rest, **more)
            if service != "scheduler" or _DEFAULT not in arn:
                return arn
            return arn.replace(_DEFAULT, f":schedule/{_group(body, query_params)}/")

        return extract

    replace(iam_actions, "extract_resource_arn", with_group)


def _group(body: bytes, query_params: Any) -> str:
    try:
        document = json.loads(body or b"{}")
    except ValueError:
        document = {}
    named = document.get("GroupName") if isinstance(document, dict) else None
    asked = query_params.get("groupName", ["default"])
    return str(named or (asked[0] if isinstance(asked, list) else asked))
