"""Straight at a controller: back out, watch, restore, without AWS. Nothing ends it but `restore`."""

from collections.abc import Callable
from typing import Any

from guardrail.core.errors import GuardrailError, InvalidInput
from guardrail.core.order import Command, Order
from guardrail.gateways.back_out import BackOutGateway
from guardrail.gateways.controller.call import Call
from guardrail.gateways.controller.client import Controller
from guardrail_cli.hands.controller_hands import Hands
from guardrail_cli.hands.options import UNDO_FILE, Target
from guardrail_cli.hands.undo_file import read_undo_file
from guardrail_cli.progress import CallLog


def obeyed(order: Order, target: Target, log: CallLog) -> dict[str, Any]:
    """Do what is ordered straight at a controller, and return the answer as the function gives it.

    Raises:
        GuardrailError: The order is not for a controller, or the undo file not for this order.
    """
    hands = _hands(target, log)
    match order.command:
        case Command.RESTORE:
            return hands.restore(order)
        case Command.WATCH | Command.BACK_OUT:
            return hands.change(order, target)
        case Command.STATUS:
            return hands.status(target)
        case _:
            raise InvalidInput("--controller", "no exemption beside it: a controller knows of none")


def _hands(target: Target, log: CallLog) -> Hands:
    path = target.undo_file or UNDO_FILE
    kept = None if target.controller else read_undo_file(path)
    if target.controller is None and kept is None:
        raise GuardrailError(f"{path}: expected an undo file, or --controller")
    reach = target.reach(target.controller or (kept.url if kept else ""))

    def connect(watcher: Callable[[Call], None]) -> Controller:
        def both(call: Call) -> None:
            log(call)
            watcher(call)

        return reach.client(both)

    return Hands(reach, path, BackOutGateway(connect))
