"""The writing side: what is written is read back, and a write that knows an older version is refused."""

from datetime import timedelta

import pytest

from guardrail.core.errors import InvalidInput
from guardrail.core.switch import Scope, Suspension
from guardrail.core.switch_record import Phase, SwitchRecord
from guardrail.core.undo import Field, Undo
from guardrail.gateways.switch_board import SwitchBoardGateway
from guardrail.gateways.switches import SwitchesReader
from tests.builders import NOW
from tests.deployed import deploy
from tests.functions.guardrail.gateways.test_switches import EXEMPTION

UNDO = Undo((Field("gateway/gw", "snat", before=True, after=False, label="gw snat"),))
HELD = Suspension(Scope.INSERTION, "gw", NOW, NOW + timedelta(hours=4), "INC-1", "dana")
BACKED_OUT = SwitchRecord(Scope.INSERTION, "gw").begun(HELD, {"command": "back-out"}, NOW).at(Phase.HELD, undo=UNDO)


@pytest.fixture
def board(aws):
    deploy(aws)
    return SwitchBoardGateway(aws, "switches", lambda: NOW)


def test_what_was_written_is_what_everybody_reads(aws, board):
    written = board.write(BACKED_OUT)

    assert written.version == 1
    assert board.records() == (written,)
    assert not SwitchesReader(aws, "switches", lambda: NOW).engaged(Scope.INSERTION)

    engaged = board.write(written.engaged())
    assert engaged.version == 2
    assert SwitchesReader(aws, "switches", lambda: NOW).engaged(Scope.INSERTION)


def test_of_two_that_write_the_same_version_one_is_refused(board):
    first = board.write(BACKED_OUT)
    assert board.write(BACKED_OUT) is None

    assert board.write(first.engaged())
    assert board.write(first.at(Phase.ENDING)) is None
    assert not board.records()[0].is_backed_out


def test_an_item_that_somebody_else_wrote_is_refused(aws, board):
    item = {"kind": {"S": "switch"}, "name": {"S": "policy"}, "state": {"S": "backed-out"}, "body": {"S": "{}"}}
    aws("dynamodb").put_item(TableName="switches", Item=item)

    with pytest.raises(InvalidInput, match="nothing was changed"):
        board.records()


def test_exemptions_come_and_go(board):
    assert board.grant(EXEMPTION)
    assert not board.grant({**EXEMPTION, "owner": "somebody else"})
    assert board.exemptions() == {"EX-1": EXEMPTION}

    board.revoke("EX-1")
    board.revoke("EX-1")
    assert board.exemptions() == {}


@pytest.mark.parametrize("body", ["{", "[]"])
def test_an_exemption_of_no_known_form_is_known_by_its_id(aws, board, body):
    item = {"kind": {"S": "exemption"}, "name": {"S": "EX-0"}, "body": {"S": body}}
    aws("dynamodb").put_item(TableName="switches", Item=item)

    assert board.exemptions() == {"EX-0": {"id": "EX-0"}}
