#!/usr/bin/env python3
"""Reloads a real Gin app under load and prints what its clients saw, and what it cost zonda.

usage: handoff_bench.py [--reloads N] [--peers N] [--rate N] [--proxy] [--json FILE]

The app has a graceful shutdown (tests/e2e/projects/mini); half of the requests come on keep-alive
connections, half on fresh ones. Counted apart: connections that the app's own shutdown closed before
any byte of an answer, which the client tries once more. With --proxy all of them go through zonda's
proxy, and there are none of those either. ZONDA names the binary.

With --peers N the same is printed for N reloads of each of air (its defaults, and with SIGINT in place
of SIGKILL) and reflex that is on PATH; one that is not is named.
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
import bench  # noqa: E402
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


def build_client(directory):
    client = directory / "load"
    subprocess.run(["go", "build", "-o", client, "."], cwd=HERE / "load", check=True)
    return client


class Load:
    """The client's requests while the block runs; then seen has what it saw."""

    def __init__(self, client, port, rate):
        self.command = [client, f"-addr=127.0.0.1:{port}", f"-rate={rate}"]

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        return self

    def __exit__(self, *_):
        self.seen = json.loads(self.process.communicate()[0])


def rates(seen):
    return {"requests_a_second": round(seen["answered"] / seen["seconds"]), **seen}


def run(directory, client, arguments):
    project = directory / "mini"
    shutil.copytree(HERE.parent / "e2e" / "projects" / "mini", project)
    proxy = [f"--proxy.port={harness.free_port()}"] if arguments.proxy else []
    zonda = harness.Zonda(
        project, "--run.max_restarts=1000000", "--log.app=false", *proxy, env={"GIN_MODE": "release"}
    )
    port = proxy[0].split("=")[1] if proxy else zonda.port
    try:
        zonda.ready()
        for number in range(5):  # what is made once is made by now
            reload(zonda, f"warm-{number}")
        before = weight(zonda.process.pid)
        with Load(client, port, arguments.rate) as load:
            times = sorted(reload(zonda, number) for number in range(arguments.reloads))
            last = zonda.text()
        zonda.wait()
        after = weight(zonda.process.pid)
        status = zonda.stop()
    finally:
        zonda.cleanup()
    return {
        "reloads": arguments.reloads,
        **rates(load.seen),
        "median_s": round(times[len(times) // 2], 3),
        "slowest_s": round(times[-1], 3),
        "last_served": last == f"version-{arguments.reloads - 1}",
        "zonda_fds": [before[0], after[0]],
        "zonda_kb": [before[1], after[1]],
        "zonda_exit": status,
    }


# --- peers ---


class Air(bench.Tool):
    name, program, graceful = "air", "air", False

    def command(self):
        if self.graceful:
            (self.project / ".air.toml").write_text(
                '[build]\n  send_interrupt = true\n  kill_delay = "2s"\n'
            )
        return ["air"]


class AirGraceful(Air):
    name, graceful = "air, SIGINT", True


class Reflex(bench.Tool):
    name, program = "reflex", "reflex"

    def command(self):
        build = "go build -o ./tmp/main . && exec ./tmp/main"
        return ["reflex", "-s", "-r", r"\.go$", "--", "sh", "-c", build]


def run_peer(make, directory, client, arguments):
    tool = make(directory)
    tool.env["GIN_MODE"] = "release"
    lost = 0
    try:
        tool.start()
        tool.settle()
        with Load(client, tool.port, arguments.rate) as load:
            for number in range(arguments.peers):
                try:
                    tool.round(f"version-{number}")
                except TimeoutError:  # an edit that it has missed; the next save may do
                    lost += 1
        last = bench.ask(tool.port) == f"version-{arguments.peers - 1}"
    finally:
        tool.stop()
    return {"reloads": arguments.peers, **rates(load.seen), "never_served": lost, "last_served": last}


def show(name, result):
    print(f"--- {name}")
    for key, value in result.items():
        print(f"{key:18} {value}")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reloads", type=int, default=200)
    parser.add_argument("--peers", type=int, default=0)
    parser.add_argument("--rate", type=int, default=2000)
    parser.add_argument("--proxy", action="store_true")
    parser.add_argument("--json")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zonda-handoff-") as name:
        directory = pathlib.Path(name)
        client = build_client(directory)
        results = {"zonda": run(directory, client, arguments)}
        show("zonda", results["zonda"])
        for make in (Air, AirGraceful, Reflex) if arguments.peers else ():
            if shutil.which(make.program):
                results[make.name] = run_peer(make, directory, client, arguments)
                show(make.name, results[make.name])
            else:
                print(f"--- {make.name} is left out: {make.program} is not on PATH")
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(results) + "\n")
    result = results["zonda"]
    lost = result["refused"] + result["failed"]
    if arguments.proxy:
        lost += result["reused_closed"] + result["fresh_closed"]
    return 0 if lost == 0 and result["last_served"] else 1


if __name__ == "__main__":
    sys.exit(main())
