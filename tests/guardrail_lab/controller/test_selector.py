import pytest

from guardrail_lab.controller.refusal import Refusal
from guardrail_lab.controller.release import Release
from guardrail_lab.controller.selector import kept_selector, kind_of

NEW = Release(9, 0)


def selector(*expressions):
    return {"any": [{"all": expression} for expression in expressions]}


@pytest.mark.parametrize(
    "expression",
    [
        {"cidr": "10.0.0.0/8"},
        {"cidr": "10.0.0.1"},
        {"fqdn": "api.github.com"},
        {"site": "s"},
        {"s2c": "remote"},
        {"external": "geo", "country_iso_code": "FR"},
        {"external": "threatiq", "type": "ciarmy", "severity": "major"},
        {"type": "subnet", "res_id": "subnet-1", "tags.env": "prod"},
        {"type": "k8s", "k8s_cluster_id": "c", "k8s_namespace": "n", "k8s_pod": "p"},
        {"type": "k8s_node", "k8s_cluster_id": "c"},
        {"snifilter": "*"},
        {"snifilter": "a*.b.c"},
        {"urlfilter": "https://x.example/*/y"},
    ],
)
def test_what_a_group_may_be_made_of(expression):
    assert kept_selector(selector(expression), NEW) == selector(expression)


@pytest.mark.parametrize("document", [{"any": None}, {"any": []}, {}])
def test_a_group_may_be_of_nothing(document):
    assert kept_selector(document, NEW) == {"any": []}


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (None, "must be a list"),
        ({"any": {}}, "must be a list"),
        ({"any": ["x"]}, "list of"),
        (selector({}), "must have a key"),
        (selector({"cidr": 5}), "list of"),
        (selector({"cidr": "ten"}), "network or an address"),
        (selector({"cidr": "10.0.0.0/8", "type": "vm"}), "cannot be combined"),
        (selector({"res_id": "subnet-1"}), "type is required"),
        (selector({"type": "planet"}), "type must be one of"),
        (selector({"snifilter": "a"}, {"urlfilter": "b/c"}), "never both"),
        (selector({"snifilter": "a", "urlfilter": "b/c"}), "never both"),
        (selector({"snifilter": "a"}, {"cidr": "10.0.0.0/8"}), "nothing but"),
        (selector({"snifilter": "a**"}), "no '\\*\\*'"),
        (selector({"snifilter": "a/b"}), "letters, digits"),
        (selector({"type": "k8s", "k8s_pod": "p"}), "^invalid selector combination for k8s resource type$"),
        (selector({"type": "k8s_node", "k8s_namespace": "n"}), r"invalid keys \['k8s_namespace'\]"),
        (selector({"type": "k8s", "k8s_namespace": "N!"}), "Kubernetes name"),
    ],
)
def test_what_it_may_not(document, text):
    with pytest.raises(Refusal, match=text) as refused:
        kept_selector(document, NEW)

    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ({"snifilter": "x"}, "web"),
        ({"urlfilter": "x/y"}, "web"),
        ({"external": "geo"}, "geo"),
        ({"external": "threatiq"}, "threat"),
        ({"cidr": "10.0.0.0/8"}, "smart"),
    ],
)
def test_the_kind_of_a_group_follows_from_its_keys(expression, kind):
    assert kind_of({"selector": selector(expression)}) == kind
