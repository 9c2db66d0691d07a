"""The schemas that editors use say what the reader says."""

import json

import jsonschema
import pytest
import yaml

from policy_pack import bindings, read_expectations, read_groups, read_pack, read_rules
from policy_pack.overlay import EXTENDS, WITHOUT
from tests.policy_pack.arrange import PACK, SHIPPED

SCHEMAS = SHIPPED.parent
PACK_SCHEMA, BINDINGS_SCHEMA = (
    json.loads((SCHEMAS / name).read_text()) for name in ("pack.schema.json", "bindings.schema.json")
)
SHIPPED_PACKS = [SHIPPED, *sorted(path.parent for path in SHIPPED.glob("overlays/*/pack.yaml"))]


@pytest.mark.parametrize("schema", [PACK_SCHEMA, BINDINGS_SCHEMA])
def test_a_schema_is_one(schema):
    jsonschema.Draft7Validator.check_schema(schema)


@pytest.mark.parametrize("directory", SHIPPED_PACKS, ids=lambda path: path.name)
def test_the_shipped_packs_are_valid_and_say_where_their_schema_is(directory):
    text = (directory / "pack.yaml").read_text()
    jsonschema.validate(yaml.safe_load(text), PACK_SCHEMA)
    schema = text.splitlines()[0].removeprefix("# yaml-language-server: $schema=")

    assert (directory / schema).resolve() == SCHEMAS / "pack.schema.json"


def test_the_example_bindings_are_valid():
    jsonschema.validate(yaml.safe_load((SHIPPED / "bindings.example.yaml").read_text()), BINDINGS_SCHEMA)


def test_both_know_the_same_keys():
    definitions = PACK_SCHEMA["definitions"]

    assert set(PACK_SCHEMA["properties"]) == {*read_pack.KEYS, EXTENDS, WITHOUT}
    assert set(definitions["rule"]["properties"]) == set(read_rules.KEYS)
    assert set(definitions["expectation"]["properties"]) == set(read_expectations.KEYS)
    assert set(definitions["selector"]["properties"]) == set(read_groups.SELECTOR_KEYS)
    assert set(BINDINGS_SCHEMA["properties"]) == set(bindings.KEYS)


@pytest.mark.parametrize(
    ("key", "value"),
    [("name", None), ("rules", {}), ("colour", "red"), ("max_deletes", -1), ("expect", {})],
)
def test_a_schema_refuses_what_the_reader_refuses(key, value):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(PACK) | {key: value}, PACK_SCHEMA)
