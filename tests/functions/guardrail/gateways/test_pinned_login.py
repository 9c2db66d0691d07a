"""A password goes to its own controller only."""

from dataclasses import replace

import pytest

from guardrail.core.errors import InvalidInput
from guardrail.gateways.controller.hidden import Hidden
from guardrail.gateways.controller.login import FixedLogin, make_login
from guardrail.gateways.pinned_login import PinnedLogin

LOGIN = make_login("test", "https://192.0.2.1:8443", "admin", Hidden("canary"), "the secret's CA")


def test_the_login_of_the_named_controller_is_passed_on_with_the_ca_of_the_stack():
    pinned = PinnedLogin(FixedLogin(LOGIN), "https://192.0.2.1:8443", "the stack's CA")

    assert pinned.login() == pinned.fresh() == replace(LOGIN, ca_certificate="the stack's CA")


def test_without_a_ca_of_the_stack_the_secrets_own_counts():
    assert PinnedLogin(FixedLogin(LOGIN), "https://192.0.2.1:8443/", "").login() == LOGIN


@pytest.mark.parametrize("address", ["https://192.0.2.1", "https://192.0.2.2:8443"])
@pytest.mark.parametrize("read", ["login", "fresh"])
def test_a_login_of_another_controller_is_refused(address, read):
    pinned = PinnedLogin(FixedLogin(LOGIN), address, "")

    with pytest.raises(
        InvalidInput, match=r"^controller secret: expected the url of the controller that the stack names$"
    ):
        getattr(pinned, read)()


def test_an_address_that_is_none_is_refused():
    with pytest.raises(InvalidInput, match=r"^environment variable CONTROLLER: expected https://HOST"):
        PinnedLogin(FixedLogin(LOGIN), "http://192.0.2.1", "")
