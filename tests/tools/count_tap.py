#!/usr/bin/env python3
"""Counts the cases of the unit tests in meson's testlog.json: prints `PASSED FAILED`.

A program that did not come to its end (a crash, a sanitizer's report, a time limit) counts as one
more failed case, so that no half test log looks green.
"""
import json
import re
import sys


def count(entry):
    """(passed, failed) of one test program."""
    lines = [line for line in entry.get("stdout", "").splitlines() if re.match(r"(not )?ok \d+", line)]
    bad = sum(line.startswith("not ok") for line in lines)
    good = len(lines) - bad
    if entry["result"] != "OK" and bad == 0:
        bad = 1
    if entry["result"] == "OK" and good == 0 and bad == 0:
        bad = 1  # it says that it tested nothing
    return good, bad


def main(path):
    good = bad = 0
    try:
        with open(path, encoding="utf-8") as log:
            for line in log:
                entry_good, entry_bad = count(json.loads(line))
                good += entry_good
                bad += entry_bad
    except FileNotFoundError:
        pass
    print(good, bad)


if __name__ == "__main__":
    main(sys.argv[1])
