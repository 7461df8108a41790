"""The same scenario for other engines: a real locust, master and two workers, does the same; k6's
script is read by a JavaScript parser."""
import csv
import fcntl
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
import zonda as harness
from loading import load
from test_load import target, target_binary  # noqa: F401

LOCUST = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "zonda-tests" / "locust"

SCENARIO = """
thresholds = ["p95 < 60s", "p99 < 60s", "errors < 1%", "form errors < 5", "rate > 1/s"]
think = "10ms..30ms"
[variables]
page = { from = 1, to = 9 }
word = ["a b", 'ü&"x#']
token = "none"
[headers]
X-Token = "{{token}}"
[[task]]
name = "query"
weight = 5
path = "/items?page={{page}}&q={{word}}"
check = { status = 200, body = "mug", json = { items.0.id = 41, more = true }, json_has = ["items"] }
capture = { token = "header:x-next", id = "json:items.1.id" }
[[task]]
name = "submit"
path = "/count/submit"
think = "exponential 20ms"
json = { who = "{{user}}-{{iteration}}-{{run}}", word = "{{word}}", id = "{{id}}", n = 2 }
[[task]]
name = "form"
path = "/count/form"
form = { "k=" = "{{word}}" }
[[stage]]
users = 30
ramp = "30/s"
for = "10s"
[[stage]]
users = 0
ramp = "1s"
"""

SHARES = {"query": 5 / 7, "submit": 1 / 7, "form": 1 / 7}


@pytest.fixture(scope="session")
def locust():
    """From PyPI, once, into a virtual environment outside of the tree."""
    binary = LOCUST / "bin" / "locust"
    LOCUST.parent.mkdir(parents=True, exist_ok=True)
    with open(LOCUST.parent / "locust.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (LOCUST / "whole").exists():
            for command in (
                [sys.executable, "-m", "venv", "--clear", LOCUST],
                [LOCUST / "bin" / "pip", "install", "-q", "--retries", "1", "--timeout", "20", "locust"],
            ):
                done = subprocess.run(command, capture_output=True, text=True, timeout=400)
                if done.returncode:
                    pytest.skip(f"locust is not here and pip cannot install it: {done.stderr[-300:]}")
            (LOCUST / "whole").touch()
    return binary


def emitted(directory, engine, url):
    done = load(directory, f'base_url = "{url}"\n{SCENARIO}', "--emit", engine, json_out=False)
    assert done.status == 0, done.stderr
    return done.stdout


def shares_near(counts, margin):
    total = sum(counts.values())
    for name, share in SHARES.items():
        assert abs(counts[name] / total - share) <= margin, counts
    return total


def run_locust(locust, directory):
    """Master and two workers, to their end. False where somebody else has taken the master's port."""
    port = harness.free_port()
    bind = ["--master-bind-host=127.0.0.1", f"--master-bind-port={port}"]
    master = ["--headless", "--master", "--expect-workers=2", *bind]
    worker = ["--worker", "--master-host=127.0.0.1", f"--master-port={port}"]
    processes = []
    with open(directory / "master.log", "w") as log, open(directory / "workers.log", "w") as others:
        for number, options in enumerate([[*master, "--csv=stats", "--only-summary"], worker, worker]):
            processes.append(
                subprocess.Popen(
                    [locust, "-f", "locustfile.py", *options],
                    cwd=directory,
                    stdin=subprocess.DEVNULL,
                    stdout=others if number else log,
                    stderr=subprocess.STDOUT,
                )
            )
    try:
        status = processes[0].wait(timeout=200)
        if status and "Address already in use" in (directory / "master.log").read_text():
            return False
        for process in processes:
            assert process.wait(timeout=60) == 0, (directory / "master.log").read_text()
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
                process.wait()
    return True


@pytest.mark.timeout(600)
def test_locust_does_the_same(locust, target, tmp_path):  # noqa: F811
    server = target()
    (tmp_path / "locustfile.py").write_text(emitted(tmp_path, "locust", server.url))
    assert any(run_locust(locust, tmp_path) for _ in range(3))
    with open(tmp_path / "stats_stats.csv") as file:
        rows = {row["Name"]: row for row in csv.DictReader(file)}
    counts = {name: int(rows[name]["Request Count"]) for name in SHARES}
    assert shares_near(counts, 0.02) > 2000
    assert all(int(rows[name]["Failure Count"]) == 0 for name in SHARES)
    # The server saw what locust counted, and the same kinds of bodies as from zonda. Locust cuts off
    # its users at the end, and a worker's last report may come too late to be counted.
    seen = server.seen()
    assert 0 <= seen["Requests"]["POST /count/submit"] - counts["submit"] <= max(30, counts["submit"] / 10)
    theirs = shapes(seen)
    server = target()
    done = load(tmp_path, f'base_url = "{server.url}"\n{SCENARIO.replace("10s", "2s")}')
    assert shares_near({name: done.task(name)["requests"] for name in SHARES}, 0.01)
    assert done.status == 0 and shapes(server.seen()) == theirs


def shapes(seen):
    """Bodies without what differs from request to request, content types, headers."""
    bodies = {re.sub(r'"who":"\d+-\d+-[0-9a-f]{8}"', '"who":""', body) for body in seen["Bodies"]}
    # locust's JSON writes ü as an escape, zonda's as it is.
    bodies = {body.replace("\\u00fc", "ü") for body in bodies if '"id":""' not in body}
    return bodies, set(seen["Types"]), set(seen["Headers"]), set(seen["Requests"])


def test_locust_has_no_open_model(tmp_path):
    done = load(
        tmp_path,
        'base_url = "http://127.0.0.1:1"\n[[task]]\npath = "/"\n[[stage]]\narrivals = 5\nfor = "1s"\n',
        "--emit=locust",
        json_out=False,
    )
    assert done.status == 2 and "locust has no open model" in done.stderr and done.stdout == ""


@pytest.mark.parametrize("goal", ["users = 30", "arrivals = 2.5"])
def test_k6_is_javascript(tmp_path, goal):
    """k6 itself is in no package client that this test may use: a parser reads the script, nothing
    runs it."""
    if shutil.which("node") is None:
        pytest.skip("node is not on PATH: nobody can read the JavaScript")
    scenario = SCENARIO.replace("users = 30", goal).replace("users = 0", goal.split()[0] + " = 0")
    done = load(tmp_path, f'base_url = "http://127.0.0.1:1"\n{scenario}', "--emit=k6", json_out=False)
    (tmp_path / "k6.mjs").write_text(done.stdout)
    checked = subprocess.run(
        ["node", "--check", "k6.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=harness.WAIT_S
    )
    assert checked.returncode == 0, checked.stderr
    assert "'http_req_duration': ['p(95)<60000', 'p(99)<60000', ]" in done.stdout
    assert "'failures{task:form}': ['count<5', ]" in done.stdout
    if goal.startswith("users"):
        assert "{ target: 30, duration: '1000ms' }" in done.stdout
    else:
        assert "timeUnit: '100s'" in done.stdout and "{ target: 250, duration: '83ms' }" in done.stdout
