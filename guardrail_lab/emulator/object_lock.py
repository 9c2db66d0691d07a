"""A bucket that CloudFormation makes keeps its Object Lock: ministack's provisioner drops both of its properties."""

from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from ministack.services import s3
from ministack.services.cloudformation import provisioners

from guardrail_lab.emulator.seam import replace


def install() -> None:
    """Add Object Lock to the properties that the provisioner passes on to ministack's own S3 API."""
    locked = ("ObjectLockEnabled", lambda enabled: enabled, _enable, _ignore)
    configured = ("ObjectLockConfiguration", _xml, s3._put_object_lock_configuration, _ignore)
    replace(provisioners, "_S3_BUCKET_CONFIGURATIONS", lambda entries: (*entries, locked, configured))


def _enable(bucket: str, enabled: object) -> None:
    if str(enabled).lower() == "true":
        s3._bucket_versioning[bucket] = "Enabled"
        s3._bucket_object_lock.setdefault(bucket, {"enabled": True, "default_retention": None})


def _ignore(_bucket: str) -> None:
    """Object Lock cannot be taken from a bucket."""


def _xml(configuration: dict[str, Any]) -> bytes:
    root = Element("ObjectLockConfiguration", xmlns=s3.S3_NS)
    SubElement(root, "ObjectLockEnabled").text = "Enabled"
    retention = (configuration.get("Rule") or {}).get("DefaultRetention")
    if retention:
        rule = SubElement(SubElement(root, "Rule"), "DefaultRetention")
        for name in ("Mode", "Days", "Years"):
            if name in retention:
                SubElement(rule, name).text = str(retention[name])
    return bytes(tostring(root))
