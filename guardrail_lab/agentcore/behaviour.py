"""What can be set about the control plane: how fast it is, what it refuses, and how it reads what is not documented."""

from dataclasses import dataclass
from enum import StrEnum


class MetadataRule(StrEnum):
    """Which versions may not be invoked because they lack metadataConfiguration.requireMMDSV2 = true."""

    NEVER = "never"
    ONCE_HAD = "once-had"
    """A version whose predecessor had it: who leaves it out of an update loses it. The default."""
    ALWAYS = "always"
    """As the service since 2026-06-30; Create cannot set it, so that a new runtime needs an update first."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The control plane's settings; docs/lab.md says where each default comes from.

    Attributes:
        settle_seconds: How long a runtime, harness, tool or capacity provider stays CREATING, UPDATING or DELETING.
        endpoint_settle_seconds: How long an endpoint needs to follow its target once the version is READY.
        throttled: Whether each operation has its documented rate.
        validated: Whether requests are held to the SDK's model; False for callers that are known to be right.
        missing_policy_is_an_error: GetResourcePolicy without a policy: 404, or else 200 without ``policy``.
        wildcard_actions: Whether a resource policy may name actions by wildcard, or outside the documented list.
        update_after_failure: Whether a runtime in UPDATE_FAILED or CREATE_FAILED takes another update.
        served_versions_deletable: Whether a version that an endpoint serves can be deleted, which then goes on serving;
            the newest never can be.
        s3_rollout: Runtimes created before (seconds since 1970) have the service-managed S3 path.
        page_size: Items of a List without maxResults.
    """

    settle_seconds: float = 60.0
    endpoint_settle_seconds: float = 10.0
    throttled: bool = False
    validated: bool = True
    missing_policy_is_an_error: bool = True
    wildcard_actions: bool = True
    update_after_failure: bool = False
    served_versions_deletable: bool = False
    metadata_rule: MetadataRule = MetadataRule.ONCE_HAD
    s3_rollout: float = 1_781_136_000.0  # 2026-06-11
    page_size: int = 10
    runtimes_per_account: int = 1000
    versions_per_runtime: int = 1000
    endpoints_per_runtime: int = 10
