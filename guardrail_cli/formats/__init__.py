"""The forms in which results are printed, one module each; JSON is a result's own."""

from enum import StrEnum


class VerdictFormat(StrEnum):
    """How `judge` prints a verdict."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    OCSF = "ocsf"


class Format(StrEnum):
    """How the other commands print what they found."""

    JSON = "json"
    TEXT = "text"


class PlanFormat(StrEnum):
    """How a plan is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
