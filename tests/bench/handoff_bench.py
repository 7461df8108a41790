#!/usr/bin/env python3
"""Reloads a real Gin app under load and prints what its clients saw, and what it cost zonda.

usage: handoff_bench.py [--reloads N] [--rate N] [--json FILE]

The app has a graceful shutdown (tests/e2e/projects/mini); half of the requests come on keep-alive
connections, half on fresh ones. Counted apart: connections that the app's own shutdown closed before
any byte of an answer, which the client tries once more. ZONDA names the binary.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import zonda as harness  # noqa: E402


def weight(pid):
    """Open descriptors, and the kilobytes of memory that are its own."""
    fds = len(os.listdir(f"/proc/{pid}/fd"))
    with open(f"/proc/{pid}/status") as file:
        rss = next(int(line.split()[1]) for line in file if line.startswith("RssAnon:"))
    return fds, rss


def reload(zonda, number):
    text = zonda.read("handlers/handlers.go")
    old = text.split('Text = "', 1)[1].split('"', 1)[0]
    mark = zonda.mark_here()
    begin = time.monotonic()
    zonda.edit("handlers/handlers.go", f'Text = "{old}"', f'Text = "version-{number}"')
    end = zonda.wait_event("reload_end", after=mark)
    if end["outcome"] != "served":
        sys.exit(f"reload {number}: {end}" + zonda.story())
    return time.monotonic() - begin


def run(directory, arguments):
    client = directory / "load"
    subprocess.run(["go", "build", "-o", client, "."], cwd=HERE / "load", check=True)
    project = directory / "mini"
    shutil.copytree(HERE.parent / "e2e" / "projects" / "mini", project)
    zonda = harness.Zonda(project, "--run.max_restarts=1000000", "--log.app=false", env={"GIN_MODE": "release"})
    try:
        zonda.ready()
        for number in range(5):  # what is made once is made by now
            reload(zonda, f"warm-{number}")
        before = weight(zonda.process.pid)
        load = subprocess.Popen(
            [client, f"-addr=127.0.0.1:{zonda.port}", f"-rate={arguments.rate}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        times = sorted(reload(zonda, number) for number in range(arguments.reloads))
        last = zonda.text()
        seen = json.loads(load.communicate()[0])
        zonda.wait()
        after = weight(zonda.process.pid)
        status = zonda.stop()
    finally:
        zonda.cleanup()
    return {
        "reloads": arguments.reloads,
        "requests_a_second": round(seen["answered"] / seen["seconds"]),
        **seen,
        "median_s": round(times[len(times) // 2], 3),
        "slowest_s": round(times[-1], 3),
        "last_served": last == f"version-{arguments.reloads - 1}",
        "zonda_fds": [before[0], after[0]],
        "zonda_kb": [before[1], after[1]],
        "zonda_exit": status,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reloads", type=int, default=200)
    parser.add_argument("--rate", type=int, default=2000)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zonda-handoff-") as directory:
        result = run(pathlib.Path(directory), arguments)
    for name, value in result.items():
        print(f"{name:18} {value}")
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(result) + "\n")
    return 0 if result["refused"] == result["failed"] == 0 and result["last_served"] else 1


if __name__ == "__main__":
    sys.exit(main())
