import pytest

from benches.report import BEGIN, END, README, Line, markdown, write


@pytest.mark.parametrize(
    ("values", "target", "met"),
    [
        pytest.param([1.0, 2.0, 9.0], {"at_most": 2}, True, id="the median counts, not the worst"),
        pytest.param([1.0, 3.0, 3.0], {"at_most": 2}, False, id="too much"),
        pytest.param([3.0, 4.0, 5.0], {"at_least": 4}, True, id="just enough"),
        pytest.param([3.0, 3.9, 5.0], {"at_least": 4}, False, id="too little"),
        pytest.param([3.0], {}, None, id="no target"),
    ],
)
def test_a_line_says_whether_its_median_meets_the_target(values, target, met):
    assert Line("cold", values, "ms", **target).met is met


def test_a_line_shows_the_median_the_spread_and_the_target():
    line = Line("cold", [1.234, 1200.0, 1.0], "ms", at_most=1.2)

    assert line.cells() == ("cold", "1.23 ms", "1 to 1,200", "≤ 1.2 ms", "**no**")


def test_writing_replaces_the_figures_and_keeps_the_prose(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")

    write([markdown("new", [Line("calls", [3], "")])], readme)

    text = readme.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "| calls | 3 |" in text
    assert "old" not in text


def test_the_readme_has_one_place_for_the_figures():
    text = README.read_text()

    assert text.count(BEGIN) == text.count(END) == 1
    assert text.index(BEGIN) < text.index(END)
