"""What the simulated controller says when it does not do something."""


class Refusal(Exception):  # noqa: N818  the name says it all
    """A request that is refused.

    Attributes:
        status: HTTP status, for `/v2.5/api`; all but 403 are our choice. `/v1/api` and `/v2/api` answer 200.
        text: The message or reason.
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


def invalid(text: str) -> Refusal:
    """Refuse a request that is not of the expected form."""
    return Refusal(400, f"[AVXERR-DFW-0003] {text}")


def missing(text: str) -> Refusal:
    """Refuse a request about something that is not there."""
    return Refusal(404, text)


def conflict(text: str) -> Refusal:
    """Refuse a request that something else stands in the way of."""
    return Refusal(409, text)
