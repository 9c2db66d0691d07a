"""Stars right below names that anybody can get names under."""

import pytest

from guardrail.core.firewall.shared_names import too_broad


@pytest.mark.parametrize(
    "pattern",
    [
        "*", "*.com", "*.co.uk", "*.com.au", "*example.com", "api.*", "*.s3.amazonaws.com",
        "*.s3.us-east-1.amazonaws.com",
        "*.amazonaws.com", "*.dkr.ecr.us-east-1.amazonaws.com", "api.ecr.*.amazonaws.com", "*.cloudfront.net",
        "*.pkg.dev", "*.workers.dev", "*.vercel.app", "*.github.io", "*.windows.net", "*.blob.core.windows.net",
        "a*.githubusercontent.com", "*.lambda-url.us-east-1.on.aws",
    ],
)  # fmt: skip
def test_strangers_are_taken_in(pattern):
    assert too_broad(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["api.example.com", "*.example.com", "a*.example.com", "*.api.example.co.uk", "amazonaws.com", "s3.amazonaws.com"],
)
def test_names_of_one_owner_are_fine(pattern):
    assert not too_broad(pattern)
