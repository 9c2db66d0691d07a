"""A pack that is good, bound to one place: what planning needs of a directory and a file of bindings."""

from pathlib import Path

from guardrail.core.errors import GuardrailError
from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.pack import Mode, PolicyPack
from policy_pack.load import Loaded
from policy_pack.report import good_pack


def bound_pack(directory: Path, bindings_file: Path, mode: Mode | None = None) -> BoundPack:
    """Load, check and bind a pack.

    Args:
        mode: In place of the bindings' own; without either, nothing is denied or decrypted.

    Raises:
        GuardrailError: It cannot be read, or anything is wrong with it.
    """
    return bind(*good_pack(directory, bindings_file, mode), bindings_file, mode)


def bind(pack: PolicyPack, loaded: Loaded, bindings_file: Path, mode: Mode | None) -> BoundPack:
    """Bind a good pack to what was loaded with it.

    Raises:
        GuardrailError: The bindings have no name_prefix.
    """
    bound = loaded.bindings
    prefix = bound.one("name_prefix")
    if prefix is None:
        raise GuardrailError(f"{bindings_file}: name_prefix is missing, expected what our objects' names begin with")
    return BoundPack(
        pack=pack,
        prefix=prefix,
        mode=mode or bound.mode or Mode.DISCOVER,
        manage_default_action=bound.manage_default_action,
        attachment_point=bound.one("attachment_point"),
        spoke_gateway=bound.one("spoke_gateway"),
    )
