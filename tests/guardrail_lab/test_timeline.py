from guardrail_lab.timeline import timeline

VERDICT = {
    "kind": "verdict",
    "subject": "a-Ab12Cd34Ef",
    "at": "2026-11-20T10:00:00+00:00",
    "cause": {"action": "CreateAgentRuntime"},
    "verdict": {"compliance": "NON_COMPLIANT", "violations": [{"rule": "network-mode", "version": "1"}]},
}
INTENT = {
    "kind": "change-intended",
    "subject": "a-Ab12Cd34Ef",
    "at": "2026-11-20T10:00:01.500000+00:00",
    "step": "move-endpoint",
    "endpoint": "prod",
    "why": "it stayed behind",
}
OUTCOME = {**INTENT, "kind": "change-outcome", "at": "2026-11-20T10:00:02+00:00", "outcome": "made"}
OF_ANOTHER = {**VERDICT, "subject": "b-Ab12Cd34Ef"}


def test_a_timeline_tells_of_one_runtime_in_the_order_of_time():
    assert timeline([OUTCOME, OF_ANOTHER, INTENT, VERDICT], "a-Ab12Cd34Ef") == [
        "    0.00 s  judged NON_COMPLIANT, after CreateAgentRuntime: network-mode in version 1",
        "    1.50 s  about to move-endpoint of endpoint prod: it stayed behind",
        "    2.00 s  move-endpoint: made",
    ]


def test_a_verdict_without_a_cause_was_found_by_looking_and_a_fine_one_names_no_rule():
    swept = {**VERDICT, "cause": None, "verdict": {"compliance": "COMPLIANT", "violations": []}}

    assert timeline([swept], "a-Ab12Cd34Ef") == ["    0.00 s  judged COMPLIANT, found by looking"]


def test_a_record_of_a_kind_that_is_not_known_is_named():
    assert timeline([{**VERDICT, "kind": "runtime-gone"}], "a-Ab12Cd34Ef") == ["    0.00 s  runtime-gone"]
