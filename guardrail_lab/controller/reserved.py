"""The uuids that every controller has, and the names that stand for uuids in captured requests."""

ANYWHERE = "def000ad-0000-0000-0000-000000000000"
PUBLIC_INTERNET = "def000ad-0000-0000-0000-000000000001"
ALL_WEB = "def000ad-0000-0000-0000-000000000002"
THREATS = "def05854-4100-0000-0000-000000000000"
COUNTRIES = "def05847-4300-0000-0000-{:012d}"
TLS_PROFILE = "def000ad-6000-0000-0000-000000000001"
LOG_PROFILES = {
    "start": "def000ad-7000-0000-0000-000000000001",
    "end": "def000ad-7000-0000-0000-000000000002",
    "start/end": "def000ad-7000-0000-0000-000000000003",
}
DEFAULT_RULE = "defa11a1-0000-0000-0000-000000000000"
BEFORE_UI = "defa11a1-3000-4001-0000-000000000000"
AFTER_UI = "defa11a1-3000-4002-0000-000000000000"
AFTER_K8S = "defa11a1-3000-4003-0000-000000000000"  # our choice; the contract has no uuid for it
POST_RULES = "defa11a1-3000-5000-0000-000000000000"
K8S_LIST = "defa11a1-3000-6000-4000-000000000000"
K8S_POINT = "defa11a1-3000-6000-5000-000000000000"
V1_LIST = "defa11a1-3000-2000-0000-000000000000"  # our choice likewise
SYSTEM_LIST_PREFIX = "defa11a1-"

CAPTURED_GROUPS = {"s": "smart", "d": "smart", "w": "web"}
"""Groups that the captured requests name. They may be referred to, match nothing, and stand in no list."""
CAPTURED_POINTS = frozenset({"ap", "ap-1"})
CAPTURED_RULESETS = frozenset({"u-1"})
