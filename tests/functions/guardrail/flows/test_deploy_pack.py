"""A deploy applies the pack, or says in one line why not."""

import pytest

from guardrail.flows.deploy_pack import plan_now, told
from tests.firewall_builders import rule
from tests.firewall_states import pack_of
from tests.keeping_lab import PREFIX, KeptController

LIST = rule("10-list", "PERMIT", priority=10, src=("s0",), web=("w0",), ports=((443, 443),))
OLD = pack_of(LIST, w0=("a.example.com",))
NEW = pack_of(LIST, rule("20-no-ssh", "DENY", priority=20, src=("s0",), ports=((22, 22),)), w0=("a.example.com",))


@pytest.fixture
def new() -> KeptController:
    """A controller on which nothing of ours is."""
    return KeptController(OLD)


@pytest.fixture
def deployed(new) -> KeptController:
    assert new.deploy()[1] is None
    new.lab.calls.clear()
    return new


def test_a_deploy_applies_the_pack_and_remembers_it(new):
    report, failure = new.deploy()

    assert (report.sync, failure) == ("Synced", None)
    memory = new.memories.memory
    assert memory.settled_on(new.keeping.digest)
    uuid = new.rules()[f"{PREFIX}-10-list"]["uuid"]
    [found] = memory.registry.of(uuid)
    assert (found["name"], found["packs"][0]["digest"]) == (f"{PREFIX}-10-list", new.keeping.digest)


def test_no_change_window_holds_a_deploy_back(deployed):
    deployed.window_around(is_open=False)

    assert deployed.deploy(pack=NEW)[1] is None
    assert deployed.deploy(pack=OLD)[1] is None


def test_what_an_older_version_made_is_ours_to_delete(deployed):
    deployed.deploy(pack=NEW)
    deployed.deploy(pack=OLD)

    assert f"{PREFIX}-20-no-ssh" not in deployed.rules()


def test_a_plan_changes_nothing_and_remembers_nothing(new):
    report = plan_now(new.keeping, new.world)

    assert report.sync == "OutOfSync"
    assert (new.lab.writes(), new.memories.revision) == ([], 0)


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        (lambda new: new.turn("microseg", on=False), "microseg"),
        (lambda new: new.outage(), "connection"),
        (lambda new: setattr(new, "engaged", False), "backed-out"),
        (lambda new: setattr(new.lease, "busy", True), "lease"),
    ],
    ids=["DCF is off", "an outage", "backed out", "another run"],
)
def test_a_deploy_that_cannot_apply_fails_with_the_reason_and_the_plan_in_one_line(new, trouble, why):
    trouble(new)

    _, failure = new.deploy()

    assert why in str(failure)
    assert "Plan: " in str(failure)
    assert "\n" not in str(failure)
    assert new.lab.writes() == []
    assert not new.memories.memory.settled_on(new.keeping.digest)


@pytest.mark.parametrize(
    "trouble",
    [lambda controller: controller.outage(), lambda controller: setattr(controller, "engaged", False)],
    ids=["an outage", "backed out"],
)
def test_a_roll_back_to_what_is_there_succeeds_when_the_controller_cannot_be_asked(deployed, trouble):
    trouble(deployed)
    assert deployed.deploy(pack=NEW)[1] is not None

    assert deployed.deploy(pack=OLD)[1] is None


def test_a_roll_back_of_what_was_half_applied_has_to_reach_the_controller(deployed):
    deployed.lab.wire.after = lambda _: deployed.outage()
    assert deployed.deploy(pack=NEW)[1] is not None

    assert deployed.deploy(pack=OLD)[1] is not None
    deployed.back()
    assert deployed.deploy(pack=OLD)[1] is None
    assert f"{PREFIX}-20-no-ssh" not in deployed.rules()


def test_a_deploy_ends_what_was_told_and_lets_healing_begin_anew(deployed):
    deployed.heal = True
    for _ in range(5):
        deployed.edit("10-list", action="DENY")
        deployed.keep()
    assert deployed.states()[-1] == "keeps-coming-back"

    deployed.deploy()
    deployed.edit("10-list", action="DENY")

    assert deployed.keep().state == "healed"


def test_a_long_plan_is_told_by_its_numbers_and_its_first_changes(new):
    line = told(plan_now(KeptController(NEW).keeping, new.world).plan)

    assert line.startswith(
        "Plan: 6 to change (6 create, 0 update, 0 delete), 0 unchanged: create smart_group/ours-s0, "
    )
    many = pack_of(*(rule(f"{n}-r", priority=n, src=("s0",)) for n in range(10, 40)))
    assert told(plan_now(KeptController(many).keeping, new.world).plan).endswith("and 25 more")
