import pytest

from guardrail.core.errors import InvalidInput
from guardrail.gateways.controller.hidden import Hidden
from guardrail.gateways.controller.login import FixedLogin, Login, make_login, read_login

SECRET = {"url": "https://controller.example", "username": "admin", "password": "canary"}


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("https://controller.example", "controller.example", 443),
        ("https://controller.example/", "controller.example", 443),
        ("https://192.0.2.1:8443", "192.0.2.1", 8443),
        ("https://[2001:db8::1]:8443", "2001:db8::1", 8443),
        ("HTTPS://Controller.Example", "controller.example", 443),
    ],
)
def test_an_https_address_is_host_and_port(address, host, port):
    login = make_login("--controller", address, "admin", Hidden("pw"))

    assert (login.host, login.port) == (host, port)


@pytest.mark.parametrize(
    "address",
    [
        "http://controller.example",
        "controller.example",
        "",
        "https://",
        "https://admin:pw@controller.example",
        "https://controller.example/v2/api",
        "https://controller.example?x=1",
        "https://controller.example#x",
        "https://controller.example:99999",
        "https://[::1",
        "https://contr oller.example",
        "https://controller.example\r\nX: y",
        "file:///etc/passwd",
    ],
)
def test_any_other_address_is_refused(address):
    with pytest.raises(InvalidInput, match=r"^--controller: expected https://HOST or https://HOST:PORT"):
        make_login("--controller", address, "admin", Hidden("pw"))


@pytest.mark.parametrize(("user", "password"), [("", "pw"), ("admin", "")])
def test_a_user_and_a_password_are_needed(user, password):
    with pytest.raises(InvalidInput, match="a user name and a password"):
        make_login("test", "https://controller.example", user, Hidden(password))


def test_a_secret_holds_a_login():
    assert read_login("secret", SECRET | {"ca_certificate": "PEM"}) == Login(
        "controller.example", 443, "admin", Hidden("canary"), "PEM"
    )


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (None, "an object"),
        ([], "an object"),
        (SECRET | {"password": 5}, "a text each"),
        (SECRET | {"ca_certificate": None}, "a text each"),
        (SECRET | {"password": ""}, "a user name and a password"),
        ({"url": SECRET["url"]}, "a user name and a password"),
        (SECRET | {"url": "http://controller.example"}, "https://HOST"),
    ],
)
def test_a_secret_that_holds_something_else_is_an_error_that_does_not_quote_it(document, expected):
    error = read_login("controller secret", document)

    assert isinstance(error, InvalidInput)
    assert str(error).startswith(f"controller secret: expected {expected}")
    assert "canary" not in str(error)
    assert error.__context__ is None


def test_a_login_does_not_show_its_password():
    assert "canary" not in repr(FixedLogin(read_login("secret", SECRET)))
