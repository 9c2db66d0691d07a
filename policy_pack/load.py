"""A directory with a pack, and a file with bindings -> a pack of the core, and all that is wrong with its form."""

from dataclasses import dataclass
from os.path import normpath
from pathlib import Path

from guardrail.core.errors import GuardrailError
from guardrail.core.firewall.finding import Path as PartPath
from guardrail.core.firewall.pack import PolicyPack
from policy_pack.binding import Binder
from policy_pack.bindings import NO_BINDINGS, Bindings, read_bindings
from policy_pack.derived import with_derived
from policy_pack.json_source import read_either
from policy_pack.node import Node
from policy_pack.overlay import EXTENDS, overlaid
from policy_pack.part import Reading
from policy_pack.problem import Place, Problem, UnusableError
from policy_pack.read_pack import read_pack
from policy_pack.yaml_source import parse_yaml, read_yaml

SHIPPED = Path(__file__).parent / "agentcore"
PACK_FILE = "pack.yaml"
EXAMPLE_BINDINGS = "bindings.example.yaml"
_MOST_LAYERS = 5


@dataclass(frozen=True, slots=True)
class Loaded:
    """A pack, bound.

    Attributes:
        pack: None when something is wrong that leaves open what it means.
        problems: What is wrong with its form, and with that of the bindings.
    """

    file: str
    pack: PolicyPack | None
    bindings: Bindings
    problems: tuple[Problem, ...]
    reading: Reading

    def place(self, path: PartPath) -> Place:
        """Return where a part of the pack is written."""
        return self.reading.place(path) if self.reading.places else Place(self.file, 1)


@dataclass(frozen=True, slots=True)
class _Layer:
    file: Path
    node: Node


def load(
    directory: Path, bindings_file: Path | None = None, change: str | None = None, *, content: str | None = None
) -> Loaded:
    """Read the pack of a directory and put the bindings in.

    Args:
        bindings_file: By default the example beside the pack, or beside the one that it extends, if there is one.
        change: YAML text of an overlay to put on top.
        content: What to read in place of pack.yaml.

    Raises:
        GuardrailError: The directory, its pack.yaml or the bindings file cannot be read.
    """
    file = directory / PACK_FILE
    problems: list[Problem] = []
    reading = Reading(problems)
    layers = _layers(file, content, problems)
    bindings = _bindings(bindings_file or _example(directory, layers), problems)
    pack = None
    try:
        if change is not None:
            layers.append(_Layer(file, parse_yaml(change.encode(), "the change", problems)))
        if layers and bindings is not None:
            node = _merged(layers, problems)
            values = with_derived(bindings.values, node)
            pack = read_pack(Binder(values, problems).bound(node), values, reading)
    except UnusableError as error:
        problems.append(error.problem)
    if any(problem.fatal for problem in problems):
        pack = None
    return Loaded(str(file), pack, bindings or NO_BINDINGS, tuple(problems), reading)


def _layers(file: Path, content: str | None, problems: list[Problem]) -> list[_Layer]:
    """Return the files that make up a pack, the one that extends nothing first; none if one of them is unusable."""
    try:
        layers = [_Layer(file, _first(file, content, problems))]
        while extended := layers[0].node.members.get(EXTENDS):
            layers.insert(0, _extended(layers[0].file, extended, problems))
            if len(layers) > _MOST_LAYERS:
                raise UnusableError(extended.place, f"{EXTENDS}: expected at most {_MOST_LAYERS} packs in a row")
    except UnusableError as error:
        problems.append(error.problem)
        return []
    return layers


def _first(file: Path, content: str | None, problems: list[Problem]) -> Node:
    if content is not None:
        return parse_yaml(content.encode(), str(file), problems)
    try:
        return read_yaml(file, problems)
    except OSError as error:
        raise GuardrailError(f"{file}: {error.strerror}, expected a readable file") from error


def _extended(file: Path, named: Node, problems: list[Problem]) -> _Layer:
    if not isinstance(named.value, str):
        raise UnusableError(named.place, f"{EXTENDS}: expected a directory with a pack")
    below = Path(normpath(file.parent / named.value / PACK_FILE))
    try:
        return _Layer(below, read_yaml(below, problems))
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or "no file name"
        raise UnusableError(named.place, f"{EXTENDS}: {below} cannot be read: {told}") from error


def _example(directory: Path, layers: list[_Layer]) -> Path | None:
    beside = [directory, *(layer.file.parent for layer in reversed(layers))]
    return next((path for each in beside if (path := each / EXAMPLE_BINDINGS).is_file()), None)


def _bindings(file: Path | None, problems: list[Problem]) -> Bindings | None:
    """Return the bindings, or None if nothing can be made of their file."""
    if file is None:
        return NO_BINDINGS
    try:
        return read_bindings(read_either(file, problems), Reading(problems))
    except OSError as error:
        raise GuardrailError(f"{file}: {error.strerror}, expected a readable file") from error
    except UnusableError as error:
        problems.append(error.problem)
        return None


def _merged(layers: list[_Layer], problems: list[Problem]) -> Node:
    merged = layers[0].node
    for layer in layers[1:]:
        merged = overlaid(merged, layer.node, problems)
    return merged
