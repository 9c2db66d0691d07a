"""What `back_out` is told."""

from collections.abc import Mapping
from dataclasses import dataclass

from guardrail.core.errors import InvalidInput
from guardrail.core.switch import Scope
from guardrail.settings.environment import listed, required, texts


@dataclass(frozen=True, slots=True)
class BackOutSettings:
    """What `back_out` is told by its environment.

    Attributes:
        scopes: What it can back out.
        controller, controller_secret: Address and secret; "" where there is no controller to back out.
        runtime_subnets: Whose route tables prove what happened; without any, what the controller says is not proven.
        lease_table: Table with the reconciler's lease; "" where there is no controller.
        pack_bucket, pack_key, pack_digest: The file with the CA to trust; "" where the secret has it.
    """

    scopes: tuple[Scope, ...]
    switches_table: str
    evidence_bucket: str
    event_bus: str
    topic_arn: str
    schedule_group: str
    schedule_role_arn: str
    dead_letters_arn: str
    controller: str = ""
    controller_secret: str = ""
    name_prefix: str = ""
    gateways: tuple[str, ...] = ()
    runtime_subnets: tuple[str, ...] = ()
    lease_table: str = ""
    pack_bucket: str = ""
    pack_key: str = ""
    pack_digest: str = ""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "BackOutSettings":
        """Read SCOPES and the names of what the stack made; with a scope other than response, also the controller's.

        Raises:
            InvalidInput: A variable is missing or of the wrong form.
        """
        scopes = listed(environ, "SCOPES")
        if not set(scopes) <= set(Scope):
            raise InvalidInput("environment variable SCOPES", ", ".join(Scope))
        controls = set(scopes) != {Scope.RESPONSE.value}
        return cls(
            scopes=tuple(Scope(scope) for scope in scopes),
            switches_table=required(environ, "SWITCHES_TABLE"),
            evidence_bucket=required(environ, "EVIDENCE_BUCKET"),
            event_bus=required(environ, "EVENT_BUS"),
            topic_arn=required(environ, "TOPIC_ARN"),
            schedule_group=required(environ, "SCHEDULE_GROUP"),
            schedule_role_arn=required(environ, "SCHEDULE_ROLE_ARN"),
            dead_letters_arn=required(environ, "DEAD_LETTERS_ARN"),
            controller=required(environ, "CONTROLLER") if controls else "",
            controller_secret=required(environ, "CONTROLLER_SECRET") if controls else "",
            name_prefix=required(environ, "NAME_PREFIX") if Scope.POLICY in scopes else "",
            gateways=listed(environ, "GATEWAYS") if Scope.INSERTION in scopes else (),
            runtime_subnets=texts(environ.get("RUNTIME_SUBNETS", "")),
            lease_table=required(environ, "LEASE_TABLE") if controls else "",
            pack_bucket=environ.get("PACK_BUCKET", ""),
            pack_key=environ.get("PACK_KEY", ""),
            pack_digest=environ.get("PACK_DIGEST", ""),
        )
