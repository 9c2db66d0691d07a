"""The controller's client: one session, one object for each family of calls."""

import time
from collections.abc import Callable

from guardrail.gateways.controller.calls import Calls, Watcher, nobody_watches
from guardrail.gateways.controller.groups import Groups
from guardrail.gateways.controller.insertion import Insertion
from guardrail.gateways.controller.inventory import Inventory
from guardrail.gateways.controller.jobs import Jobs
from guardrail.gateways.controller.login import LoginSource
from guardrail.gateways.controller.policies import Policies
from guardrail.gateways.controller.posture import Posture
from guardrail.gateways.controller.rulesets import Rulesets
from guardrail.gateways.controller.session import Session
from guardrail.gateways.controller.transport import Transport


class Controller:
    """One controller. It logs in with the first call; safe to use from many threads.

    Args:
        source: Where the address, the user and the password come from.
        ca_file: PEM file of the only CA to trust; without it, those of the system, or the login's own.
        insecure: Do not verify the controller's certificate. For labs.
        watcher: Told of every call before it is made; logins excluded.
        sleep: Pauses for so many seconds.

    Raises:
        InvalidInput: The CA file cannot be used.
    """

    def __init__(
        self,
        source: LoginSource,
        *,
        ca_file: str | None = None,
        insecure: bool = False,
        watcher: Watcher = nobody_watches,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        transport = Transport(ca_file=ca_file, insecure=insecure, sleep=sleep)
        calls = Calls(transport, Session(transport, source), watcher)
        self.posture = Posture(calls)
        self.groups = Groups(calls)
        self.policies = Policies(calls)
        self.rulesets = Rulesets(calls)
        self.inventory = Inventory(calls)
        self.insertion = Insertion(calls)
        self.jobs = Jobs(calls, sleep)
