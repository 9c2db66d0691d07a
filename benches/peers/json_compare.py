"""The script that one would write instead of a reconciler: keep what the controller had, read it again, compare."""

import json

import urllib3

LISTS = (
    "/v2.5/api/app-domains",
    "/v2.5/api/microseg/policy-list",
    "/v2.5/api/microseg/policy-list3",
    "/v2.5/api/microseg/default-action-policy",
)


class JsonCompare:
    """It knows that something has changed: not whose it is, not what to do about it."""

    def __init__(self, pool: urllib3.HTTPSConnectionPool, cid: str) -> None:
        self._pool, self._headers = pool, {"Authorization": f"cid {cid}"}
        self._kept = self._everything()

    def has_changed(self) -> bool:
        """Read everything again."""
        return self._everything() != self._kept

    def _everything(self) -> list[object]:
        return [json.loads(self._pool.request("GET", path, headers=self._headers).data) for path in LISTS]
