"""The deny that keeps agents inside the landing zones of one account, as IAM reads it, made from those same zones."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.deny_documents import Packing, PolicyForm
from guardrail.core.runtimes.deny_side_doors import SideDoors, side_door_statements
from guardrail.core.runtimes.deny_statements import foreign_ids, no_landing_zone, placed_nowhere
from guardrail.core.runtimes.landing_zone import LandingZone

__all__ = ["PolicyForm", "SideDoors", "render_deny"]

_SUBNET = re.compile(r"subnet-[0-9a-zA-Z]{8,17}", re.ASCII)
_SECURITY_GROUP = re.compile(r"sg-[0-9a-zA-Z]{8,17}", re.ASCII)


def render_deny(
    zones: Iterable[LandingZone],
    form: PolicyForm,
    *,
    side_doors: SideDoors | None = None,
    gateway_targets: bool = False,
) -> tuple[dict[str, Any], ...]:
    """Render the policy documents for all zones of one account; equal zones give equal documents, in whatever order.

    Together they deny every placement outside the zones and nothing else. Each alone denies what is placed nowhere or
    in a Region without a zone; foreign ids only in the Regions whose lists it carries.

    Args:
        side_doors: Close the doors that have no network key too, but for these roles.
        gateway_targets: Look at the private endpoints of gateway targets too.

    Raises:
        InvalidInput: No zone, zones of two accounts, two of one Region, an id of another form, or a list that is longer
            than a document of this form holds.
    """
    ordered = sorted(zones, key=lambda zone: zone.region)
    _refuse_what_no_policy_expresses(ordered)
    regions = [zone.region for zone in ordered]
    name_account = form is PolicyForm.SCP  # attached above the account, it must not judge other accounts' ids
    everywhere = [*placed_nowhere(), *no_landing_zone(regions, gateway_targets=gateway_targets)]
    divisible = [
        statement
        for zone in ordered
        for statement in foreign_ids(zone, name_account=name_account, gateway_targets=gateway_targets)
    ]
    if side_doors is not None:
        divisible += side_door_statements(side_doors, ordered, name_account=name_account)
    return Packing(form, everywhere).documents(divisible)


def _refuse_what_no_policy_expresses(zones: Sequence[LandingZone]) -> None:
    if not zones:
        raise InvalidInput("zones", "at least one; without a zone nothing is approved")
    if len({zone.account for zone in zones}) > 1:
        raise InvalidInput("zones", "zones of one account; a policy is rendered for each account on its own")
    region, count = Counter(zone.region for zone in zones).most_common(1)[0]
    if count > 1:
        raise InvalidInput("zones", f"one zone per Region; {region} has {count}")
    for zone in zones:
        _refuse_other_ids(f"zone of {zone.region}: subnets", zone.subnets, _SUBNET)
        _refuse_other_ids(f"zone of {zone.region}: security_groups", zone.security_groups, _SECURITY_GROUP)


def _refuse_other_ids(where: str, ids: Sequence[str], form: re.Pattern[str]) -> None:
    """IAM compares ids as texts: one of another form approves nothing, and one with `${` in it would be a variable."""
    others = sum(form.fullmatch(each) is None for each in ids)
    if others or not ids:
        raise InvalidInput(where, f"ids that match {form.pattern}, at least one; {others} of {len(ids)} do not")
