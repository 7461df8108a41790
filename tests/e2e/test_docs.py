"""The examples of the documentation are true: ```console blocks are executed.

A line `$ zonda …` is run in a scratch copy of the Gin fixture, one block after the other of a file
in the same copy; what follows it up to the next `$` must come out in that order. In the expected
text, … (or ...) stands for anything, and numbers of time, processes and ports may differ. A block
that needs a running zonda, or a person, is marked ```text instead.
"""
import pathlib
import re
import shlex
import shutil

import pytest
from zonda import ROOT, run_zonda

DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def console_blocks(text):
    return re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def steps(block):
    """(command line, expected output) for each `$ `."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:].split("  # ")[0], []))
        elif found:
            found[-1][1].append(line)
    return found


def pattern(line):
    text = re.escape(line.strip())
    text = re.sub(r"(?:…|\\\.\\\.\\\.)", ".*", text)
    return re.sub(r"\d+(?:\\\.\d+)*", r"[\\d.]+", text)


def test_helpers():
    block = "$ zonda version\nzonda 0.1.0\n$ zonda x  # why\n…\n"
    assert steps(block) == [("zonda version", ["zonda 0.1.0"]), ("zonda x", ["…"])]
    assert re.fullmatch(pattern("zonda 0.1.0 … in 12 ms"), "zonda 7.8.9 and so on in 3 ms")
    assert not re.fullmatch(pattern("zonda 0.1.0"), "zonda x")
    assert console_blocks("a\n```console\n$ x\n```\n```text\n$ y\n```\n") == ["$ x\n"]


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_console_blocks(mini, path):
    (mini.parent / "run").mkdir(mode=0o700, exist_ok=True)
    shutil.copy(ROOT / "examples" / "shop" / "load.toml", mini)
    for block in console_blocks(path.read_text()):
        for line, expected in steps(block):
            words = shlex.split(line)
            if words[0] != "zonda" or "|" in words or words == ["zonda"]:
                continue
            if words[1:2] == ["init"]:
                (mini / "zonda.toml").unlink(missing_ok=True)
            done = run_zonda(mini, *words[1:], env={"XDG_RUNTIME_DIR": str(mini.parent / "run")})
            output = [text.strip() for text in (done.stdout + done.stderr).splitlines()]
            at = 0
            for wanted in filter(None, (text.strip() for text in expected)):
                if wanted in ("…", "..."):
                    continue
                while at < len(output) and not re.fullmatch(pattern(wanted), output[at]):
                    at += 1
                assert at < len(output), f"{path.name}: `{line}` did not print {wanted!r}:\n" + "\n".join(output)
                at += 1


def test_scenario_of_load(tmp_path):
    """The scenario that load.md shows is one, and that of the example but for its comments."""
    (shown,) = re.findall(r"^```toml\n(.*?)^```", (ROOT / "docs" / "load.md").read_text(), re.MULTILINE | re.DOTALL)
    (tmp_path / "load.toml").write_text(shown)
    done = run_zonda(tmp_path, "load", "--check", "load.toml")
    assert done.returncode == 0, done.stderr

    def lines(text):
        return [line.split(" #")[0] for line in text.splitlines() if line and not line.startswith("#")]

    example = lines((ROOT / "examples" / "shop" / "load.toml").read_text())
    assert [line for line in example if line not in ("[headers]", 'Accept = "application/json"')] == lines(shown)


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links(path):
    """What the documentation points at in the repository is there."""
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text()):
        if "://" not in target and not target.startswith("mailto:"):
            assert (path.parent / target).exists(), f"{path.name} points at {target}"


def test_scripts_of_the_readme():
    """The two commands are there and can be executed."""
    text = (ROOT / "README.md").read_text()
    for name in ("./try", "./check"):
        assert name in text and shutil.which(str(ROOT / name)), name
    assert pathlib.Path(ROOT / ".ci" / "run").exists()
