"""DCF's log lines, in the grammar of the vendor's own log connector."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from guardrail_lab.controller.flow import Flow
from guardrail_lab.controller.release import Release
from guardrail_lab.controller.reserved import LOG_PROFILES
from guardrail_lab.controller.world import Document

_SESSION_SECONDS = 2
_PACKETS, _BYTES = 12, 4096


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched a flow, at a gateway, at a moment (seconds since 1970)."""

    rule: Document
    flow: Flow
    gateway: str
    public_ip: str
    at: float

    @property
    def host(self) -> str:
        """The host token of a line."""
        return f"GW-{self.gateway}-{self.public_ip}-sink"

    @property
    def permits(self) -> bool:
        """Whether the rule lets the flow through, if it is enforced."""
        return bool(self.rule["action"] != "DENY")

    @property
    def enforced(self) -> bool:
        """Whether the rule is enforced, not only watched."""
        return bool(self.rule["enforcement"] == "ENFORCE")

    @property
    def digest(self) -> bytes:
        """Tells one session from another, the same on every run."""
        return sha256(f"{self.flow}{self.at}".encode()).digest()


def lines(hit: Hit, release: Release) -> list[str]:
    """Return the lines for a hit; none when the rule does not log."""
    if not hit.rule.get("logging"):
        return []
    return _l7_lines(hit) if hit.rule.get("web_filters") else _l4_lines(hit, release)


def _l4_lines(hit: Hit, release: Release) -> list[str]:
    """One line at the start, one at the end, as the rule's log profile says; a denied flow has only a start."""
    profile = hit.rule.get("log_profile") or LOG_PROFILES["start"]
    wanted = {LOG_PROFILES["start"]: (0,), LOG_PROFILES["end"]: (1,)}.get(profile, (0, 1)) if hit.permits else (0,)
    if not release.has("8.2"):
        wanted = (0,)
    return [_l4_line(hit, event, release) for event in wanted]


def _l4_line(hit: Hit, event: int, release: Release) -> str:
    flow = hit.flow
    ports = (0, 0) if flow.protocol == "ICMP" else (flow.src_port, flow.dst_port)
    at = hit.at + _SESSION_SECONDS * event
    members = {
        "POLICY": hit.rule["uuid"],
        "SRC_MAC": "02:00:00:00:00:01",
        "DST_MAC": "02:00:00:00:00:02",
        "IP_SZ": 60,
        "SRC_IP": flow.src_ip,
        "DST_IP": flow.dst_ip,
        "PROTO": flow.protocol,
        "SRC_PORT": ports[0],
        "DST_PORT": ports[1],
        "DATA": "0x",
        "ACT": "PERMIT" if hit.permits else "DENY",
        "ENFORCED": str(hit.enforced).lower(),
    }
    if release.has("8.2"):
        members |= {
            "SESSION_ID": int.from_bytes(hit.digest[:8]),
            "SESSION_EVENT": event,
            "SESSION_END_REASON": event,
            "SESSION_PKT_CNT": _PACKETS * event,
            "SESSION_BYTE_CNT": _BYTES * event,
            "SESSION_DUR": _SESSION_SECONDS * 10**9 * event,
        }
    text = " ".join(f"{key}={value}" for key, value in members.items())
    written = f"{_moment(at):%Y/%m/%d %H:%M:%S}"
    return f"{_head(158, at, hit)} /usr/local/bin/avx-gw-state-sync {written} AviatrixGwMicrosegPacket: {text}"


def _l7_lines(hit: Hit) -> list[str]:
    """A pair for what is permitted; a denied flow ends where it starts."""
    return [_l7_line(hit, stage) for stage in (("start", "end") if hit.permits else ("start",))]


def _l7_line(hit: Hit, stage: str) -> str:
    flow, ended = hit.flow, stage == "end"
    at = hit.at + _SESSION_SECONDS * ended
    decrypts = hit.rule.get("decrypt_policy") == "DECRYPT_ALLOWED"
    record = {
        "priority": "LOG_WARNING" if hit.permits else "LOG_ALERT",
        "action": "Permit" if hit.permits else "Deny",
        "reason": "POLICY",
        "src": flow.src_ip,
        "src_port": flow.src_port,
        "dest": flow.dst_ip,
        "dest_port": flow.dst_port,
        "enforced": hit.enforced,
        "ids": hit.rule["action"] == "INTRUSION_DETECTION_PERMIT",
        "stage": "txn" if decrypts else "SNI",
        **({"sni_hostname": flow.sni} if flow.sni else {}),
        "decided_by": hit.rule["uuid"],
        **({"decrypted_by": hit.rule["uuid"], "url": f"{flow.sni}{flow.path}"} if decrypts else {}),
        "proto": flow.protocol,
        "session_start": int(hit.at) * 10**9,
        "session_stage": stage,
        "session_id": str(UUID(bytes=hit.digest[:16], version=4)),
        **({"session_time": _SESSION_SECONDS * 10**9, "request_bytes": 512, "response_bytes": _BYTES} if ended else {}),
        "timestamp": int(at),
    }
    text = json.dumps(record, separators=(",", ":"))
    return f"{_head(156 if hit.permits else 153, at, hit)} traffic_server[4242]: {text}"


def _head(priority: int, at: float, hit: Hit) -> str:
    moment = _moment(at)
    return f"<{priority}>{moment:%b} {moment.day:2d} {moment:%H:%M:%S} {hit.host}"


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
