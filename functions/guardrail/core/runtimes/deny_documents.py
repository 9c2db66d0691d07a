"""Statements spread over as few policy documents as AWS's size limits allow."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.deny_statements import Statement

ALLOW_EVERYTHING = {"Sid": "AllowEverythingElse", "Effect": "Allow", "Action": "*", "Resource": "*"}


class PolicyForm(StrEnum):
    """What the documents are made for."""

    MANAGED_POLICY = "managed-policy"
    BOUNDARY = "boundary"
    SCP = "scp"


MAX_CHARACTERS = {PolicyForm.MANAGED_POLICY: 6_144, PolicyForm.BOUNDARY: 6_144, PolicyForm.SCP: 5_120}
"""AWS's limits. IAM does not count white space and Organizations does; our documents are measured without any."""


@dataclass(frozen=True, slots=True)
class Packing:
    """How statements become documents.

    Attributes:
        form: Decides the size limit. A boundary is one document, since a role has only one, and allows all else.
        everywhere: Statements that every document repeats, so that none is harmless when it is attached alone.
    """

    form: PolicyForm
    everywhere: Sequence[Statement]

    def documents(self, statements: Iterable[Statement]) -> tuple[dict[str, Any], ...]:
        """Return the documents, statements in order. No statement, and so no list of ids, is divided.

        Raises:
            InvalidInput: A list is too long, or all together are too long for a boundary.
        """
        filled: list[list[Statement]] = [[]]
        for statement in statements:
            self._refuse_too_long(statement)
            if self._excess([*filled[-1], statement]) > 0:
                filled.append([])
            filled[-1].append(statement)
        if self.form is PolicyForm.BOUNDARY and len(filled) > 1:
            raise self._no_single_document([statement for each in filled for statement in each])
        return tuple(self._document(each) for each in filled)

    def _document(self, statements: Sequence[Statement]) -> dict[str, Any]:
        allowed = [ALLOW_EVERYTHING] if self.form is PolicyForm.BOUNDARY else []
        denied = [statement.document() for statement in (*self.everywhere, *statements)]
        return {"Version": "2012-10-17", "Statement": [*allowed, *denied]}

    def _excess(self, statements: Sequence[Statement]) -> int:
        return size(self._document(statements)) - MAX_CHARACTERS[self.form]

    def _refuse_too_long(self, statement: Statement) -> None:
        limit, excess = MAX_CHARACTERS[self.form], self._excess([statement])
        if excess > 0:
            raise InvalidInput(
                statement.subject,
                f"at most {_fitting(statement.ids, excess)}, there are {len(statement.ids)}: with them a document has "
                f"{limit + excess:,} characters, as {self.form.value} it may have {limit:,}, and one list cannot be "
                "divided. Approve fewer, or spread the agents over more accounts",
            )

    def _no_single_document(self, statements: Sequence[Statement]) -> InvalidInput:
        limit = MAX_CHARACTERS[self.form]
        return InvalidInput(
            "zones",
            f"so few ids that one document of {limit:,} characters holds them, since a role has one boundary; with "
            f"these it has {limit + self._excess(statements):,}. Approve fewer, or use managed policies",
        )


def size(document: dict[str, Any]) -> int:
    """Return a document's characters, white space between its parts left out."""
    return len(json.dumps(document, separators=(",", ":")))


def _fitting(ids: Sequence[str], excess: int) -> int:
    """Return how many of the ids may stay so that as many characters go."""
    kept = len(ids)
    while kept and excess > 0:
        kept -= 1
        excess -= len(ids[kept]) + len('"",')
    return kept
