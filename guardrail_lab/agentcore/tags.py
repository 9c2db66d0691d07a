"""Tags by ARN; those that begin with ``aws:`` belong to AWS, and only a seed can set them."""

from collections.abc import Mapping
from typing import Any

from guardrail_lab.agentcore.account import Account
from guardrail_lab.agentcore.errors import invalid, not_found

LIMIT = 50


class Tags:
    """The tags of one account's resources."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def list(self, parameters: Mapping[str, Any], at: float) -> dict[str, Any]:
        """ListTagsForResource."""
        self._check_exists(parameters["resourceArn"], at)
        return {"tags": dict(self._account.tags.get(parameters["resourceArn"], at) or {})}

    def tag(self, parameters: Mapping[str, Any], at: float) -> dict[str, Any]:
        """TagResource."""
        self._check_exists(parameters["resourceArn"], at)
        self.put_first(parameters["resourceArn"], parameters["tags"], at)
        return {}

    def untag(self, parameters: Mapping[str, Any], at: float) -> dict[str, Any]:
        """UntagResource; a tag that is not there is no error."""
        arn, keys = parameters["resourceArn"], parameters["tagKeys"]
        self._check_exists(arn, at)
        _refuse_reserved(keys)
        left = {key: value for key, value in (self._account.tags.get(arn, at) or {}).items() if key not in keys}
        self._account.tags.put(arn, left, at)
        return {}

    def put_first(self, arn: str, tags: Mapping[str, str] | None, at: float) -> None:
        """Set tags of a resource that is being made, or that is known to exist.

        Raises:
            ServiceError: ValidationException for a reserved key, or for more than 50.
        """
        if not tags:
            return
        _refuse_reserved(tags)
        self.seed(arn, tags, at)

    def seed(self, arn: str, tags: Mapping[str, str], at: float) -> None:
        """Set tags, reserved ones too, as AWS does."""
        merged = {**(self._account.tags.get(arn, at) or {}), **tags}
        if len(merged) > LIMIT:
            raise invalid(f"A resource has at most {LIMIT} tags")
        self._account.tags.put(arn, merged, at)

    def _check_exists(self, arn: str, at: float) -> None:
        if not self._account.exists(arn, at):
            raise not_found("The resource")


def _refuse_reserved(keys: Any) -> None:
    if any(key.lower().startswith("aws:") for key in keys):
        raise invalid("Tag keys that begin with aws: are reserved")
