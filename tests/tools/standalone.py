#!/usr/bin/env python3
"""The repository stands by itself: no file of it may lean on the place where it was written.

usage: standalone.py [ROOT]

Reads every file that git tracks, or would track, and fails where one names a directory outside the
repository, a ticket by its number, the package hosts of one machine, or who wrote it with what.
"""
import pathlib
import re
import subprocess
import sys

# Put together from pieces, so that this file does not find itself.
PATTERNS = [
    (re.compile(r"\.\./" + "shared|/" + r"shared/(?:reference|design)"), "a directory outside the repository"),
    (re.compile(r"(?<![\w.])/" + r"work/"), "a path of one machine"),
    (re.compile(r"\bissues?\s+(?:#\s*|no\.?\s*|number\s+)?\d+\b|\bissue" + r"\s#", re.I), "a ticket by its number"),
    (re.compile(r"proxy\.golang" + r"\.org|deb\.debian" + r"\.org|\bpypi" + r"\.org"), "a package host"),
    (
        re.compile(
            r"\bA" + r"I\b|\bLL" + r"M\b|(?i:\bclau" + r"de\b|\banthro" + r"pic\b|\bchat" + r"gpt\b|"
            r"\blanguage " + r"model\b|\bco" + r"pilot\b|\bagent session\b)"
        ),
        "talk about how it was written",
    ),
    (
        re.compile(r"\b(?:another|other|parallel) help" + r"ers?\b|\bthe le" + r"ad (?:commits|integrates|will)\b|\bthe te" + r"am\b", re.I),
        "talk about who writes it",
    ),
]  # fmt: skip
SKIPPED_NAMES = {"go.sum"}  # base64, in which three letters happen
BINARY_DIRS = ("tests/fuzz/corpus/",)  # bytes, in which two letters happen: paths and hosts only


def files_of(root):
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
    ).stdout
    return sorted({name for name in listed.decode().split("\0") if name})


def check_text(name, text):
    """Yields (line, what, found)."""
    patterns = PATTERNS[:4] if name.startswith(BINARY_DIRS) else PATTERNS
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, what in patterns:
            match = pattern.search(line)
            if match:
                yield number, what, match.group()


def main(arguments):
    root = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).parents[2]
    faults, count = 0, 0
    for name in files_of(root):
        path = root / name
        if path.name in SKIPPED_NAMES or path.is_symlink() or not path.is_file():
            continue
        count += 1
        for number, what, found in check_text(name, path.read_bytes().decode("latin-1")):
            print(f"{name}:{number}: {what}: {found}")
            faults += 1
    print(f"standalone: {count} files, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
