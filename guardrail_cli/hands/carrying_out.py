"""What the operator's commands do: give an order to whom it is for, print the answer, sum it up as an exit code."""

from collections.abc import Mapping
from typing import Any

from guardrail.core.errors import GuardrailError, InvalidInput
from guardrail.core.order import Command
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import Format
from guardrail_cli.hands.options import Target
from guardrail_cli.hands.orders import checked
from guardrail_cli.output import write_document, write_page
from guardrail_cli.progress import calls_shown

Answer = Mapping[str, Any]


def carry_out(document: Mapping[str, Any], target: Target) -> ExitCode:
    """Give an order, print the answer, and return what it comes to.

    Raises:
        GuardrailError: It is not as expected, nobody could be given it, or it was not done.
    """
    checked(document)
    if target.function is not None and target.controller is not None:
        raise InvalidInput("--controller", "no --function beside it")
    answers = _straight(document, target) if _is_straight(document, target) else _through_functions(document, target)
    _print(answers, document, target.form)
    for name, answer in answers.items():
        if complaint := _complaint(answer):
            raise GuardrailError(f"{name}: {complaint}" if len(answers) > 1 else complaint)
    return max((_exit_code(answer) for answer in answers.values()), default=ExitCode.FINE)


def _is_straight(document: Mapping[str, Any], target: Target) -> bool:
    """A controller was named; or an undo file, which knows its controller."""
    return target.controller is not None or (target.undo_file is not None and _takes_back(document))


def _takes_back(document: Mapping[str, Any]) -> bool:
    return document["command"] in (Command.RESTORE, Command.STATUS)


def _straight(document: Mapping[str, Any], target: Target) -> dict[str, Answer]:
    from guardrail_cli.hands import direct  # the AWS SDK is not loaded on this way

    with calls_shown() as log:
        return {"controller": direct.obeyed(checked(document), target, log)}


def _through_functions(document: Mapping[str, Any], target: Target) -> dict[str, Answer]:
    from guardrail_cli.hands import deployed  # loads botocore

    with calls_shown() as log:
        return deployed.obeyed(document, checked(document), target.function, log.say)


def _print(answers: Mapping[str, Answer], order: Mapping[str, Any], form: Format) -> None:
    if form is Format.JSON and len(answers) == 1:
        write_document(next(iter(answers.values())))
    elif form is Format.JSON:
        write_document({"functions": [{"function": name, "answer": answer} for name, answer in answers.items()]})
    else:
        from guardrail_cli.formats.operation import answers_page  # loads Rich, which JSON does without

        write_page(answers_page(answers, back=order["command"] == Command.RESTORE))


def _complaint(answer: Answer) -> str | None:
    """Return why it was not done, None if it was, or if nobody wanted it done."""
    told = answer.get("failed") or answer.get("refused")
    if told:
        return str(told)
    return None if answer["done"] or answer.get("would") is not None else "it was not done"


def _exit_code(answer: Answer) -> ExitCode:
    """What is done but not proven is FOUND, and so is what a dry run would call; what was done already is FINE."""
    if answer.get("would") is not None:
        return ExitCode.FOUND if answer["would"] else ExitCode.FINE
    if "suspensions" in answer or not answer.get("calls"):
        return ExitCode.FINE
    return ExitCode.FINE if answer["proof"]["status"] == "proven" else ExitCode.FOUND
