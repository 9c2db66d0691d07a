"""The deployed function, called as Lambda and its schedules call it: real clients, a simulated controller."""

import json

import pytest

from back_out.handler import logger
from guardrail.core.switch import Scope
from guardrail.core.switch_record import Phase
from guardrail.gateways.switch_board import SwitchBoardGateway
from guardrail.gateways.switches import SwitchesReader
from guardrail_lab.controller.faults import Fault, Kind
from tests.back_out_function import ARN, ROLE
from tests.builders import NOW
from tests.controller_lab import PASSWORD
from tests.deployed import log_lines

SIGNED = f"{ARN}:signed"


@pytest.fixture
def log():
    yield from log_lines(logger)


def switches(function):
    return SwitchesReader(function.deployed.clients, "switches", lambda: NOW)


def test_insertion_is_backed_out_proven_from_ec2_and_comes_back(function, log):
    assert function.default_route() == {"InstanceId": function.network.instance}

    answer = function.invoke("insertion")

    assert answer["done"]
    assert answer["calls"] == 3
    assert answer["proof"]["status"] == "proven"
    assert answer["proof"]["routes"][0]["target"] == function.network.nat
    assert answer["before"]["causes"] == ["source-nat"]
    assert answer["before"]["original_default_route"] == [function.network.nat]
    assert answer["before"]["warning"] is None
    assert answer["after"]["snat"] is False
    assert answer["caller"] is None
    assert not function.snat()
    assert function.default_route() == {"NatGatewayId": function.network.nat}
    assert not switches(function).engaged(Scope.INSERTION)

    back = function.invoke("restore")

    assert back["done"]
    assert back["proof"]["status"] == "proven"
    assert function.default_route() == {"InstanceId": function.network.instance}
    assert switches(function).engaged(Scope.INSERTION)
    assert not function.schedules()


def test_the_same_again_calls_nothing_and_answers_the_same(function, log):
    first = function.invoke("insertion")

    again = function.invoke("insertion")

    kept = ("done", "before", "after", "until", "undo", "proof")
    assert {key: again[key] for key in kept} == {key: first[key] for key in kept}
    assert again["calls"] == 0


@pytest.mark.parametrize("event", ["insertion", "policy", "watch"])
def test_who_takes_over_after_the_change_answers_what_the_first_would_have_answered(function, log, event):
    first = function.invoke(event)
    died_after_the_change(function)

    took_over = function.invoke(event)

    kept = ("done", "before", "after", "until", "undo", "proof")
    assert {key: took_over[key] for key in kept} == {key: first[key] for key in kept}
    assert first["proof"].get("effects") or event == "insertion"


def died_after_the_change(function):
    """Make the switch what it is when the function dies right after the call that changed the controller."""
    clients, clock = function.deployed.clients, lambda: NOW
    board = SwitchBoardGateway(clients, "switches", clock)
    [record] = [each for each in board.records() if each.is_backed_out]
    assert board.write(record.at(Phase.BEGUN, NOW, result={"before": record.before}))


def test_policy_lets_our_sources_out_by_one_put_and_says_what_that_means(function, log):
    before = function.lab.client().policies.read()
    function.lab.requests.clear()

    answer = function.invoke("policy")

    puts = [request for request in function.lab.requests if request.method == "PUT"]
    assert len(puts) == 1
    assert answer["done"]
    assert answer["after"]["rules"] == {
        "agentcore-28-deny-known-exfil": "MONITOR",
        "agentcore-30-allow-models": "ENFORCE",
        "agentcore-99-back-out-permit": "ENFORCE",
        "agentcore-100-default-deny": "MONITOR",
    }
    assert "catbox.moe: was DENY by 100-default-deny, now PERMIT by 99-back-out-permit" in answer["proof"]["effects"]

    assert function.invoke({"command": "restore"})["done"]
    assert function.lab.client().policies.read() == before


def test_watch_says_who_would_have_denied(function, log):
    answer = function.invoke("watch")

    expected = "catbox.moe: was DENY by 100-default-deny, now PERMIT by default-action, logged as would-deny"
    assert expected in answer["proof"]["effects"]
    assert answer["after"]["rules"]["agentcore-100-default-deny"] == "MONITOR"
    assert answer["after"]["rules"]["agentcore-28-deny-known-exfil"] == "ENFORCE"


def test_the_response_is_suspended_without_a_controller(function, log):
    answer = function.invoke("response")

    assert answer["done"]
    assert answer["calls"] == 0
    assert not function.lab.requests
    assert not switches(function).engaged(Scope.RESPONSE)
    assert switches(function).engaged(Scope.POLICY)


def test_the_end_is_a_schedule_that_calls_the_function_back(function, log):
    answer = function.invoke("insertion")

    ends = {name.split("-")[0]: each for name, each in function.schedules().items()}
    assert set(ends) == {"end", "remind"}
    assert ends["end"]["ScheduleExpression"] == f"at({answer['until'][:19]})"
    assert ends["end"]["Target"]["Arn"] == ARN
    assert ends["end"]["Target"]["RoleArn"] == ROLE
    assert ends["end"]["ActionAfterCompletion"] == "DELETE"

    ended = function.invoke(json.loads(ends["end"]["Target"]["Input"]))

    assert ended["done"]
    assert function.snat()
    assert not function.schedules()


def test_a_schedule_of_an_earlier_suspension_ends_no_later_one(function, log):
    function.invoke("insertion")

    assert function.invoke("end")["notes"] == ["that is over already"]
    assert not function.snat()
    assert function.invoke("remind")["done"]


def test_people_are_told_and_a_claim_is_called_a_claim(function, log):
    function.invoke("insertion")
    function.invoke("restore")

    out, back = function.deployed.mails()
    assert "claims to be dana (CloudTrail knows)" in out
    assert "INC-4711" in out
    assert "is back in force" in back


def test_what_was_there_before_is_recorded_before_it_is_changed(function, log):
    function.invoke("insertion")

    records = {key: json.loads(text) for key, text in function.deployed.evidence().items()}
    events = {record["event"]: record for record in records.values()}
    assert set(events) == {"begun", "held"}
    assert events["begun"]["before"]["snat"] is True
    assert events["begun"]["would"] == [{"method": "POST", "action": "disable_snat"}]
    assert events["begun"]["claimed_by"] == "dana"
    assert events["held"]["after"]["snat"] is False


def test_the_status_names_what_is_suspended_and_what_fights_it(function, log):
    function.invoke("insertion")
    function.lab.client().insertion.enable_snat("agentcore-vca-agentcore-spoke")

    (found,) = function.invoke("status")["suspensions"]

    assert found["scope"] == "insertion"
    assert found["claimed_by"] == "dana"
    assert found["fights"] == ["agentcore-vca-agentcore-spoke snat is no longer as the back-out left it"]


def test_an_exemption_is_granted_listed_and_revoked(function, log):
    assert function.invoke("exempt")["done"]
    (found,) = switches(function).exemptions().valid
    assert (found.id, found.owner, found.ticket) == ("EX-17", "payments", "SEC-1734")
    assert [each["id"] for each in function.invoke("status")["exemptions"]] == ["EX-17"]

    assert function.invoke("revoke")["done"]
    assert not switches(function).exemptions().valid
    assert [json.loads(text)["event"] for text in function.deployed.evidence().values()] == ["granted", "revoked"]
    assert len(function.deployed.mails()) == 2


def test_an_exemption_of_no_known_form_is_listed_and_can_be_revoked(function, log):
    item = {"kind": "exemption", "name": "EX-17", "body": "{}"}
    table = function.deployed.clients("dynamodb")
    table.put_item(TableName="switches", Item={name: {"S": text} for name, text in item.items()})

    assert function.invoke("status")["exemptions"] == [{"id": "EX-17"}]
    assert function.invoke("revoke")["done"]
    assert function.invoke("status")["exemptions"] == []


@pytest.mark.parametrize("event", ["exempt", "revoke"])
def test_whoever_breaks_the_glass_backs_out_and_touches_no_exemption(function, log, event):
    answer = function.invoke(event, f"{ARN}:break-glass")

    assert answer["refused"].startswith(f"{event}: exemptions are for operators")
    assert not function.deployed.evidence()
    assert function.invoke("insertion", f"{ARN}:break-glass")["done"]


def test_the_regular_check_has_nothing_to_do(function, log):
    assert function.invoke("settle")["settled"] == {}


def test_the_regular_check_fails_while_a_switch_cannot_be_read_for_no_suspension_ends_then(function, log):
    item = {"kind": "switch", "name": "response", "state": "backed-out", "body": "{}"}
    table = function.deployed.clients("dynamodb")
    table.put_item(TableName="switches", Item={name: {"S": text} for name, text in item.items()})

    with pytest.raises(RuntimeError, match="could not settle everything"):
        function.invoke("settle")


def test_only_through_the_signed_alias_does_a_caller_count(function, log):
    assert function.invoke("signed_url", SIGNED)["caller"] == "arn:aws:sts::111122223333:assumed-role/OnCall/dana"
    assert function.invoke("signed_url")["caller"] is None


def test_a_body_that_is_no_json_is_refused(function, log):
    answer = function.invoke({"requestContext": {}, "body": "{", "isBase64Encoded": False})

    assert answer["refused"].startswith("command: expected")
    assert not answer["done"]


def test_rule_5_2_leaves_it_backed_out_and_says_so(function, log):
    function.invoke("insertion")
    world = function.lab.simulator.sim.world
    world.gateways["agentcore-vca-transit"]["advertises_default"] = True
    world.gateways["agentcore-vca-agentcore-spoke"]["transit"] = "agentcore-vca-transit"
    world.vpcs[function.network.vpc]["route_tables"][function.network.runtime_table]["own"] = None

    answer = function.invoke("restore")

    assert not answer["done"]
    assert "AVXERR-NAT-0001" in answer["failed"]
    assert not switches(function).engaged(Scope.INSERTION)


def test_an_answer_that_was_lost_is_looked_for_and_not_asked_for_again(function, log):
    function.lab.simulator.faults.add(Fault(Kind.LOSE, only="disable_snat"))

    answer = function.invoke("insertion")

    assert answer["done"]
    assert sum(call.get("action") == "disable_snat" for call in function.lab.simulator.calls) == 1


def test_without_a_nat_gateway_it_says_that_there_is_nothing_to_return_to(function, log):
    function.deployed.clients("ec2").delete_nat_gateway(NatGatewayId=function.network.nat)
    world = function.lab.simulator.sim.world
    world.vpcs[function.network.vpc]["route_tables"][function.network.runtime_table]["own"] = None

    rehearsed = function.invoke({"command": "back-out", "reason": "x", "dry_run": True})
    answer = function.invoke("insertion")

    assert rehearsed["would"] == [{"method": "POST", "action": "disable_snat"}]
    assert "no NAT gateway" in answer["before"]["warning"]
    assert answer["proof"]["status"] == "wrong"
    assert "no way to the internet" in " ".join(answer["notes"])


def test_a_dry_run_changes_nothing_anywhere(function, log):
    answer = function.invoke({"command": "back-out", "scope": "all", "reason": "x", "dry_run": True})

    assert len(answer["would"]) == 2
    assert function.snat()
    assert not function.deployed.clients("dynamodb").scan(TableName="switches")["Items"]
    assert not function.deployed.evidence()


def test_no_secret_is_in_logs_answers_mails_or_evidence(function, log):
    answers = [function.invoke(name) for name in ("insertion", "policy", "status", "restore")]

    everything = json.dumps([answers, log(), function.deployed.mails(), function.deployed.evidence()])
    assert PASSWORD not in everything
    assert "BEGIN CERTIFICATE" not in everything
    cids = {request.headers.get("authorization", "").removeprefix("cid ") for request in function.lab.requests} - {""}
    assert cids
    assert not [cid for cid in cids if cid in everything]


def test_the_log_line_has_the_same_keys_everywhere(function, log):
    function.invoke("insertion")
    function.invoke("status")
    function.invoke({"command": "nonsense"})

    kept = {"command", "done", "calls", "until", "caller", "refused", "failed", "notes", "proof"}
    assert all(kept <= line.keys() for line in log())
    assert [line["command"] for line in log()] == ["back-out", "status", "unknown"]
