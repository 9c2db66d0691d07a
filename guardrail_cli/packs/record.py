"""`--record FILE`: what earlier versions of a pack made on a controller, for whoever applies packs without a stack."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from guardrail.core.errors import GuardrailError, InvalidInput
from guardrail.core.evidence import EvidenceRecord, RecordKind
from guardrail.core.firewall.registry import Registry, parse_registry
from guardrail.gateways.standalone import NoEvidence
from guardrail_cli.source import Source
from guardrail_cli.written_file import write_file


@dataclass(frozen=True, slots=True)
class Record:
    """The registry of one controller in a file; without a path nothing is known and nothing kept."""

    path: str | None
    controller: str
    registry: Registry = field(default_factory=Registry)

    def write(self, registry: Registry) -> None:
        """Keep what is so from now on.

        Raises:
            GuardrailError: It cannot be written.
        """
        if self.path is not None and registry != self.registry:
            write_file(self.path, {"version": 1, "controller": self.controller, "registry": registry.document()})

    def add_names(self, names: Iterable[str]) -> None:
        """Keep that these names are ours from now on.

        Raises:
            GuardrailError: It cannot be written.
        """
        self.write(replace(self.registry, names=self.registry.names | frozenset(names)))


@dataclass(frozen=True, slots=True)
class NamesFirst(NoEvidence):
    """In the place of evidence: before the first change, the names that a run is about to use are in the record."""

    record: Record
    names: frozenset[str]

    def append(self, record: EvidenceRecord) -> str:
        """Keep the names when it is said what is intended.

        Raises:
            GuardrailError: The record cannot be written, so that nothing may be changed.
        """
        if record.kind is RecordKind.FIREWALL_INTENT:
            self._remember()
        return ""

    def _remember(self) -> None:
        try:
            self.record.add_names(self.names)
        except GuardrailError as error:
            raise GuardrailError(f"{error}; nothing was applied") from error


def read_record(path: str | None, controller: str) -> Record:
    """Read a record; one that does not exist yet is empty.

    Args:
        controller: Host and port: a record is one controller's.

    Raises:
        GuardrailError: It cannot be read, is none, or is another controller's.
    """
    if path is None or not Path(path).exists():
        return Record(path, controller)
    source = Source(path)
    with source.blamed():
        document = source.read()
        if not isinstance(document, Mapping) or document.get("version") != 1:
            raise InvalidInput("record", "what `guardrail pack apply --record` wrote, version 1")
        if document.get("controller") != controller:
            raise InvalidInput("record", "the record of this controller; it is another one's")
        return Record(path, controller, parse_registry("registry", document.get("registry")))
