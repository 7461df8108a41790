#!/usr/bin/env python3
"""zonda load beside wrk: requests for each second of CPU time that the generator uses.

usage: load_bench.py [--rounds N] [--seconds N] [--connections N] [--threads N] [--wait MS] [--json FILE]

Both ask the same Go server (tests/e2e/projects/target) with the same connections and threads, in
turns. The server waits --wait milliseconds before each answer, so that it is never saturated: both
generators get the same answers at the same pace, and what differs is what they spend. CPU time is
that of the process, from the kernel (wait4). Printed, never judged. ZONDA names the binary.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import loading  # noqa: E402
import zonda as harness  # noqa: E402


def measured(command, directory):
    """Its output and its CPU seconds."""
    with open(directory / "out", "w+") as out:
        process = subprocess.Popen(command, cwd=directory, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read()
    if process.returncode:
        sys.exit(f"{command[0]} ended with {process.returncode}:\n{text}")
    return text, usage.ru_utime + usage.ru_stime


def zonda(directory, arguments, url):
    (directory / "load.toml").write_text(
        f'base_url = "{url}"\n[[task]]\npath = "/wait?ms={arguments.wait:g}"\n'
        f'[[stage]]\nusers = {arguments.connections}\nfor = "{arguments.seconds}s"\n'
    )
    command = [harness.binary(), "load", "load.toml", "-q", "-j", f"--threads={arguments.threads}"]
    text, cpu = measured(command, directory)
    return json.loads(text)["total"]["requests"], cpu


def wrk(directory, arguments, url):
    options = [f"-t{arguments.threads}", f"-c{arguments.connections}", f"-d{arguments.seconds}s"]
    text, cpu = measured(["wrk", *options, f"{url}/wait?ms={arguments.wait:g}"], directory)
    return int(re.search(r"(\d+) requests in", text).group(1)), cpu


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--wait", type=float, default=5)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is not on PATH: apt-get install wrk")
    tools = {"zonda load": zonda, "wrk": wrk}
    samples = {name: [] for name in tools}
    rates = {name: [] for name in tools}
    with tempfile.TemporaryDirectory(prefix="zonda-load-") as name:
        directory = pathlib.Path(name)
        binary = directory / "target"
        subprocess.run(["go", "build", "-o", binary, "."], cwd=loading.TARGET, check=True)
        server = loading.Target(binary)
        try:
            for number in range(arguments.rounds + 1):  # the first one warms up
                order = list(tools.items())
                for tool, run in order if number % 2 else order[::-1]:
                    requests, cpu = run(directory, arguments, server.url)
                    if number:
                        samples[tool].append(requests / cpu)
                        rates[tool].append(requests / arguments.seconds)
        finally:
            server.cleanup()
    print(f"{'':12} requests per CPU second, median (min-max)    requests a second")
    for tool, values in samples.items():
        print(
            f"{tool:12} {statistics.median(values):10,.0f} ({min(values):,.0f}-{max(values):,.0f})"
            f"{'':14}{statistics.median(rates[tool]):10,.0f}"
        )
    ratios = [a / b for a, b in zip(samples["zonda load"], samples["wrk"])]
    print(f"ratio        {statistics.median(ratios):10.2f} ({min(ratios):.2f}-{max(ratios):.2f}), round by round")
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps({"samples": samples, "rates": rates, "ratios": ratios}))


if __name__ == "__main__":
    main()
