"""Whatever is in the files, the result is a list of findings."""

import json

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_pack.load import load
from policy_pack.report import check_pack
from tests.policy_pack.arrange import BINDINGS, PACK, write
from tests.strategies import JSON, some_of

FILES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
SNIPPETS = st.sampled_from(
    ["[", "]", "{", "}", ":", "- ", "&a ", "*a", "!x ", "? ", "|\n", '"', "'", "#", "\n", "  ", "\t", "---\n", "<<: ",
     "%", "${tools}", "${", "\x00", "\ud800", "é", "\x85", "0x1F", "1e999", "~", "9" * 400, "name: a\n"]
)  # fmt: skip


@st.composite
def damaged(draw, text):
    """The text with a few of its characters replaced, cut out or joined by something else."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        text = text[:start] + draw(SNIPPETS | st.text(max_size=5)) + text[end:]
    return text.encode("utf-8", "surrogatepass")


def findings(directory):
    """Check the pack, decide nothing, and see that every finding can be shown."""
    report = check_pack(directory)
    for problem in (*report.errors, *report.warnings):
        assert problem.message
        assert problem.place.line >= 1
    json.dumps(report.document())
    return report


@pytest.mark.fuzz
@FILES
@given(pack=damaged(PACK), bindings=st.just(BINDINGS.encode()) | damaged(BINDINGS))
def test_damaged_text_gives_findings(tmp_path, pack, bindings):
    write(tmp_path)
    (tmp_path / "pack.yaml").write_bytes(pack)
    (tmp_path / "bindings.example.yaml").write_bytes(bindings)

    findings(tmp_path)


@pytest.mark.fuzz
@FILES
@given(document=some_of(yaml.safe_load(PACK), JSON) | JSON)
def test_a_document_of_any_form_gives_findings(tmp_path, document):
    write(tmp_path)
    (tmp_path / "pack.yaml").write_text(json.dumps(document))

    findings(tmp_path)


@pytest.mark.fuzz
@FILES
@given(document=some_of(yaml.safe_load(BINDINGS) | {"mode": "watch", "runtime_cidrs": ["10.0.0.0/8"]}, JSON) | JSON)
def test_bindings_of_any_form_give_findings(tmp_path, document):
    write(tmp_path)
    (tmp_path / "bindings.example.yaml").write_text(json.dumps(document))

    findings(tmp_path)


@pytest.mark.fuzz
@FILES
@given(data=st.binary(max_size=200))
def test_bytes_give_findings(tmp_path, data):
    (tmp_path / "pack.yaml").write_bytes(data)

    assert load(tmp_path).problems
