import pytest
import urllib3


@pytest.mark.parametrize(("method", "path"), [("GET", "/_lab/nothing"), ("DELETE", "/_lab/health")])
def test_the_labs_path_answers_only_what_it_knows(cloud, method, path):
    answer = urllib3.request(method, cloud.endpoint_url + path)

    assert answer.status == 404
    assert "not one of the lab's" in answer.json()["error"]
