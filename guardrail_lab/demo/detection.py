"""First chapter: the guardrail observes. The deny holds, drift is seen, even when its event got lost."""

import time

from guardrail_lab.demo.stage import PATIENCE_SECONDS, Say, Stage, promise, verdict_is
from guardrail_lab.prevention import Prevention, explicit_denial

QUIET_SECONDS = 2.0
READ_ONLY = ("Get", "List", "Describe")


class Detection:
    """What happens in OBSERVE.

    Attributes:
        untouched: Id of the runtime that is compliant throughout.
        drifted: Ids of the others, by name.
    """

    def __init__(self, stage: Stage, prevention: Prevention) -> None:
        self._stage, self._prevention = stage, prevention
        self.untouched = ""
        self.drifted: dict[str, str] = {}

    def play(self) -> None:
        """Run every step.

        Raises:
            LabError, NotAsPromised, TimeoutError: A step failed; it is the last one in the report.
        """
        self._prevent()
        self._drift()
        self._lose_an_event()
        self._show_message()
        self._count_changes()

    def _prevent(self) -> None:
        stage = self._stage
        with stage.step("cdk deploy of the IAM deny") as say:
            guarded = self._prevention.hire()
            self._prevention.deploy()
            say("bound to one developer's role, who may do everything else")
        with stage.step("the guarded developer cannot go PUBLIC") as say:
            explicit_denial(lambda: guarded.create_public("refused_agent"))
            stage.wait_until(
                lambda: any(record["kind"] == "denied-attempt" for record in stage.evidence()), "the attempt's record"
            )
            say("refused with an explicit deny, and the attempt is on record")
        with stage.step("the guarded developer's runtimes inside the landing zone") as say:
            self.untouched = stage.judged("billing_agent", guarded.create_in_vpc, verdict_is("COMPLIANT"), say)
            self.drifted["orders_agent"] = stage.judged(
                "orders_agent", guarded.create_in_vpc, verdict_is("COMPLIANT"), say
            )

    def _drift(self) -> None:
        stage, developer = self._stage, self._stage.developer
        with stage.step("somebody else's runtime in PUBLIC mode") as say:
            public = verdict_is("NON_COMPLIANT", "DEFAULT")
            self.drifted["public_agent"] = stage.judged("public_agent", developer.create_public, public, say)
        with stage.step("an endpoint left behind on an old PUBLIC version") as say:
            pinned = verdict_is("NON_COMPLIANT", "prod")
            self.drifted["pinned_agent"] = stage.judged("pinned_agent", self._create_pinned, pinned, say)

    def _create_pinned(self, name: str) -> str:
        developer = self._stage.developer
        runtime_id = developer.create_public(name)
        developer.pin(runtime_id, "prod", "1")
        developer.move_into_vpc(runtime_id)
        return runtime_id

    def _lose_an_event(self) -> None:
        stage, runtime_id = self._stage, self.drifted["orders_agent"]
        with stage.step("an event gets lost: the drift goes unseen") as say:
            stage.cloud.lose_events(1)
            stage.developer.make_public(runtime_id)
            time.sleep(QUIET_SECONDS)
            seen = [record for record in stage.evidence() if record["subject"] == runtime_id]
            promise(len(seen) == 1, "the lost event was seen all the same")
            say(f"nothing for {QUIET_SECONDS:.0f} s")
        with stage.step("the sweep finds it") as say:
            self._sweep(runtime_id, say)

    def _sweep(self, runtime_id: str, say: Say) -> None:
        stage, started = self._stage, time.monotonic()
        asked = stage.invoke(stage.outputs.sweep_function).get("asked")
        promise(asked == 1 + len(self.drifted), f"the sweep asked for {asked} looks, expected {1 + len(self.drifted)}")
        public = verdict_is("NON_COMPLIANT", "DEFAULT")
        finding = stage.listener.wait_for(runtime_id, public, seconds=PATIENCE_SECONDS)
        promise(finding["cause"] is None, "the sweep cannot know who did it")
        stage.keep("orders_agent, swept", finding, time.monotonic() - started, say)

    def _show_message(self) -> None:
        stage = self._stage
        with stage.step("people are told") as say:
            messages = stage.listener.messages()
            text = next((each for each in messages if "public_agent" in each), "")
            for part in ("NON_COMPLIANT", "CreateAgentRuntime", "PUBLIC", "DEFAULT", "Fix:", "s3://"):
                promise(part in text, f"the message lacks {part}")
            say(f"{len(messages)} messages")
        stage.show(text)

    def _count_changes(self) -> None:
        stage = self._stage
        with stage.step("OBSERVE: nothing was changed") as say:
            calls = stage.cloud.calls()
            touched = [
                call.operation
                for call in calls
                if call.service.startswith(("bedrock-agentcore", "iam", "ec2"))
                and not call.operation.startswith(READ_ONLY)
            ]
            promise(bool(calls) and not touched, f"the functions changed something: {', '.join(touched)}")
            say(f"{len(calls)} AWS calls by our functions, none that changes AgentCore, IAM or EC2")
