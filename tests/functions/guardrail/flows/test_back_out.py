"""Backing out, step by step: the switch first, one change, a proof, a record, an end; and what is refused."""

import json
from contextlib import suppress

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.firewall.routes import DefaultRoute, Way
from guardrail.core.switch import Scope
from tests.back_out_cloud import SPOKE, SUBNET, Killed, Trouble, back_out, cloud
from tests.functions.guardrail.gateways.test_switches import EXEMPTION

AT_SPOKE = Way((DefaultRoute(SUBNET, "rtb-1", "i-spoke", "active", at_spoke=True),), ("nat-1",))
TRANSIT = {"snat": False, "snat_target": "", "transit": "transit-gw"}


def calls_of(found, command):
    trouble = Trouble()
    answer = found.order(command, trouble)
    return answer, trouble.calls


@pytest.mark.parametrize("scope", ["insertion", "policy"])
def test_the_switch_is_written_before_the_controller_is_called_at_all(scope):
    _, calls = calls_of(cloud(), back_out(scope))

    first = next(call for call in calls if call.startswith("controller."))
    assert calls.index("switches.write") < calls.index(first)


def test_what_takes_it_back_and_the_record_are_written_before_the_change():
    _, calls = calls_of(cloud(), back_out())

    before = calls[: calls.index("controller.turn")]
    assert before.count("switches.write") == 2
    assert before.count("evidence.append") == 1


def test_the_switch_is_engaged_again_only_when_everything_is_back():
    found = cloud()
    found.order(back_out())
    _, calls = calls_of(found, {"command": "restore"})

    after = calls[calls.index("controller.turn") :]
    assert after.index("controller.spoke") < after.index("switches.write")


def test_a_back_out_is_three_calls_of_the_controller():
    assert cloud().order(back_out())["calls"] == 3


def test_a_bucket_that_refuses_does_not_keep_anybody_from_backing_out():
    found = cloud()
    calls = calls_of(cloud(), back_out())[1]

    answer = found.order(back_out(), Trouble(calls.index("evidence.append")))

    assert answer["done"]
    assert "evidence was not written" in answer["notes"][0]
    assert "evidence was not written" in found.announcements.told[0].message()


@pytest.mark.parametrize("port", ["calendar.put", "announcements.tell", "routes.look"])
def test_whatever_else_fails_the_back_out_is_done_and_says_what_failed(port):
    found = cloud()
    calls = calls_of(cloud(), back_out())[1]

    answer = found.order(back_out(), Trouble(calls.index(port)))

    assert answer["done"]
    assert not found.controller.spokes[SPOKE].snat
    assert answer["notes"] or answer["before"]["warning"]


def test_an_end_without_a_schedule_comes_with_the_regular_check():
    found = cloud()
    found.order(back_out(**{"for": "1h"}))
    found.calendar.kept.clear()

    found.pass_time(hours=0.9)
    assert not found.controller.spokes[SPOKE].snat
    found.pass_time(hours=0.3)
    assert found.controller.spokes[SPOKE].snat


def test_people_are_reminded_once_before_the_end():
    found = cloud()
    found.order(back_out(**{"for": "4h"}))
    found.pass_time(hours=3.9)

    titles = [each.subject() for each in found.announcements.told]
    assert sum("ends soon" in title for title in titles) == 1


def test_the_routes_are_looked_at_until_they_follow():
    found = cloud()
    found.routes.said = [AT_SPOKE, AT_SPOKE, AT_SPOKE]

    answer = found.order(back_out())

    assert answer["proof"]["status"] == "proven"
    assert not found.routes.said


def test_routes_that_do_not_follow_within_a_minute_are_called_wrong():
    found = cloud()
    found.routes.said = [AT_SPOKE] * 100
    began = found.now

    answer = found.order(back_out())

    assert answer["proof"]["status"] == "wrong"
    assert "the route tables do not show it" in answer["notes"]
    assert 60 <= (found.now - began).total_seconds() < 65


def test_routes_that_cannot_be_read_prove_nothing():
    found = cloud()
    found.routes.said = [Way(), Way()]

    answer = found.order(back_out())

    assert answer["proof"] == {"status": "accepted", "routes": [], "effects": []}


def test_something_else_is_not_put_over_what_is_in_force():
    found = cloud()
    found.order(back_out("policy"))

    answer = found.order({"command": "watch", "reason": "x"})

    assert answer["refused"].startswith("policy: something else is in force until")
    assert len(found.controller.changes) == 1


def test_asked_again_after_its_time_it_goes_on_for_another_time_without_a_call_that_changes():
    found = cloud()
    first = found.order(back_out(**{"for": "1h"}))
    found.wait(3700)

    again = found.order(back_out(**{"for": "1h"}))

    assert again["until"] > first["until"]
    assert found.controller.changes == ["disable_snat"]
    found.pass_time(hours=1.2)
    assert found.controller.spokes[SPOKE].snat


SHOWN = ("before", "after", "undo")
RULE = {"command": "watch", "rules": ["100-default-deny"], "reason": "x"}
HELD = pytest.mark.parametrize(
    "command",
    [back_out(), back_out("policy"), back_out("response"), RULE],
    ids=["insertion", "policy", "response", "watch"],
)


def shown(answer):
    return {member: answer[member] for member in SHOWN}


@HELD
def test_whoever_asks_again_is_shown_what_the_first_one_was_shown(command):
    found = cloud()
    first, again = found.order(command), found.order(command)

    assert {**shown(again), "proof": again["proof"]} == {**shown(first), "proof": first["proof"]}
    assert again["notes"] == ["done already"]


@HELD
@pytest.mark.parametrize("kind", ["kill-before", "kill-after", "error-before", "error-after"])
def test_whoever_takes_over_from_a_call_that_died_is_shown_what_that_one_would_have_shown(command, kind):
    """Whether it died before the change or after it; a proof that died with it is not made up."""
    undisturbed, calls = calls_of(cloud(), command)
    assert {} != undisturbed["after"] != undisturbed["before"] != {}
    for at in range(len(calls)):
        found, first = cloud(), {"done": False}
        with suppress(Killed):
            first = found.order(command, Trouble(at, kind))
        found.wait(76)
        expected = first if first["done"] else undisturbed

        again = found.order(command)

        assert shown(again) == shown(expected), calls[at]
        assert again["proof"] in (expected["proof"], unseen(command)), calls[at]
        assert len(found.controller.changes) <= 1


def unseen(command):
    """The proof of what was read back from the controller, and from nowhere else."""
    return {"status": "accepted" if command.get("scope") == "insertion" else "proven", "routes": []}


@HELD
def test_whoever_takes_over_from_a_call_that_is_slow_is_shown_what_that_one_would_have_shown(command):
    undisturbed, calls = calls_of(cloud(), command)
    for at in range(calls.index("switches.write") + 1, len(calls)):
        found, others = cloud(), []

        def slow(index, found=found, others=others, at=at):
            if index == at:
                found.wait(76)
                others.append(found.order(command))

        found.order(command, Trouble(between=slow))

        assert [shown(other) for other in others] == [shown(undisturbed)], calls[at]
        assert found.order(command)["done"]
        assert len(set(found.controller.changes)) <= 1, "the same call twice does no harm"


def test_a_proof_of_an_earlier_time_is_not_taken_for_one_of_now():
    found = cloud()
    first = found.order(back_out(**{"for": "1h"}))
    found.wait(3700)
    with suppress(Killed):
        found.order(back_out(), Trouble(calls_of(cloud(), back_out())[1].index("calendar.put"), "kill-before"))
    found.wait(76)

    again = found.order(back_out())

    assert shown(again) == shown(first)
    assert (first["proof"]["status"], again["proof"]) == ("proven", unseen(back_out()))


@pytest.mark.parametrize("dry_run", [False, True])
def test_what_is_in_force_is_named_to_whoever_asks_for_something_else(dry_run):
    found = cloud()
    found.order(RULE)

    answer = found.order(back_out("policy", dry_run=dry_run))

    assert answer["refused"].startswith("policy: something else is in force until 2026-11-20 ")
    assert answer["refused"].endswith("Z: watch on 100-default-deny; restore it first")
    assert answer["would"] == ([] if dry_run else None)


def test_a_dry_run_of_what_fails_is_told_as_a_failure():
    found = cloud()

    answer = found.order(back_out(dry_run=True), Trouble(1))

    assert (answer["failed"], answer["refused"], answer["would"]) == ("controller.spoke failed: Outage", None, [])


@pytest.mark.parametrize(
    ("command", "note"),
    [
        (back_out("response", dry_run=True), "the switch would be written, which keeps the loops away; no controller "),
        ({"command": "watch", "on": False, "reason": "x", "dry_run": True}, "there is nothing to change"),
        ({"command": "watch", "on": False, "reason": "x"}, "there is nothing to change"),
    ],
)
def test_whoever_asks_for_no_change_is_told_so(command, note):
    answer = cloud().order(command)

    assert answer["notes"][0].startswith(note)
    assert not answer["would"]


def test_rules_that_are_as_asked_already_were_read_and_nothing_suspended_is_known():
    found = cloud()

    assert found.order({"command": "watch", "on": False, "reason": "x"})["proof"]["status"] == "proven"
    assert found.order({"command": "restore"})["proof"]["status"] == "proven"


def test_what_is_restored_is_proven_although_nobody_saw_the_routes_before():
    found = cloud()
    calls = calls_of(cloud(), back_out())[1]
    found.order(back_out(), Trouble(calls.index("routes.look")))

    assert found.order({"command": "restore"})["proof"]["status"] == "proven"


def test_the_routes_that_are_proven_after_a_take_over_are_those_that_went_through_before():
    found = cloud()
    calls = calls_of(cloud(), back_out())[1]
    with suppress(Killed):
        found.order(back_out(), Trouble(calls.index("controller.turn"), "kill-after"))
    found.wait(76)

    assert found.order(back_out())["proof"]["status"] == "proven"
    assert found.order({"command": "restore"})["proof"]["status"] == "proven"


@pytest.mark.parametrize("rules", [["agentcore-100-default-deny"], ["100-default-deny", "agentcore-100-default-deny"]])
def test_the_same_rules_by_other_names_are_the_same_order(rules):
    found = cloud()
    first = found.order(RULE)

    assert shown(found.order({**RULE, "rules": rules})) == shown(first)
    assert found.order({**RULE, "rules": [*rules, "28-deny-known-exfil"]})["refused"].startswith(
        "policy: something else"
    )


def test_what_is_refused_leaves_no_switch_backed_out():
    found = cloud(**TRANSIT)

    answer = found.order(back_out())

    assert "use the scope policy" in answer["refused"]
    assert found.switches.engaged(Scope.INSERTION)
    assert not found.controller.changes


def test_a_controller_that_does_not_answer_leaves_no_switch_backed_out():
    found = cloud()
    calls = calls_of(cloud(), back_out())[1]

    answer = found.order(back_out(), Trouble(calls.index("controller.spoke")))

    assert answer["failed"] == "controller.spoke failed: Outage"
    assert found.switches.engaged(Scope.INSERTION)


def test_a_call_that_the_controller_refuses_for_good_engages_the_switch_again():
    found = cloud()
    calls = calls_of(cloud(), back_out())[1]

    answer = found.order(back_out(), Trouble(calls.index("controller.turn"), "refusal"))

    assert not answer["done"]
    assert found.switches.engaged(Scope.INSERTION)


def test_rule_5_2_keeps_it_backed_out_tells_people_once_and_ends_it_when_it_can():
    found = cloud()
    found.order(back_out(**{"for": "1h"}))
    found.controller.default_from_transit = True

    found.pass_time(hours=3)
    told = [each for each in found.announcements.told if "does not come back" in each.subject()]
    assert len(told) == 1
    assert "AVXERR-NAT-0001" in told[0].message()
    assert not found.switches.engaged(Scope.INSERTION)

    found.controller.default_from_transit = False
    found.pass_time(hours=0.2)
    assert found.switches.engaged(Scope.INSERTION)
    assert found.controller.spokes[SPOKE].snat


def test_a_restore_that_is_refused_names_the_field_and_changes_nothing():
    found = cloud()
    found.order(back_out("policy"))
    (uuid, each), *_ = found.controller.lists.items()
    rules = [{**r, "enforcement": "DISABLE"} if r["name"].endswith("28-deny-known-exfil") else r for r in each.rules]
    found.controller.lists[uuid] = type(each)(uuid, tuple(rules))

    answer = found.order({"command": "restore"})

    assert "agentcore-28-deny-known-exfil" in answer["refused"]
    assert len(found.controller.changes) == 1
    assert not found.switches.engaged(Scope.POLICY)
    left = found.order({"command": "restore", "leave_changed": True})
    assert left["done"]
    assert "left as somebody has changed it since: agentcore-28-deny-known-exfil" in left["notes"]


def test_everything_backs_out_what_it_can_and_says_what_it_cannot():
    found = cloud(**TRANSIT)

    answer = found.order(back_out("all"))

    assert not answer["done"]
    assert "use the scope policy" in answer["refused"]
    assert [found.switches.engaged(scope) for scope in Scope] == [False, False, True]


def test_a_function_without_a_controller_refuses_what_it_cannot_do():
    found = cloud()
    found.scopes = (Scope.RESPONSE,)

    assert found.order(back_out("policy"))["refused"].startswith("scope: expected response or all")
    assert found.order(back_out("all"))["done"]
    found.scopes = (Scope.POLICY, Scope.INSERTION)
    assert found.order({"command": "exempt", **EXEMPTION})["refused"].startswith("scope: expected policy or insertion")


def test_a_gateway_that_the_function_is_not_for_is_refused_before_anything_is_written():
    found = cloud()

    answer = found.order(back_out(gateway="somebody-elses"))

    assert answer["refused"] == "gateway: expected one of the gateways that this function is for"
    assert not found.switches.kept


def test_a_detach_that_is_allowed_is_one_call_and_attached_again():
    found = cloud(**TRANSIT)

    assert found.order(back_out(allow_detach=True))["done"]
    assert found.order({"command": "restore"})["done"]
    assert found.controller.changes == ["detach_spoke_from_transit_gw", "attach_spoke_to_transit_gw"]


class FakeLease:
    """The lease of a loop that is at work for some seconds."""

    def __init__(self, found, tries):
        self.found, self.tries, self.mine = found, tries, False

    def take(self):
        self.tries -= 1
        self.mine = self.tries <= 0
        return self.mine

    def held(self):
        return self.mine

    def give_back(self):
        self.mine = False


@pytest.mark.parametrize(("tries", "alone"), [(3, True), (1_000, False)])
def test_a_loop_that_is_in_the_middle_of_its_changes_is_waited_for_but_not_for_ever(tries, alone):
    from dataclasses import replace

    from guardrail.flows.back_out import obey

    found = cloud()
    lease = FakeLease(found, tries)
    seen = []
    trouble = Trouble(between=lambda _: seen.append(lease.mine))

    answer = obey(back_out(), None, replace(found.world(trouble), loops=lease))

    assert answer["done"]
    assert seen[trouble.calls.index("controller.turn")] is alone
    assert any("still going on" in note for note in answer["notes"]) is not alone
    assert not lease.mine


def test_an_exemption_that_cannot_be_recorded_is_not_granted():
    found = cloud()
    calls = calls_of(cloud(), {"command": "exempt", **EXEMPTION})[1]

    answer = found.order({"command": "exempt", **EXEMPTION}, Trouble(calls.index("evidence.append")))

    assert answer["failed"] == "evidence.append failed: Outage"
    assert not found.switches.granted


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"expires": "2027-12-31"}, "a day at most 90 days ahead"),
        ({"expires": "2026-11-19"}, "a day that is not over"),
        ({"expires": None}, "exemptions[0].expires"),
        ({"owner": ""}, "owner: expected a line of text"),
        ({"ticket": None}, "ticket: expected a line of text"),
        ({"rules": ["no-such-rule"]}, "exemptions[0].rules"),
    ],
)
def test_an_exemption_needs_an_owner_a_reason_a_ticket_and_an_end(changes, why):
    found = cloud()

    assert why in found.order({"command": "exempt", **EXEMPTION, **changes})["refused"]
    assert not found.switches.granted
    assert not found.evidence.records


def test_another_exemption_does_not_take_the_place_of_one():
    found = cloud()
    assert found.order({"command": "exempt", **EXEMPTION})["done"]
    assert found.order({"command": "exempt", **EXEMPTION})["done"]

    assert "another exemption" in found.order({"command": "exempt", **EXEMPTION, "owner": "x"})["refused"]
    assert found.switches.granted["EX-1"]["owner"] == "payments"


def test_the_claim_is_marked_in_the_evidence_and_who_aws_vouches_for_stands_beside_it():
    found = cloud()

    answer = found.order(back_out(claimed_by="dana"), caller="arn:aws:sts::1:assumed-role/OnCall/erin")

    record = json.loads(next(text for key, text in found.evidence.records.items() if key.endswith("begun.json")))
    assert (record["claimed_by"], record["caller"]) == ("dana", "arn:aws:sts::1:assumed-role/OnCall/erin")
    assert answer["caller"] == "arn:aws:sts::1:assumed-role/OnCall/erin"
    assert "Asked for by arn:aws:sts::1:assumed-role/OnCall/erin" in found.announcements.told[0].message()


def test_the_check_goes_on_with_the_others_when_one_cannot_be_settled():
    found = cloud()
    found.order(back_out("all", **{"for": "1h"}))
    found.calendar.kept.clear()
    found.wait(3700)
    found.controller.default_from_transit = True

    answer = found.order({"command": "settle"})

    assert "AVXERR-NAT-0001" in answer["failed"]
    assert [found.switches.engaged(scope) for scope in Scope] == [True, True, False]


def test_a_table_that_cannot_be_read_changes_nothing():
    found = cloud()

    answer = found.order(back_out(), Trouble(0))

    assert answer["failed"] == str(GatewayError("switches.records", "Outage", retryable=True))
    assert not found.controller.changes
