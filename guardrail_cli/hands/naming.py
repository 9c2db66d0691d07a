"""What a direct order is about: the gateway's name, and what our rules' names start with."""

from pathlib import Path

from guardrail.core.errors import GuardrailError, InvalidInput
from guardrail_cli.hands.options import Target
from policy_pack.bindings import Bindings, read_bindings
from policy_pack.json_source import read_either
from policy_pack.part import Reading
from policy_pack.problem import Problem, UnusableError


def gateway_name(target: Target) -> str:
    """Return the spoke gateway that was named, or that the bindings name.

    Raises:
        GuardrailError: None is, or the bindings cannot be read.
    """
    named = target.gateway or (_bindings(target.bindings).one("spoke_gateway") if target.bindings else None)
    if named is None:
        raise InvalidInput("--gateway", "the name of the spoke gateway, or --bindings with spoke_gateway")
    return named


def prefix_of(target: Target) -> str:
    """Return what the names of our rules start with, before a dash.

    Raises:
        GuardrailError: There are no bindings that say so.
    """
    if target.bindings is None:
        raise InvalidInput("--bindings", "the file whose name_prefix says what our rules are called")
    prefix = _bindings(target.bindings).one("name_prefix")
    if prefix is None:
        raise GuardrailError(f"{target.bindings}: name_prefix is missing, expected what our rules' names begin with")
    return prefix


def _bindings(file: str) -> Bindings:
    """Read bindings alone: whoever is in a hurry needs no pack, and no bindings without a fault."""
    problems: list[Problem] = []
    try:
        return read_bindings(read_either(Path(file), problems), Reading(problems))
    except OSError as error:
        raise GuardrailError(f"{file}: {error.strerror}, expected a readable file") from error
    except UnusableError as error:
        raise GuardrailError(str(error.problem)) from error
