"""The few ways in which something can go wrong."""


class GuardrailError(Exception):
    """The parent of every error that this project raises on purpose; its text is one line fit for an operator."""


class InvalidInput(GuardrailError):  # noqa: N818  the name says it all
    """A document is not of the expected form. The text says where and what was expected, and never quotes the input."""

    def __init__(self, where: str, expected: str) -> None:
        super().__init__(f"{where}: expected {expected}")
        self.where = where
        self.expected = expected


class GatewayError(GuardrailError):
    """A system we depend on failed, or answered outside its contract.

    Attributes:
        operation: Service and operation, such as `bedrock-agentcore-control:GetAgentRuntime`.
        code: The service's own error code.
        retryable: Whether the same call may succeed later (throttling, 5xx, time-outs).
    """

    def __init__(self, operation: str, code: str, *, retryable: bool) -> None:
        super().__init__(f"{operation} failed: {code}")
        self.operation = operation
        self.code = code
        self.retryable = retryable
