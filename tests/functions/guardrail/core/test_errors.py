"""An error's text is one line that an operator can act on."""

from guardrail.core.errors import GatewayError, GuardrailError, InvalidInput


def test_bad_input_is_told_as_where_and_what_was_expected():
    error = InvalidInput("zone.subnets", "at least one")

    assert str(error) == "zone.subnets: expected at least one"
    assert (error.where, error.expected) == ("zone.subnets", "at least one")


def test_a_failed_system_is_told_as_the_operation_and_the_services_own_code():
    error = GatewayError("s3:PutObject", "AccessDenied", retryable=False)

    assert str(error) == "s3:PutObject failed: AccessDenied"
    assert (error.operation, error.code, error.retryable) == ("s3:PutObject", "AccessDenied", False)


def test_every_error_of_ours_can_be_caught_as_one():
    assert issubclass(InvalidInput, GuardrailError)
    assert issubclass(GatewayError, GuardrailError)
