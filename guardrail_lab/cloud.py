"""A whole AWS account on this machine: an emulator on loopback, clients for it, its call log and its faults."""

import json
import shutil
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import urllib3
from botocore.loaders import Loader

from guardrail_lab.isolation import emulator_variables, fake_keys, inherited_variables, sealed_client, sealed_variables
from guardrail_lab.process import EmulatorProcess, LabError, loopback_socket

REGION = "us-east-1"
ACCOUNT = "000000000000"
SETTLE_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """One AWS API request that a deployed function made.

    Attributes:
        at: UTC, ISO 8601 with milliseconds.
        operation: The API's name; for S3 and Lambda the IAM action's, such as PutObject or InvokeFunction.
        status: HTTP status; None while the answer is awaited.
    """

    at: str
    function: str
    service: str
    operation: str
    status: int | None


class LocalCloud:
    """Starts on enter, ends on exit, leaves nothing behind.

    Args:
        port: TCP port on 127.0.0.1; 0 for a free one.
        auth: Evaluate IAM policies. The lab's own keys are root's, who may do everything.
        settle_seconds: How long AgentCore takes for a change, and an endpoint to follow its version, in real time.
        throttle: Hold AgentCore to its documented request rates.
        log_path: Where the emulator logs; None for a file that goes with the rest.
        state: Directory for its scratch files, kept afterwards; None for a temporary one.
        without: Patches to leave out, by module name; for the tests of the patches.

    Raises:
        LabError: On enter, when it cannot start.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        auth: bool = False,
        settle_seconds: float = SETTLE_SECONDS,
        throttle: bool = False,
        log_path: Path | None = None,
        state: Path | None = None,
        without: Collection[str] = (),
    ) -> None:
        self._port, self._auth, self._without = port, auth, without
        self._settle_seconds, self._throttle = settle_seconds, throttle
        self._log_path, self._kept_state = log_path, state
        self.account, self.region = ACCOUNT, REGION

    def __enter__(self) -> Self:
        self._state = self._kept_state or Path(tempfile.mkdtemp(prefix="guardrail-lab-"))
        try:
            self._start()
        except BaseException:
            self._remove_state()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.stop()
        self._remove_state()

    @property
    def endpoint_url(self) -> str:
        """Where every AWS service of this cloud answers, by plain HTTP."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """The emulator's process id, for measurements."""
        return self._process.pid

    def environment(self, keys: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the whole environment for a child process, such as the CDK CLI: it reaches this cloud and no other."""
        cdk = {
            "CDK_HOME": str(self._state / "cdk"),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_DISABLE_VERSION_CHECK": "1",
        }
        sealed = sealed_variables(self.region, keys or fake_keys())
        return inherited_variables() | sealed | cdk | {"AWS_ENDPOINT_URL": self.endpoint_url}

    def client(
        self,
        service: str,
        *,
        account: str | None = None,
        keys: Mapping[str, str] | None = None,
        region: str | None = None,
    ) -> Any:
        """Return a boto3 client.

        Args:
            account: Work as root of this account instead; accounts share nothing, and need not be created.
            keys: Work as somebody else: ``Credentials`` of AssumeRole, or the key that CreateAccessKey returned.
        """
        return sealed_client(service, self.endpoint_url, region or self.region, keys or fake_keys(account))

    def calls(self) -> tuple[FunctionCall, ...]:
        """Return what the deployed functions have called, in order."""
        return tuple(FunctionCall(**call) for call in self._lab("GET", "calls"))

    def forget_calls(self) -> None:
        """Start the call log anew."""
        self._lab("DELETE", "calls")

    def lose_events(self, count: int) -> None:
        """Make CloudTrail lose its next events; the calls themselves succeed."""
        self._lab("POST", "lost-events", {"count": count})

    def fail(self, operation: str, *, times: int, code: str, status: int, took_effect: bool = False) -> None:
        """Make the next HTTP requests of an AgentCore operation fail, an SDK's own retries included.

        Args:
            took_effect: Do what was asked nevertheless, and lose only the answer.
        """
        fault = {"operation": operation, "times": times, "code": code, "status": status, "took_effect": took_effect}
        self._lab("POST", "failures", fault)

    def fail_next_update(self, runtime_id: str, reason: str = "The lab was told to fail this update") -> None:
        """End the runtime's next update in UPDATE_FAILED; with a name, the creation of one in CREATE_FAILED."""
        self._lab("POST", "failing-updates", {"runtime_id": runtime_id, "reason": reason})

    def refuse_authorizer(self, runtime_id: str) -> None:
        """Answer the runtime's updates that have an authorizer with "Authorizer already exists"."""
        self._lab("POST", "refused-authorizers", {"runtime_id": runtime_id})

    def lag(self, seconds: float, *, times: int, operation: str | None = None) -> None:
        """Answer AgentCore's next reads, or those of one operation, as of some seconds ago (at most 3600)."""
        self._lab("POST", "lags", {"seconds": seconds, "times": times, "operation": operation})

    def behave(self, **changes: Any) -> None:
        """Change settings of AgentCore; they are those of ``guardrail_lab.agentcore.behaviour.Behaviour``."""
        self._lab("POST", "behaviour", changes)

    def backdate(self, runtime_id: str, created: datetime) -> None:
        """Make a runtime as old as is wanted, such as one from before requireServiceS3Endpoint."""
        self._lab("POST", "creation-dates", {"runtime_id": runtime_id, "created_at": created.timestamp()})

    def tag_as_aws(self, arn: str, tags: Mapping[str, str]) -> None:
        """Set tags that only AWS itself can set, such as ``aws:cloudformation:stack-name``."""
        self._lab("POST", "tags", {"arn": arn, "tags": dict(tags)})

    def pending_faults(self) -> dict[str, Any]:
        """Return ``events_to_lose``, ``failures`` and so on: what was asked for and has not happened yet."""
        return dict(self._lab("GET", "faults"))

    def clear_faults(self) -> None:
        """Let everything work again."""
        self._lab("DELETE", "faults")

    def _start(self) -> None:
        scratch, model = self._state / "emulator", self._state / "agentcore.json"
        leftovers = scratch if self._kept_state else self._state
        scratch.mkdir(parents=True, exist_ok=True)
        model.write_text(json.dumps(Loader().load_service_model("bedrock-agentcore-control", "service-2")))
        with loopback_socket(self._port) as listener:
            self._port = listener.getsockname()[1]
            self._process = EmulatorProcess(
                listener,
                self._arguments(model, leftovers),
                environment=emulator_variables(scratch, self._port, self.region, auth=self._auth),
                log_path=self._log_path or self._state / "emulator.log",
            )
        try:
            self._process.wait_until_ready(f"{self.endpoint_url}/_lab/health")
        except BaseException:
            self._process.stop()
            raise

    def _arguments(self, model: Path, leftovers: Path) -> list[str]:
        throttle = ["--throttle"] if self._throttle else []
        settle = ["--settle-seconds", str(self._settle_seconds)]
        without = ["--without", ",".join(self._without)]
        return ["--model", str(model), "--remove", str(leftovers), *settle, *throttle, *without]

    def _remove_state(self) -> None:
        if self._kept_state is None:
            shutil.rmtree(self._state, ignore_errors=True)

    def _lab(self, method: str, what: str, body: Mapping[str, object] | None = None) -> Any:
        answer = urllib3.request(method, f"{self.endpoint_url}/_lab/{what}", json=body, retries=False)
        if answer.status != 200:
            raise LabError(f"{method} /_lab/{what}: {answer.status}, expected 200")
        return answer.json()
