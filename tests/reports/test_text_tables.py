import pytest

from stnctl.reports.text_tables import TextTable, latex_table, markdown_table

HOSTILE = '\\input{x}\x1b[31m|`<b>$x_1$ #50%~^"&\u202e\n'
TABLE = TextTable("two\nruns", ["run", "val. %"], [["a_b", "1 ± 2"], [HOSTILE, "-"]], ["run"])


def test_markdown_table():
    title, table = markdown_table(TABLE).split("\n\n")
    assert title == "**two runs**"
    header, rule, plain, hostile = table.splitlines()
    assert (header, rule, plain) == ("| run | val. % |", "| --- | ---: |", r"| a\_b | 1 ± 2 |")
    assert hostile == (r"| \\input{x}\\x1b\[31m\|\`\<b\>\$x\_1\$ #50%\~^" '"' r"\&\\u202e  | - |")


def test_latex_table():
    lines = latex_table(TABLE).splitlines()
    assert lines[:4] == ["% two runs", r"\begin{tabular}{lr}", r"\toprule", r"run & val. \% \\"]
    assert lines[4:6] == [r"\midrule", r"a\_b & 1 $\pm$ 2 \\"]
    assert lines[6] == (
        r"\textbackslash{}input\{x\}\textbackslash{}x1b{[}31m\textbar{}`"
        r"\textless{}b\textgreater{}\$x\_1\$ \#50\%\textasciitilde{}\textasciicircum{}"
        r'"\&\textbackslash{}u202e  & {-} \\'
    )
    assert lines[7:] == [r"\bottomrule", r"\end{tabular}"]


@pytest.mark.parametrize(
    ("cell", "text"), [("[1, 2]", "{[}1, 2]"), ("*x", "{*}x"), ("--a", "{-}{-}a")]
)
def test_latex_table_of_a_cell_after_a_row(cell, text):
    r"""LaTeX reads "[" or "*" after the end of a row as an argument of it."""
    lines = latex_table(TextTable("x", ["a"], [["b"], [cell]], ["a"])).splitlines()
    assert lines[-3] == rf"{text} \\"
