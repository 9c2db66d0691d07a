"""The proof: a lattice of requests decided by two evaluators that share nothing, and every small mutation noticed."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from guardrail.core.runtimes.deny_policy import PolicyForm, render_deny
from tests.deny_lattice import ZONES, Case, attach, lattice, mutants, of_another_account
from tests.iam_evaluator import Attached, Decision, UndefinedError, applies, decide
from tests.iam_simulator import simulate

Json = dict[str, Any]

NULLS = ("NoSubnets", "NoSecurityGroups")
REDUNDANT = {(sid, what) for sid in NULLS for what in ("dropped", "action dropped", "resource narrowed", "key swapped")}
"""The Empty statements ask the same of a key that is missing. Both stay: see docs/prevention.md."""


def cases_of(form: PolicyForm) -> list[Case]:
    return [*lattice(), *(of_another_account() if form is PolicyForm.SCP else ())]


@cache
def bound(form: PolicyForm) -> Attached:
    return attach(form, render_deny(ZONES, form))


@cache
def simulated() -> dict[PolicyForm, list[str]]:
    """What iam-simulate decides, for all forms in one go."""
    questions = [(bound(form), case.request) for form in PolicyForm for case in cases_of(form)]
    decisions = iter(simulate(questions))
    return {form: [next(decisions) for _ in cases_of(form)] for form in PolicyForm}


def wanted(case: Case) -> Decision:
    return Decision.EXPLICIT_DENY if case.denied else Decision.ALLOWED


def test_the_lattice_has_every_combination():
    """Four actions on four resources, six values of each key, three Regions; and what must never be denied."""
    cases = lattice()

    distinct = {(case.request.action, case.request.resource, str(case.request.context)) for case in cases}
    assert len(distinct) == len(cases) > 4 * 4 * 6 * 6 * 3
    assert sum(not case.denied for case in cases) > 150


@pytest.mark.parametrize("form", PolicyForm)
def test_nothing_escapes_and_nothing_is_denied_wrongly_says_the_simulator(form):
    wrong = [case for case, decision in zip(cases_of(form), simulated()[form], strict=True) if decision != wanted(case)]

    assert wrong == []


@pytest.mark.parametrize("form", PolicyForm)
def test_nothing_escapes_and_nothing_is_denied_wrongly_says_our_own_evaluator(form):
    assert [case for case in cases_of(form) if decide(bound(form), case.request) != wanted(case)] == []


def test_where_aws_data_lists_action_resource_and_keys_the_strict_simulation_agrees():
    questions = [(bound(form), case) for form in PolicyForm for case in lattice() if case.strict]

    decisions = simulate([(attached, case.request) for attached, case in questions], strict=True)

    wrong = [
        (case, decision) for (_, case), decision in zip(questions, decisions, strict=True) if decision != wanted(case)
    ]
    assert len(questions) > 1_000
    assert wrong == []


@pytest.mark.parametrize("form", [PolicyForm.MANAGED_POLICY, PolicyForm.SCP])
def test_every_mutant_is_killed_or_known_to_be_redundant(form):
    [document] = render_deny(ZONES, form)
    survivors, killed, undefined = set(), [], []
    for statement, others in alone(document, cases_of(form)):
        for what, mutant in mutants(statement):
            policy = without(document, statement, mutant)
            try:
                killer = next((case for case, rest in others if case.denied != (rest or denies(mutant, case))), None)
            except UndefinedError:
                undefined.append(policy)
                continue
            if killer is None:
                survivors.add((statement["Sid"], what))
            else:
                killed.append((attach(form, [policy]), killer))

    assert survivors == REDUNDANT
    assert len(killed) > 100
    assert len(undefined) == 6
    assert all(case.denied != denied for (_, case), denied in zip(killed, denials(killed), strict=True))
    assert all(are_wrong_somewhere([attach(form, [policy]) for policy in undefined]))


def alone(document: Json, cases: list[Case]) -> Iterator[tuple[Json, list[tuple[Case, bool]]]]:
    """Each statement, and for each request whether the other statements deny it."""
    statements = document["Statement"]
    found = [[denies(statement, case) for statement in statements] for case in cases]
    for position, statement in enumerate(statements):
        others = [any(each[:position] + each[position + 1 :]) for each in found]
        yield statement, list(zip(cases, others, strict=True))


def denies(statement: Json | None, case: Case) -> bool:
    return statement is not None and applies(statement, case.request)


def without(document: Json, statement: Json, mutant: Json | None) -> Json:
    changed = [mutant if each is statement else each for each in document["Statement"]]
    return {**document, "Statement": [each for each in changed if each is not None]}


def denials(questions: list[tuple[Attached, Case]]) -> list[bool]:
    decisions = simulate([(attached, case.request) for attached, case in questions])
    return [decision == Decision.EXPLICIT_DENY for decision in decisions]


def are_wrong_somewhere(policies: list[Attached]) -> list[bool]:
    """An operator without a set in front, on a key with many values: IAM's guide does not say what it does."""
    create = [case for case in lattice() if case.strict and case.request.action == "bedrock-agentcore:CreateBrowser"]
    found, wanted = denials([(each, case) for each in policies for case in create]), [case.denied for case in create]
    return [found[at : at + len(create)] != wanted for at in range(0, len(found), len(create))]


def test_the_denying_part_of_a_boundary_is_a_managed_policy():
    [boundary], [policy] = (render_deny(ZONES, form) for form in (PolicyForm.BOUNDARY, PolicyForm.MANAGED_POLICY))

    assert boundary["Statement"][1:] == policy["Statement"]


@pytest.mark.parametrize("key", ["Subnets", "SecurityGroups"])
def test_the_two_statements_about_a_missing_key_are_redundant_only_one_at_a_time(key):
    [document] = render_deny(ZONES, PolicyForm.MANAGED_POLICY)
    kept = [each for each in document["Statement"] if each["Sid"] not in (f"No{key}", f"Empty{key}")]

    attached = attach(PolicyForm.MANAGED_POLICY, [{**document, "Statement": kept}])

    escaped = [case for case in lattice() if case.denied and decide(attached, case.request) == Decision.ALLOWED]
    assert escaped
