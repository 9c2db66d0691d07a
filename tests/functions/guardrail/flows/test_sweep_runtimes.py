"""A sweep asks for a look at every runtime, at a pace that AWS allows, and goes on where it stopped."""

from datetime import timedelta

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.evidence import EvidenceRecord, RecordKind
from guardrail.core.runtimes.message import Look, Reason
from guardrail.core.runtimes.tool import ToolKind
from guardrail.flows.sweep_runtimes import (
    BACKLOG,
    LOOKS_A_SWEEP,
    MAX_DELAY_SECONDS,
    RECORDS_A_SWEEP,
    Swept,
    sweep_runtimes,
)
from tests.builders import NOW, RUNTIME_ID
from tests.fakes import FakeCloud, Journal


def cloud_of(count, page=1_000):
    cloud = FakeCloud()
    cloud.agentcore.page = page
    cloud.agentcore.runtimes = {f"agent{n:05}-0123456789": {} for n in range(count)}
    return cloud


def sweep(cloud, **journal):
    written = Journal(**journal)
    return sweep_runtimes(cloud.sweep_world(written)), written.calls


def asked(cloud):
    return [look.runtime_id for look, _ in cloud.queue.waiting]


def test_every_runtime_is_looked_at_four_a_second():
    cloud = cloud_of(10)

    swept, _ = sweep(cloud)

    assert swept == Swept(10, skipped=False, continues=False)
    assert [delay for _, delay in cloud.queue.waiting] == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]
    assert cloud.queue.waiting[9][0] == Look("agent00009-0123456789", Reason.SWEEP)


def test_no_look_waits_longer_than_the_queue_can_hold_it():
    cloud = cloud_of(LOOKS_A_SWEEP + 500, page=10_000)
    sweep(cloud)

    delays = [delay for _, delay in cloud.queue.waiting]
    assert max(delays) <= MAX_DELAY_SECONDS
    assert len(delays) == LOOKS_A_SWEEP == 3_600


def test_the_next_sweep_goes_on_where_this_one_stopped_and_starts_over_at_the_end():
    cloud, seen = cloud_of(5, page=2), []
    for _ in range(4):
        swept, _ = sweep(cloud)
        seen.append((len(asked(cloud)), swept.continues))
        cloud.queue.waiting.clear()

    assert seen == [(2, True), (2, True), (1, False), (2, True)]


def with_tools(cloud):
    cloud.agentcore.tools = {kind: {f"{letter}-0123456789": {} for letter in "ab"} for kind in ToolKind}
    return cloud


TOOLS = [
    Look(f"{letter}-0123456789", Reason.SWEEP, tool=kind)
    for kind in (ToolKind.BROWSER, ToolKind.CODE_INTERPRETER)
    for letter in "ab"
]


def test_every_tool_is_looked_at_after_the_runtimes_at_the_same_pace():
    cloud = with_tools(cloud_of(6))

    swept, _ = sweep(cloud)

    assert swept == Swept(10, skipped=False, continues=False)
    assert [look for look, _ in cloud.queue.waiting[6:]] == TOOLS
    assert [delay for _, delay in cloud.queue.waiting] == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]


def test_tools_wait_for_the_sweep_that_comes_to_the_end_of_the_runtimes():
    cloud, seen = with_tools(cloud_of(5, page=2)), []
    for _ in range(4):
        swept, _ = sweep(cloud)
        seen.append((swept.asked, sum(look.tool is not None for look, _ in cloud.queue.waiting), swept.continues))
        cloud.queue.waiting.clear()

    assert seen == [(2, 0, True), (2, 0, True), (5, 4, False), (2, 0, True)]


def test_tools_of_an_account_without_runtimes_are_looked_at_too():
    cloud = with_tools(cloud_of(0))

    assert sweep(cloud)[0].asked == 4


def test_tools_that_cannot_be_listed_keep_no_runtime_and_no_record_back():
    undisturbed, cloud = with_tools(cloud_of(3)), with_tools(cloud_of(3))
    keys = [waiting(each, 2) for each in (undisturbed, cloud)][1]
    _, calls = sweep(undisturbed)

    with pytest.raises(GatewayError, match=r"^agentcore\.tool_ids failed"):
        sweep(cloud, fail_at=calls.index("agentcore.tool_ids"))

    assert asked(cloud) == sorted(cloud.agentcore.runtimes)
    assert sorted(cloud.evidence.records) == keys


def test_records_that_cannot_be_found_keep_no_runtime_and_no_tool_back():
    undisturbed, cloud = with_tools(cloud_of(3)), with_tools(cloud_of(3))
    _, calls = sweep(undisturbed)

    with pytest.raises(GatewayError, match=r"^state\.parked failed"):
        sweep(cloud, fail_at=calls.index("state.parked"))

    assert asked(cloud) == asked(undisturbed)


def test_a_sweep_is_skipped_while_more_than_a_whole_one_still_waits():
    cloud = cloud_of(4, page=2)
    cloud.state.stopped_at = "2"
    cloud.queue.waiting = [(Look("a-0123456789", Reason.AGAIN), 30)] * (BACKLOG + 1)

    swept, calls = sweep(cloud)

    assert swept == Swept(0, skipped=True, continues=True)
    assert calls == ["state.cursor", "agentcore.runtime_ids", "queue.depth", "state.parked"]
    assert cloud.state.stopped_at == "2"


@pytest.mark.parametrize(("runtimes", "waiting"), [(3, BACKLOG), (BACKLOG + 9, BACKLOG + 9)])
def test_a_sweep_is_not_skipped_for_as_many_messages_as_it_sends_nor_for_a_few_about_others(runtimes, waiting):
    cloud = cloud_of(runtimes)
    cloud.queue.waiting = [(Look("a-0123456789", Reason.AGAIN), 30)] * waiting

    assert sweep(cloud)[0].asked == runtimes


def test_an_account_without_runtimes_is_swept_without_a_message():
    cloud = cloud_of(0)

    assert sweep(cloud)[0] == Swept(0, skipped=False, continues=False)
    assert not cloud.queue.waiting


def waiting(cloud, count):
    """Records that the bucket refused; their keys."""
    records = [EvidenceRecord(RecordKind.INTENT, RUNTIME_ID, f"{n:06}-x", NOW, {"n": n}) for n in range(count)]
    for record in records:
        cloud.state.park(record)
    return [record.key for record in records]


def test_records_that_the_bucket_refused_are_moved_there_by_the_next_sweep():
    cloud = cloud_of(1)
    keys = waiting(cloud, 3)
    kept = dict(cloud.state.records)

    swept, _ = sweep(cloud)

    assert (swept.moved, swept.waiting) == (3, 0)
    assert cloud.evidence.records == kept
    assert sorted(kept) == keys
    assert not cloud.state.records


def test_while_the_bucket_still_refuses_records_wait_and_looks_are_asked_for_all_the_same():
    cloud = cloud_of(2)
    waiting(cloud, 3)
    cloud.evidence.refuses = True

    swept, _ = sweep(cloud)

    assert (swept.asked, swept.moved, swept.waiting) == (2, 0, 3)
    assert len(cloud.state.records) == 3


@pytest.mark.parametrize(("spoilt", "moved"), [(1, 4), (3, 2), (4, 0)])
def test_records_that_the_bucket_never_takes_do_not_hold_back_the_rest_unless_they_are_many(spoilt, moved):
    cloud = cloud_of(1)
    cloud.evidence.never = frozenset(waiting(cloud, 5)[:spoilt])

    swept, _ = sweep(cloud)

    assert (swept.moved, swept.waiting) == (moved, 5 - moved)
    assert len(cloud.evidence.records) == moved


def test_a_sweep_moves_so_many_records_and_leaves_the_rest_to_the_next():
    cloud = cloud_of(1)
    waiting(cloud, RECORDS_A_SWEEP + 1)

    assert [(each.moved, each.waiting) for each, _ in (sweep(cloud), sweep(cloud))] == [(RECORDS_A_SWEEP, 1), (1, 0)]


def test_the_oldest_records_are_moved_first():
    cloud, moments = cloud_of(1), range(RECORDS_A_SWEEP + 1)
    records = [
        EvidenceRecord(RecordKind.INTENT, RUNTIME_ID, f"{n:06}-x", NOW - timedelta(seconds=n), {}) for n in moments
    ]
    for record in records:
        cloud.state.park(record)

    sweep(cloud)

    assert list(cloud.evidence.records) == [record.key for record in reversed(records[1:])]
    assert list(cloud.state.records) == [records[0].key]


def test_the_cursor_is_written_only_when_it_moved():
    assert "state.save_cursor" not in sweep(cloud_of(3))[1]
    assert "state.save_cursor" in sweep(cloud_of(3, page=2))[1]


@pytest.mark.parametrize("after", [False, True], ids=["before its effect", "after its effect"])
def test_whichever_call_fails_the_next_sweeps_ask_for_every_runtime(after):
    _, calls = sweep(cloud_of(5, page=2))
    assert len(calls) == 6

    for index in range(len(calls)):
        cloud, seen = cloud_of(5, page=2), set()
        with pytest.raises(GatewayError):
            sweep(cloud, fail_at=index, after=after)
        for _ in range(3):
            seen.update(asked(cloud))
            cloud.queue.waiting.clear()
            sweep(cloud)
        assert seen | set(asked(cloud)) == set(cloud.agentcore.runtimes)
