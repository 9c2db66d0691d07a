import re

from guardrail_cli.formats.plan_markdown import plan_markdown
from tests.guardrail_cli.formats.test_plan import PLAN

NASTY = "`` | <script> **bold** [x](y)\n# heading"


def test_a_plan_is_a_table_that_a_pull_request_can_show():
    assert plan_markdown({**PLAN, "planned": [{"method": "PUT", "path": "/x"}]}).splitlines() == [
        "### Firewall plan: changes pending",
        "",
        "4 to change (1 create, 2 update, 1 delete), 6 unchanged; 41 objects of others left alone.",
        "",
        "> **Lets more through:** `rule/b`",
        "",
        "> **Warning:** `look`",
        "",
        "| | object | what |",
        "|---|---|---|",
        "| create | `web_group/agentcore-models` | `sni h` |",
        "| update | `rule/a` | `enforcement: MONITOR -> ENFORCE` |",
        "| update | `rule/b` | `logging: no -> yes`<br>`ports: +2, -1` |",
        "| delete | `rule/c[2J` | `action DENY` |",
        "",
        "<details><summary>1 request</summary>",
        "",
        "1. `PUT /x`",
        "",
        "</details>",
    ]


def test_a_run_that_was_stopped_is_not_said_to_have_done_nothing():
    for writes, told in ((0, "> **Refused, nothing is done:** `why`"), (2, "> **Stopped:** `why`")):
        assert told in plan_markdown({**PLAN, "refused": "why", "writes": writes}).splitlines()


def test_nothing_in_the_data_is_markup():
    change = {"action": "create", "address": NASTY, "before": None, "after": {"name": "n", "why": NASTY}}
    told = plan_markdown({**PLAN, "changes": [change], "warnings": [NASTY], "refused": NASTY, "loosens": [NASTY]})

    assert len([line for line in told.splitlines() if line.startswith("#")]) == 1
    for line in told.splitlines():
        outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", line)
        assert not re.search(r"<script>|\[x\]|\*\*bold", outside), line
    [row] = [line for line in told.splitlines() if line.startswith("| create")]
    assert len(re.findall(r"(?<!\\)\|", row)) == 4
