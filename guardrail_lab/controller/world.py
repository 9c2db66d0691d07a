"""Everything that the simulated controller keeps when it is restarted."""

from dataclasses import asdict, dataclass, field
from typing import Any

Document = dict[str, Any]


@dataclass(slots=True)
class World:
    """The controller's objects, as they are kept; the wire may show them in another form.

    Attributes:
        groups: App domains by uuid.
        policies: The V1 list, without the system's own rule, which follows from the default action.
        rulesets: Rulesets and policy groups by uuid.
        points: Attachment points, uuid by name.
        vpcs: By id, each with its route tables; `own` is the customer's default route, whatever lies over it.
        gateways: By name.
    """

    release: str
    groups: dict[str, Document] = field(default_factory=dict)
    policies: list[Document] = field(default_factory=list)
    rulesets: dict[str, Document] = field(default_factory=dict)
    points: dict[str, str] = field(default_factory=dict)
    default_action: Document = field(default_factory=dict)
    features: dict[str, bool] = field(default_factory=dict)
    boot_features: dict[str, bool] = field(default_factory=dict)
    tls_profiles: dict[str, Document] = field(default_factory=dict)
    clusters: dict[str, Document] = field(default_factory=dict)
    vpcs: dict[str, Document] = field(default_factory=dict)
    gateways: dict[str, Document] = field(default_factory=dict)

    def document(self) -> Document:
        """Return it as JSON."""
        return asdict(self)
