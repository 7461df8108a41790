"""The tables of states and events in docs/generations.md are those of the code."""
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def code_table(path, state, event):
    """{(state, event): action} of the table ACTIONS."""
    text = (ROOT / "src" / path).read_text()
    begin = text.index("\n", text.index("ACTIONS["))
    text = text[begin : text.index("};", begin)]
    rows = re.findall(rf"\[{state}_(\w+)\] = \{{(.*?)\}}", text, re.S)
    return {
        (name, on): action
        for name, row in rows
        for on, action in re.findall(rf"\[{event}_(\w+)\] = (\w+)", row)
    }


def documented_table(path):
    text = (ROOT / "docs" / "generations.md").read_text().split(f"<!-- table: {path} -->", 1)[1]
    lines = text.strip().split("\n\n", 1)[0].splitlines()
    header, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    header = [cell for cell in header if cell]
    return {
        (row[0], on): action for row in rows for on, action in zip(header, row[1:]) if action
    }


@pytest.mark.parametrize(
    "path, state, event", [("run/states.c", "RUN", "RUN"), ("run/generation.c", "LIFE", "LIFE")]
)
def test_tables(path, state, event):
    code = code_table(path, state, event)
    assert len(code) > 10
    assert documented_table(path) == code
