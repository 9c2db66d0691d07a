"""One account, everybody who writes to it, and the guardrails that look after it; and the course of a history."""

import json
from datetime import timedelta
from random import Random

from guardrail.core.runtimes.response import ResponseMode, ResponsePolicy
from guardrail.core.runtimes.rules import RuleId
from tests.builders import GROUPS, SUBNETS, zone
from tests.chaos.account import APPROVED, Account
from tests.chaos.dynamodb import DynamoDB
from tests.chaos.ends import check_end
from tests.chaos.guardrail import FUNCTION_SECONDS, SWITCHES, Guardrail
from tests.chaos.history import Conditions, History
from tests.chaos.oracle import Circumstances, Terms, serial_end
from tests.chaos.others import Others
from tests.chaos.totals import check_totals
from tests.chaos.trouble import QUIET
from tests.chaos.watch import Watch

WINDOW = timedelta(minutes=15)
LATEST_EXPIRY = "2027-01-31"


class World(Account):
    """Everything that outlives an invocation, and the time."""

    def __init__(self, conditions: Conditions, seed: int = 0) -> None:
        super().__init__(conditions, seed)
        self.watch, self.others = Watch(self), Others(self)
        wipe = bool(conditions.policy.get("may_wipe_session_storage"))
        self.terms = Terms(conditions.mode, APPROVED, tuple(SUBNETS), tuple(GROUPS), wipe)
        self.grace_seconds = conditions.grace_seconds
        self.backed_out_since = float("inf")
        self.busy = self.began
        self.guardrails = self._guardrails(seed)
        self.trail.targets = [lambda body, to=each: to.queues.put(body, 0) for each in self.guardrails]

    def _guardrails(self, seed: int) -> list[Guardrail]:
        conditions = self.conditions
        tables = [DynamoDB() for _ in range(2)]
        self.shared = conditions.guardrails == "shared"
        names = ["Guardrail"] if conditions.guardrails == "one" else ["Guardrail", "SecondGuardrail"]
        grace = {rule: timedelta(seconds=self.grace_seconds) for rule in RuleId} if self.grace_seconds else {}
        policy = ResponsePolicy(ResponseMode(conditions.mode), zone(), window=WINDOW, grace=grace, **conditions.policy)
        made = []
        for number, name in enumerate(names):
            chance = Random(f"{name} {seed}")
            table = tables[0 if self.shared else number]
            one = Guardrail(
                name, self.loop, self.plane, policy, chance, self.watch.call, table, conditions.bounds, self.extra
            )
            one.way.trouble = conditions.trouble
            made.append(one)
        return made

    @property
    def calm(self) -> bool:
        """Whether nothing was arranged that makes a repetition right."""
        trouble = self.trouble
        return not (trouble.stale or trouble.failed_after or trouble.killed or trouble.slow)

    def exempt(self, glob: str, rules: list[str]) -> None:
        """Grant one exemption instead of the last one, or none."""
        self.exempted = (glob, rules)
        self.touched |= dict.fromkeys(self.runtimes, self.now)
        body = {"id": "x1", "owner": "o", "reason": "r", "ticket": "T-1", "runtimes": [glob], "rules": rules}
        for table in {id(each.tables): each.tables for each in self.guardrails}.values():
            key = {"kind": {"S": "exemption"}, "name": {"S": "x1"}}
            if rules:
                text = json.dumps({**body, "expires": LATEST_EXPIRY})
                table.put_item(TableName=SWITCHES, Item={**key, "body": {"S": text}})
            else:
                table.delete_item(TableName=SWITCHES, Key=key)

    def switch(self, *, engaged: bool) -> None:
        """Back the response out, or in again."""
        self.backed_out_since = float("inf") if engaged else min(self.now, self.backed_out_since)
        state = {"S": "engaged" if engaged else "backed-out"}
        key = {"kind": {"S": "switch"}, "name": {"S": "response"}}
        for table in {id(each.tables): each.tables for each in self.guardrails}.values():
            table.put_item(TableName=SWITCHES, Item={**key, "state": state, "version": {"N": "1"}, "body": {"S": "{}"}})

    def close_buckets(self, *, closed: bool) -> None:
        """Let the evidence buckets take nothing, or everything again."""
        for guardrail in self.guardrails:
            guardrail.bucket.closed = closed

    def busy_until(self, when: float) -> None:
        """Somebody goes on writing until then."""
        self.busy = max(self.busy, when)

    def run(self, history: History) -> None:
        """Let it all happen, let the others stop, let it settle; then hold the end to the oracle."""
        try:
            self._happen(history)
            self._settle()
        finally:
            self.loop.close()

    def _happen(self, history: History) -> None:
        for guardrail in self.guardrails:
            self._sweep_for_ever(guardrail, self.began + 30)
        for second, deed, number in history.deeds:
            self.loop.run(self.began + second)
            self.others.do(deed, Random(f"{history.seed} {number}"))
        self.loop.run(max(self.now, self.busy))
        self.switch(engaged=True)
        self.close_buckets(closed=False)

    def _settle(self) -> None:
        """Whatever was read before the others stopped is done with; from then on the oracle knows the end."""
        lag = self.trouble.lag if self.trouble.stale else 0.0
        self.loop.run(self.now + FUNCTION_SECONDS + lag + 1)
        for guardrail in self.guardrails:
            guardrail.way.trouble = QUIET
        expected = {}
        for runtime_id in self.runtimes:
            sight = self.sight(runtime_id)
            expected[runtime_id] = serial_end(sight, self.terms, self._about(runtime_id))
        settle = self.plane.behaviour.settle_seconds
        self.loop.run(
            self.now + WINDOW.total_seconds() + 3 * self.conditions.sweep_seconds + self.grace_seconds + 10 * settle
        )
        check_totals(self)
        for runtime_id in self.runtimes:
            check_end(self, runtime_id, expected[runtime_id])

    def _about(self, runtime_id: str) -> Circumstances:
        flags = dict.fromkeys(self.armed[runtime_id], True)
        if "next_update_fails" in flags:
            flags["next_update_fails"] = runtime_id in self.plane.faults.pending()["failing_updates"]
        newest = self.plane.account.runtimes.get(runtime_id, self.now)
        flags["this_update_fails"] = newest is not None and newest.newest.failure is not None
        return Circumstances(**flags, harness=runtime_id.startswith("harness_"))

    def _sweep_for_ever(self, guardrail: Guardrail, when: float) -> None:
        def sweep() -> None:
            guardrail.sweep()
            self._sweep_for_ever(guardrail, when + self.conditions.sweep_seconds)

        self.loop.at(when, sweep)
