"""The pack that a command works on."""

from os.path import relpath
from pathlib import Path

from guardrail.core.errors import GuardrailError
from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.pack import Mode, PolicyPack
from policy_pack.bound import bind
from policy_pack.load import SHIPPED, Loaded, load
from policy_pack.problem import told
from policy_pack.report import good_pack


def directory(given: str | None) -> Path:
    """Return the directory of a pack: the one that was named, else the shipped one, as it is seen from here."""
    if given is not None:
        return Path(given)
    seen = Path(relpath(SHIPPED))
    return SHIPPED if seen.parts[:1] == ("..",) else seen


def meaning(given: str | None, bindings: str) -> tuple[PolicyPack, Loaded]:
    """Load a pack and return what it means; that it is good is not asked for.

    Raises:
        GuardrailError: It cannot be read, or something is wrong that leaves open what it means.
    """
    loaded = load(directory(given), Path(bindings))
    if loaded.pack is None:
        raise GuardrailError(told(loaded.problems))
    return loaded.pack, loaded


def bound_pack(given: str | None, bindings: str, mode: Mode | None) -> tuple[BoundPack, Loaded]:
    """Load a pack that is to be used, bound to one place. A mode counts before that of the bindings.

    Raises:
        GuardrailError: Something cannot be read, or anything at all is wrong with the pack.
    """
    pack, loaded = good_pack(directory(given), Path(bindings), mode)
    return bind(pack, loaded, Path(bindings), mode), loaded
