import pytest

RULE = {"name": "r", "action": "DENY", "protocol": "TCP"}
CIDR = {"cidr": "10.0.0.0/8"}
SYSTEM = "def000ad-0000-0000-0000-000000000000"


def test_a_group_is_found_by_its_name_however_it_is_escaped(desk):
    uuid = desk.group("allowed models", CIDR)

    assert desk.rest("GET", "app-domains/name/allowed%20models")[1]["uuid"] == uuid


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_is_not_there_is_told(desk, method):
    assert desk.rest(method, "app-domains/nope", {}) == (404, {"message": "App domain not found"})


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_the_systems_groups_are_not_changed(desk, method):
    assert desk.rest(method, f"app-domains/{SYSTEM}", {"name": "x", "selector": {}})[0] == 400


def test_names_are_unique_in_the_whole_collection(desk):
    desk.group("taken", CIDR)
    status, answer = desk.rest("POST", "app-domains", {"name": "taken", "selector": {"any": []}})

    assert (status, "already exists" in answer["message"]) == (409, True)


def test_a_group_may_keep_its_name_when_it_is_replaced(desk):
    uuid = desk.group("mine", CIDR)

    assert desk.rest("PUT", f"app-domains/{uuid}", {"name": "mine", "selector": {"any": []}})[0] == 204
    assert desk.rest("GET", f"app-domains/{uuid}")[1]["selector"] == {"any": []}


@pytest.mark.parametrize("where", ["src_ads", "dst_ads", "web_filters"])
def test_a_group_counts_as_used_while_a_rule_names_it_and_for_a_while_after(desk, where):
    uuid = desk.group("used", {"snifilter": "x"} if where == "web_filters" else CIDR)
    desk.rest("PUT", "microseg/policy-list", {"policies": [{**RULE, where: [uuid]}]})
    used = desk.rest("DELETE", f"app-domains/{uuid}")
    desk.rest("PUT", "microseg/policy-list", {"policies": []})
    still = desk.rest("DELETE", f"app-domains/{uuid}")
    desk.now += desk.simulator.sim.timing.release
    after = desk.rest("DELETE", f"app-domains/{uuid}")

    assert used == still
    assert used[0] == 409
    assert used[1]["message"] == "[AVXERR-SMARTGROUP-0003] Smart Group used present in one or more dfw policies"
    assert after == (204, None)


def test_a_group_counts_as_used_by_a_ruleset_that_is_attached_nowhere(desk):
    uuid = desk.group("used", CIDR)
    desk.rest("POST", "microseg/policy-list3", {"name": "orphan", "policies": [{**RULE, "src_ads": [uuid]}]})

    assert desk.rest("DELETE", f"app-domains/{uuid}")[0] == 409
