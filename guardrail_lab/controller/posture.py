"""What holds for the whole controller: default action, feature flags, profiles, clusters, its own whereabouts."""

from typing import Any

from guardrail_lab.controller.refusal import Refusal, conflict, invalid, missing
from guardrail_lab.controller.reserved import LOG_PROFILES
from guardrail_lab.controller.simulation import Simulation
from guardrail_lab.controller.world import Document


def default_action(sim: Simulation) -> Document:
    """Return the default action, always with its three keys."""
    return dict(sim.world.default_action)


def set_default_action(sim: Simulation, document: Any) -> None:
    """Set the default action."""
    given = document if isinstance(document, dict) else {}
    logging, profile = given.get("logging", False), given.get("log_profile") or ""
    if given.get("action") not in ("PERMIT", "DENY"):
        raise invalid("action must be PERMIT or DENY")
    if not isinstance(logging, bool) or profile not in ("", *LOG_PROFILES.values()):
        raise invalid("logging must be true or false, log_profile a log profile")
    sim.world.default_action = {"action": given["action"], "logging": logging, "log_profile": profile}
    sim.changed()


def log_profiles(_: Simulation, name: str | None) -> Document:
    """Return one log profile; without a name the one that is the default."""
    uuid = LOG_PROFILES.get(name or "start")
    if uuid is None:
        raise missing("log profile not found")
    chosen = (name or "start").split("/")
    return {
        "profile_name": name or "start",
        "profile_id": uuid,
        "session_start": "start" in chosen,
        "session_end": "end" in chosen,
    }


def tls_profiles(sim: Simulation) -> Document:
    """Return all TLS profiles."""
    return {"profiles": list(sim.world.tls_profiles.values())}


def tls_profile(sim: Simulation, uuid: str) -> Document:
    """Return one TLS profile."""
    if uuid not in sim.world.tls_profiles:
        raise missing("TLS profile not found")
    return sim.world.tls_profiles[uuid]


def metadata(_: Simulation) -> Document:
    """Return where the controller itself runs."""
    return {
        "region": "us-east-2",
        "vpc_id": "vpc-0c0ffee0000000001",
        "instance_id": "i-0c0ffee0000000001",
        "cloud_type": "1",
    }


def create_cluster(sim: Simulation, document: Any) -> Document:
    """Take a Kubernetes cluster on."""
    cluster_id = document.get("cluster_id") if isinstance(document, dict) else None
    if not isinstance(cluster_id, str) or not isinstance(document.get("credential"), dict):
        raise Refusal(400, "invalid content")
    if any(cluster["cluster_id"] == cluster_id for cluster in sim.world.clusters.values()):
        raise conflict("cluster already exists")
    uuid = sim.new_uuid()
    sim.world.clusters[uuid] = {**document, "id": uuid}
    sim.changed()
    return {"id": uuid}


def clusters(sim: Simulation) -> list[Document]:
    """Return the clusters, without their credentials."""
    return [
        {key: value for key, value in cluster.items() if key != "credential"} for cluster in sim.world.clusters.values()
    ]


def feature(sim: Simulation, name: str) -> Document:
    """Return one feature flag."""
    return {"feature": name, "enabled": sim.world.features[_known(sim, name)]}


def features(sim: Simulation) -> list[Document]:
    """Return all feature flags."""
    return [{"feature": name, "enabled": enabled} for name, enabled in sim.world.features.items()]


def set_feature(sim: Simulation, name: str, *, enabled: bool) -> str:
    """Turn a feature on or off. DCF cannot be turned off while there are rules."""
    if _known(sim, name) == "microseg" and not enabled and any(sim.all_rules()):
        raise conflict("[AVXERR-DFW-0008] Distributed Cloud Firewall cannot be disabled while policies exist")
    sim.world.features[name] = enabled
    sim.changed()
    return f"{name} is {'enabled' if enabled else 'disabled'}"


def reboot(sim: Simulation) -> None:
    """Reset the feature flags to what they are at boot, as real controllers were seen to do."""
    sim.world.features = dict(sim.world.boot_features)
    sim.changed()


def _known(sim: Simulation, name: str) -> str:
    if name not in sim.world.features:
        names = ", ".join(sim.world.features)
        raise Refusal(400, f"invalid feature name: {name}. Valid feature names are: {names}")
    return name
