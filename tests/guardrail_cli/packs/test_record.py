from datetime import UTC, datetime

import pytest

from guardrail.core.errors import GuardrailError
from guardrail.core.firewall.registry import Registry
from guardrail_cli.packs.record import Record, read_record

AT = datetime(2026, 11, 20, tzinfo=UTC)
REGISTRY = Registry().after("agentcore", "sha256:1", {"u-1": "vca-100"}, ["vca-100"], AT)


def test_without_a_file_nothing_is_known_and_nothing_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Record(None, "c").write(REGISTRY)

    assert read_record(None, "c").registry == Registry()
    assert list(tmp_path.iterdir()) == []


def test_what_was_made_is_known_next_time(tmp_path):
    path = str(tmp_path / "record.json")
    read_record(path, "c").write(REGISTRY)
    read_record(path, "c").add_names(["vca-old"])

    assert read_record(path, "c").registry.names == {"vca-100", "vca-old"}
    assert read_record(path, "c").registry.rules == REGISTRY.rules


@pytest.mark.parametrize(
    "content", ["[]", "{}", '{"version": 1, "controller": "other"}', '{"version": 1, "controller": "c"}']
)
def test_what_is_no_record_of_this_controller_is_refused(tmp_path, content):
    path = tmp_path / "record.json"
    path.write_text(content)

    with pytest.raises(GuardrailError, match=r"record\.json: "):
        read_record(str(path), "c")
