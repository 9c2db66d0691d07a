"""The context's `prevention` -> what is denied in which account, and to whom, with a clear error."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.deny_policy import SideDoors
from guardrail.core.runtimes.deny_side_doors import our_side_doors
from guardrail.core.runtimes.landing_zone import LandingZone
from stacks.prevention import PreventionProps

WHERE = "context prevention"
KEYS = ("roles", "path", "cdk_execution_roles", "side_doors", "gateway_targets", "region", "management_account")
_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_PATH = re.compile(r"/([\w+=,.@-]+/)+", re.ASCII)
_DEFAULT_QUALIFIER = "hnb659fds"


@dataclass(frozen=True, slots=True)
class Prevention:
    """What is to be prevented: nothing, as long as the context has no `prevention`.

    Attributes:
        accounts: One for each account that has a landing zone.
        management_account: Of the organization, when its policies are to deny as well.
    """

    accounts: tuple[PreventionProps, ...] = ()
    management_account: str | None = None


def prevention(context: Callable[[str], Any], zones: Iterable[LandingZone]) -> Prevention:
    """Read what is to be prevented in the accounts of these zones.

    Raises:
        InvalidInput: A key is unknown or of the wrong form.
    """
    decided = context("prevention")
    if decided is None:
        return Prevention()
    if not isinstance(decided, Mapping) or set(decided) - set(KEYS):
        raise InvalidInput(WHERE, "an object with no keys but " + ", ".join(KEYS))
    by_account: dict[str, list[LandingZone]] = {}
    for zone in zones:
        by_account.setdefault(zone.account, []).append(zone)
    qualifier = str(context("@aws-cdk/core:bootstrapQualifier") or _DEFAULT_QUALIFIER)
    accounts = tuple(_props(decided, tuple(of_one), qualifier) for of_one in by_account.values())
    return Prevention(accounts, _management_account(decided.get("management_account")))


def _props(decided: Mapping[str, Any], zones: tuple[LandingZone, ...], qualifier: str) -> PreventionProps:
    account = zones[0].account
    return PreventionProps(
        zones=zones,
        region=_text(decided, "region", zones[0].region),
        roles=_roles(decided.get("roles", [])),
        path=_path(decided.get("path")),
        cdk_regions=_cdk_regions(decided.get("cdk_execution_roles", True), zones),
        cdk_qualifier=qualifier,
        side_doors=_side_doors(decided.get("side_doors", False), account),
        gateway_targets=_flag(decided, "gateway_targets", default=False),
    )


def _roles(names: Any) -> tuple[str, ...]:
    if not isinstance(names, list) or not all(isinstance(each, str) and _ROLE_NAME.fullmatch(each) for each in names):
        raise InvalidInput(f"{WHERE}.roles", "a list of names of roles, without path and not as ARNs")
    return tuple(dict.fromkeys(names))


def _path(value: Any) -> str | None:
    if value is not None and (not isinstance(value, str) or not _PATH.fullmatch(value)):
        raise InvalidInput(f"{WHERE}.path", "the path of roles, such as /developers/, with a slash at each end")
    return value


def _cdk_regions(value: Any, zones: tuple[LandingZone, ...]) -> tuple[str, ...]:
    if isinstance(value, bool):
        return tuple(zone.region for zone in zones) if value else ()
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise InvalidInput(
            f"{WHERE}.cdk_execution_roles", "true, false, or a list of all Regions that are bootstrapped"
        )
    return tuple(value)


def _side_doors(value: Any, account: str) -> SideDoors | None:
    if isinstance(value, bool):
        return our_side_doors(account) if value else None
    keys = ("guardrail_roles", "deploy_roles")
    if not isinstance(value, Mapping) or set(value) - set(keys):
        raise InvalidInput(f"{WHERE}.side_doors", f"true, false, or an object with {' and '.join(keys)}")
    ours = our_side_doors(account)
    guardrail, deploy = (_arns(value, key) for key in keys)
    return SideDoors(guardrail or ours.guardrail_roles, deploy or ours.deploy_roles)


def _arns(value: Mapping[str, Any], key: str) -> tuple[str, ...]:
    arns = value.get(key, [])
    if not isinstance(arns, list) or not all(isinstance(each, str) for each in arns):
        raise InvalidInput(f"{WHERE}.side_doors.{key}", "a list of ARNs of roles")
    return tuple(arns)


def _management_account(value: Any) -> str | None:
    if value is not None and not re.fullmatch(r"\d{12}", str(value), re.ASCII):
        raise InvalidInput(f"{WHERE}.management_account", "12 digits")
    return None if value is None else str(value)


def _text(decided: Mapping[str, Any], key: str, default: str) -> str:
    value = decided.get(key, default)
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"{WHERE}.{key}", "a string that is not empty")
    return value


def _flag(decided: Mapping[str, Any], key: str, *, default: bool) -> bool:
    value = decided.get(key, default)
    if not isinstance(value, bool):
        raise InvalidInput(f"{WHERE}.{key}", "true or false")
    return value
