"""Where an answer may go: CloudFormation's bucket of one's own Region, the lab, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.firewall.response_place import ResponsePlace

HERE = ResponsePlace("us-east-1")
BUCKET = "cloudformation-custom-resource-response-useast1"
HOST = f"{BUCKET}.s3.us-east-1.amazonaws.com"
PATH = (
    "/arn%3Aaws%3Acloudformation%3Aus-east-1%3A111122223333%3Astack/firewall/6f1f2a30%7CReconciled%7C3f9f6f0c"
    "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0a%2Fb"
)
LAB = "http://127.0.0.1:4566"


@pytest.mark.parametrize(
    ("region", "host"),
    [
        pytest.param("us-east-1", f"{BUCKET}.s3.amazonaws.com", id="without a Region"),
        pytest.param("us-east-1", HOST, id="the Region after a dot"),
        pytest.param(
            "eu-west-1",
            "cloudformation-custom-resource-response-euwest1.s3-eu-west-1.amazonaws.com",
            id="the Region after a dash",
        ),
        pytest.param(
            "us-gov-west-1",
            "cloudformation-custom-resource-response-usgovwest1.s3.us-gov-west-1.amazonaws.com",
            id="GovCloud",
        ),
        pytest.param(
            "cn-north-1", "cloudformation-custom-resource-response-cnnorth1.s3.cn-north-1.amazonaws.com.cn", id="China"
        ),
    ],
)
def test_each_form_of_cloudformations_own_bucket_is_taken(region, host):
    assert ResponsePlace(region).takes(f"https://{host}{PATH}")


HOSTILE = {
    "nothing": "",
    "no address": "None",
    "plain http": f"http://{HOST}{PATH}",
    "another scheme": f"ftp://{HOST}{PATH}",
    "no scheme": f"//{HOST}{PATH}",
    "another host": f"https://evil.example{PATH}",
    "its name as a user": f"https://{HOST}@evil.example{PATH}",
    "its name as a user with a password": f"https://{HOST}:443@evil.example{PATH}",
    "a user before it": f"https://somebody@{HOST}{PATH}",
    "an empty user": f"https://@{HOST}{PATH}",
    "its name as a label of another domain": f"https://{HOST}.evil.example{PATH}",
    "a longer name": f"https://evil{HOST}{PATH}",
    "a bucket that begins like it": f"https://{BUCKET}-evil.s3.us-east-1.amazonaws.com{PATH}",
    "a label before it": f"https://evil.{HOST}{PATH}",
    "any character for a dot": f"https://{HOST.replace('.s3.', 'xs3x')}{PATH}",
    "any character for the domain's dot": f"https://{HOST.replace('amazonaws.com', 'amazonawsxcom')}{PATH}",
    "its name in the path": f"https://evil.example/{HOST}{PATH}",
    "its name in the query": f"https://evil.example/?{HOST}{PATH}",
    "a fragment for a path": f"https://evil.example#{HOST}{PATH}",
    "a backslash for the slash": f"https://{HOST}\\@evil.example{PATH}",
    "a question mark for the slash": f"https://{HOST}?@evil.example{PATH}",
    "a hash for the slash": f"https://{HOST}#@evil.example{PATH}",
    "no slash": f"https://{HOST}",
    "a dot at the end of the host": f"https://{HOST}.{PATH}",
    "another port": f"https://{HOST}:8443{PATH}",
    "the usual port, written out": f"https://{HOST}:443{PATH}",
    "capital letters": f"https://{HOST.upper()}{PATH}",
    "another Region's bucket": f"https://{HOST.replace('us-east-1', 'eu-west-1').replace('useast1', 'euwest1')}{PATH}",
    "its bucket at another Region's endpoint": f"https://{BUCKET}.s3.eu-west-1.amazonaws.com{PATH}",
    "another bucket": f"https://evil.s3.us-east-1.amazonaws.com{PATH}",
    "the bucket in the path": f"https://s3.us-east-1.amazonaws.com/{BUCKET}{PATH}",
    "another service": f"https://{BUCKET}.execute-api.us-east-1.amazonaws.com{PATH}",
    "another partition": f"https://{HOST}.cn{PATH}",
    "the address of a machine": f"https://169.254.169.254{PATH}",
    "the same as a number": f"https://2852039166{PATH}",
    "the same for IPv6": f"https://[fd00:ec2::254]{PATH}",
    "a full-width dot": f"https://{BUCKET}\uff0es3.us-east-1.amazonaws.com{PATH}",
    "a letter that looks the same": f"https://cl\u043eud{HOST.removeprefix('cloud')}{PATH}",
    "a digit of another script": f"https://{BUCKET[:-1]}\u0661.s3.us-east-1.amazonaws.com{PATH}",
    "a host that is encoded": f"https://{HOST.replace('.s3', '%2es3')}{PATH}",
    "a space before": f" https://{HOST}{PATH}",
    "a line break after": f"https://{HOST}{PATH}\n",
    "a header in the path": f"https://{HOST}/x HTTP/1.1\r\nHost: evil.example",
    "a zero byte": f"https://{HOST}\0.evil.example{PATH}",
    "the lab's endpoint": f"{LAB}{PATH}",
}


@pytest.mark.parametrize("url", HOSTILE.values(), ids=HOSTILE)
def test_nothing_else_is_taken(url):
    assert not HERE.takes(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:45660/x",
        "http://127.0.0.1:4566@evil.example/x",
        "http://127.0.0.1:4566.evil.example/x",
        "http://127.0.0.1/x",
        "http://localhost:4566/x",
        "https://127.0.0.1:4566/x",
        "http://127x0.0.1:4566/x",
        "http://127.0.0.1:4566",
        f"https://evil.example{PATH}",
    ],
)
def test_in_the_lab_its_own_endpoint_is_taken_too_and_no_other(url):
    lab = ResponsePlace("us-east-1", LAB)

    assert lab.takes(f"{LAB}/_ministack/cfn-response/6f1f2a30")
    assert ResponsePlace("us-east-1", f"{LAB}/").takes(f"{LAB}/x")
    assert lab.takes(f"https://{HOST}{PATH}")
    assert not lab.takes(url)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=3), st.integers(0, len(f"https://{HOST}/")))
def test_no_text_put_anywhere_before_the_path_is_let_through(text, position):
    address = f"https://{HOST}/"

    changed = f"{address[:position]}{text}{address[position:]}"

    assert changed.startswith(address) or not HERE.takes(changed)
