"""Names, paths and the patterns that match them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.firewall.names import (
    fixed_suffix,
    glob,
    host_name,
    normal_name,
    normal_path,
    server_name,
    split_url,
    suffixes,
)

TEXTS = st.text("ab.*", max_size=8)


@given(pattern=TEXTS, text=st.text("ab.", max_size=10))
def test_a_star_stands_for_any_characters_and_the_rest_for_itself(pattern, text):
    regular = ".*".join(map(re.escape, pattern.split("*")))

    assert glob(pattern).matches(text) is bool(re.fullmatch(regular, text))


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "a.b.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "badexample.com", False),
        ("a*.example.com", "ab.c.example.com", True),
        ("*", "anything", True),
        ("aa*a", "aa", False),
        ("a*a", "aa", True),
    ],
)
def test_a_pattern_with_a_star_in_front_does_not_match_the_apex(pattern, name, matches):
    assert glob(pattern).matches(name) is matches


def test_a_hostile_path_costs_little_whatever_the_pattern():
    assert not glob("*a*a*a*a*a*a*a*a*a*a*b").matches("a" * 200_000)


@pytest.mark.parametrize(
    ("name", "compared"),
    [
        ("API.GitHub.com", "api.github.com"),
        ("api.github.com.", "api.github.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("*.BÜCHER.example", "*.xn--bcher-kva.example"),
        ("ü" * 70 + ".example", "ü" * 70 + ".example"),
    ],
)
def test_names_are_compared_in_lower_case_without_a_trailing_dot_and_in_ascii(name, compared):
    assert normal_name(name) == compared


@pytest.mark.parametrize("sni", ["203.0.113.9", "2001:db8::1", "[2001:db8::1]", ".", ""])
def test_an_address_is_no_server_name(sni):
    assert server_name(sni) is None


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("Example.com:8080", "example.com"),
        ("example.com", "example.com"),
        ("[2001:db8::1]:80", "2001:db8::1"),
        ("203.0.113.9", "203.0.113.9"),
        ("", None),
    ],
)
def test_a_host_header_may_have_a_port(host, name):
    assert host_name(host) == name


@pytest.mark.parametrize(
    ("path", "compared"),
    [
        ("/a/b", "/a/b"),
        ("", "/"),
        ("a", "/a"),
        ("/a//b", "/a/b"),
        ("/a/./b", "/a/b"),
        ("/a/../b", "/b"),
        ("/../../b", "/b"),
        ("/a/b/..", "/a/"),
        ("/a/.", "/a/"),
        ("/a/", "/a/"),
        ("/a?b=/c", "/a"),
        ("/a#b", "/a"),
        ("/%61%2Fb", "/a/b"),
        ("/%2561", "/%61"),
        ("/%2e%2e/a", "/a"),
        ("/a%3Fb", "/a?b"),
        ("/.github/x", "/.github/x"),
    ],
)
def test_a_path_is_decoded_once_its_dots_are_resolved_and_its_query_is_dropped(path, compared):
    assert normal_path(path) == compared


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("github.com/x", ("github.com", "/x")),
        ("https://GitHub.com/X", ("github.com", "/X")),
        ("github.com/x/", ("github.com", "/x/*")),
        ("github.com/", ("github.com", "/*")),
        ("github.com", None),
        ("/x", None),
    ],
)
def test_a_url_pattern_is_a_host_and_a_path_and_a_path_that_ends_in_a_slash_is_a_prefix(pattern, parts):
    assert split_url(pattern) == parts


@given(pattern=TEXTS, name=st.text("ab.", min_size=1, max_size=10))
def test_a_pattern_is_found_under_one_of_the_suffixes_of_every_name_that_it_matches(pattern, name):
    if "*" in pattern and glob(pattern).matches(name):
        assert fixed_suffix(pattern) in suffixes(name)
