import pytest

LIST = "microseg/policy-list3"
BEFORE, AFTER = "defa11a1-3000-4001-0000-000000000000", "defa11a1-3000-4002-0000-000000000000"
ANYWHERE = "def000ad-0000-0000-0000-000000000000"
K8S = "defa11a1-3000-6000-4000-000000000000"
RULE = {"name": "r", "action": "PERMIT", "src_ads": [ANYWHERE], "dst_ads": [ANYWHERE], "protocol": "TCP"}


def make(desk, **members):
    return desk.rest("POST", LIST, {"name": "mine", "policies": [], **members})


def test_the_systems_tree_is_there(desk):
    names = {item["name"] for item in desk.rest("GET", LIST)[1]["dcf_policies"]}

    assert {"V1 Policy List", "K8s Policy List", "POST_RULES"} <= names


def test_the_v1_list_is_one_of_the_rulesets(desk):
    desk.rest("PUT", "microseg/policy-list", {"policies": [RULE]})
    v1 = next(item for item in desk.rest("GET", LIST)[1]["dcf_policies"] if item["name"] == "V1 Policy List")

    assert [rule["name"] for rule in v1["policies"]] == ["r"]
    assert desk.rest("PUT", f"{LIST}/{v1['uuid']}", {"name": "V1 Policy List", "policies": []})[0] == 400


def test_one_object_is_attached_to_one_point(desk):
    first = make(desk, attach_to=BEFORE)
    second = make(desk, attach_to=BEFORE)
    other = make(desk, attach_to=AFTER)
    desk.rest("DELETE", f"{LIST}/{first[1]['uuid']}")
    third = make(desk, attach_to=BEFORE)

    assert [first[0], second[0], other[0], third[0]] == [201, 409, 201, 201]
    assert second[1]["message"].startswith("[AVXERR-DFW-0043]")


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"attach_to": "nowhere"}, {"policies": [RULE, RULE]}, {"policies": "x"}, {"sub_policies": []},
     {"sub_policies": [{"name": "x"}]}, {"sub_policies": [{"list": "nope"}]}, {"sub_policies": [{"list": ["x"]}]},
     {"sub_policies": [{"attachment_point": "x"}]}, {"sub_policies": [{"list": "u-1", "block": "u-1"}]}],
)  # fmt: skip
def test_what_is_wrong_is_refused(desk, wrong):
    assert make(desk, **wrong)[0] == 400


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_is_not_there_is_told(desk, method):
    status, answer = desk.rest(method, f"{LIST}/nope", {"name": "x"})

    assert (status, answer["message"]) == (404, "[AVXERR-DFW-0025] policy list nope does not exist")


def test_the_systems_own_is_emptied_but_not_deleted(desk):
    assert desk.rest("DELETE", f"{LIST}/{K8S}")[0] == 400
    assert desk.rest("PUT", f"{LIST}/{K8S}", {"name": "K8s Policy List", "policies": []})[0] == 204


def test_a_group_names_rulesets_and_makes_attachment_points(desk):
    part = make(desk)[1]["uuid"]
    parts = [{"name": "p", "list": part}, {"name": "q", "attachment_point": {"name": "MINE"}}]
    group = desk.rest("POST", LIST, {"name": "group", "sub_policies": parts})[1]["uuid"]
    point = desk.rest("GET", "microseg/attachment-points?name=MINE")[1]

    assert [item["name"] for item in point] == ["MINE"]
    assert make(desk, attach_to=point[0]["attachment_point_id"])[0] == 201
    assert desk.rest("DELETE", f"{LIST}/{part}")[0] == 409
    assert desk.rest("DELETE", f"{LIST}/{group}")[0] == 204


@pytest.mark.parametrize(("release", "right"), [("8.2", False), ("9.0", True), ("10.1", True)])
def test_release_8_2_tells_wrong_ids_of_the_fixed_points(desk_of, release, right):
    point = desk_of(release).rest("GET", "microseg/attachment-points?name=TERRAFORM_BEFORE_UI_MANAGED")[1][0]

    assert (point["attachment_point_id"] == BEFORE) is right


@pytest.mark.parametrize(("release", "number"), [("9.0", 0), ("10.1", 1)])
def test_a_point_after_k8s_came_with_10_1(desk_of, release, number):
    assert len(desk_of(release).rest("GET", "microseg/attachment-points?name=TERRAFORM_AFTER_K8S_MANAGED")[1]) == number


@pytest.mark.parametrize("path", [LIST, "microseg/attachment-points", "dcf/log-profile", "dcf/tls-profile"])
def test_8_1_has_no_rulesets(desk_of, path):
    assert desk_of("8.1").rest("GET", path)[0] == 404
