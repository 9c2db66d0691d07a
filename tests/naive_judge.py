"""A second judge, written from the words of the interface alone and sharing nothing with the first but its input."""

from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from typing import Any

Json = dict[str, Any]
OWN_WORDS = "(told in our own words)"


def naive_verdict(snapshot: Json, zone: Json, exemptions: list[Json], today: date) -> Json:
    """The verdict without fixes, severities, notes and digest."""
    read, failed, unread = _versions(snapshot)
    endpoints = _endpoints(snapshot, unread)
    mentioned = {*read, *failed}
    reachable: dict[int, set[str]] = {}
    for name, numbers in endpoints:
        for number in numbers:
            reachable.setdefault(number, set()).add(name)
            mentioned.add(number)
    if mentioned:
        reachable.setdefault(max(mentioned), set())
    runtime_id, arn, name = _identity(snapshot, read)

    violations = []
    for number in sorted(reachable):
        if number not in read:
            unread.append((f"version {number}", failed.get(number, OWN_WORDS)))
            continue
        for rule, observed, allowed in _broken(read[number], zone):
            ids = [e["id"] for e in exemptions if _holds(e, rule, name, arn, today)]
            violations.append(
                {
                    "rule": rule,
                    "version": str(number),
                    "endpoints": sorted(reachable[number]),
                    "observed": observed,
                    "allowed": allowed,
                    "exempted_by": min(ids) if ids else None,
                }
            )
    if [violation for violation in violations if violation["exempted_by"] is None]:
        compliance = "NON_COMPLIANT"
    else:
        compliance = "INSUFFICIENT_DATA" if unread else "COMPLIANT"
    return {
        "runtime_id": runtime_id,
        "runtime_arn": arn,
        "compliance": compliance,
        "violations": violations,
        "dormant": [
            {"rule": rule, "version": str(number), "observed": observed, "allowed": allowed}
            for number in sorted(set(read) - set(reachable))
            for rule, observed, allowed in _broken(read[number], zone)
        ],
        "unread": sorted(set(unread)),
    }


def _integer(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return int(value) if str(value).isdecimal() else None


def _versions(snapshot: Json) -> tuple[dict[int, Json], dict[int, str], list[tuple[str, str]]]:
    read, failed, unread = {}, {}, []
    for number, answer in snapshot["versions"].items():
        if "error" in answer:
            failed[int(number)] = answer["error"]
        else:
            read[int(number)] = answer
    runtime = snapshot["runtime"]
    own = _integer(runtime.get("agentRuntimeVersion"))
    if "error" in runtime:
        unread.append(("runtime", runtime["error"]))
    elif own is None:
        unread.append(("runtime", OWN_WORDS))
    elif own not in read:
        read[own] = runtime
        failed.pop(own, None)
    return read, failed, unread


def _endpoints(snapshot: Json, unread: list[tuple[str, str]]) -> list[tuple[str, list[int]]]:
    if isinstance(snapshot["endpoints"], dict):
        unread.append(("endpoints", snapshot["endpoints"]["error"]))
        return []
    found = []
    for endpoint in snapshot["endpoints"]:
        if "error" in endpoint:
            what = f"endpoint {endpoint['name']}" if "name" in endpoint else "endpoints"
            unread.append((what, endpoint["error"]))
            continue
        given = [endpoint[key] for key in ("liveVersion", "targetVersion") if key in endpoint]
        numbers = [number for value in given if (number := _integer(value)) is not None]
        if not given or len(numbers) < len(given):
            unread.append((f"endpoint {endpoint['name']}", OWN_WORDS))
        found.append((endpoint["name"], numbers))
    return found


def _identity(snapshot: Json, read: dict[int, Json]) -> tuple[str | None, str | None, str | None]:
    endpoints = snapshot["endpoints"] if isinstance(snapshot["endpoints"], list) else []
    sources = [snapshot["runtime"], *(read[number] for number in sorted(read)), *endpoints]
    arn = next((source["agentRuntimeArn"] for source in sources if "agentRuntimeArn" in source), None)
    name = next((source["agentRuntimeName"] for source in sources if "agentRuntimeName" in source), None)
    return (arn.split("/")[1] if arn else None), arn, name


def _broken(answer: Json, zone: Json) -> list[tuple[str, Any, Any]]:
    network = answer.get("networkConfiguration", {})
    config = network.get("networkModeConfig", {})
    provider = answer.get("capacityProviderConfiguration", {}).get("capacityProviderArn")
    mode = network.get("networkMode")
    placed_by_provider = mode is None and provider in zone["capacity_providers"]
    broken: list[tuple[str, Any, Any]] = []
    if mode != "VPC" and not placed_by_provider:
        broken.append(("network-mode", mode or "absent", "VPC"))
    for rule, member, approved in (
        ("subnets", "subnets", zone["subnets"]),
        ("security-groups", "securityGroups", zone["security_groups"]),
    ):
        used = config.get(member, [])
        outside = [each for each in used if each not in approved]
        if mode == "VPC" and (outside or not used):
            broken.append((rule, sorted(set(outside)), sorted(approved)))
    if provider is not None and provider not in zone["capacity_providers"]:
        broken.append(("capacity-provider", provider, sorted(zone["capacity_providers"])))
    flag = config.get("requireServiceS3Endpoint")
    if mode == "VPC" and (flag or (flag is None and _before_cut_off(answer.get("createdAt")))):
        broken.append(("service-s3-endpoint", flag or "absent", False))
    return broken


def _before_cut_off(created: object) -> bool:
    cut_off = datetime(2026, 6, 11, tzinfo=UTC)
    if isinstance(created, float):
        return created < cut_off.timestamp()
    try:
        moment = datetime.fromisoformat(str(created))
    except ValueError:
        return True
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) < cut_off


def _holds(exemption: Json, rule: str, name: str | None, arn: str | None, today: date) -> bool:
    meant = any(fnmatchcase(text, glob) for glob in exemption["runtimes"] for text in (name, arn) if text)
    return meant and rule in exemption["rules"] and today <= date.fromisoformat(exemption["expires"])
