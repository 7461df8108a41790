"""zonda load against servers whose behaviour is known: what it reports is what they did."""
import csv
import os
import pty
import re
import select
import shutil
import signal
import subprocess

import loading
import pytest
import zonda as harness
from loading import load

USERS = """
[[stage]]
users = {users}
for = "{seconds}s"
"""


@pytest.fixture(scope="session")
def target_binary(tmp_path_factory):
    if shutil.which("go") is None:
        pytest.skip("go is not on PATH")
    binary = tmp_path_factory.mktemp("target") / "target"
    subprocess.run(["go", "build", "-o", binary, "."], cwd=loading.TARGET, check=True, timeout=600)
    return binary


@pytest.fixture
def target(target_binary):
    running = []

    def begin(*args):
        running.append(loading.Target(target_binary, *args))
        return running[-1]

    yield begin
    for one in running:
        one.cleanup()


def base(url, rest):
    return f'base_url = "{url}"\n{rest}'


# --- what was asked is what was wanted ---


@pytest.mark.crucial
def test_mix_and_counts_are_those_of_the_server(target, tmp_path):
    server = target()
    done = load(
        tmp_path,
        base(
            server.url,
            """
[[task]]
name = "query"
weight = 5
path = "/count/query"
think = "1ms..3ms"
[[task]]
name = "submit"
weight = 1
method = "POST"
path = "/count/submit"
json = { name = "{{user}}-{{iteration}}" }
"""
            + USERS.format(users=20, seconds=3),
        ),
    )
    assert done.status == 0, done.stderr
    seen = server.seen()
    asked = {"query": seen["Requests"]["GET /count/query"], "submit": seen["Requests"]["POST /count/submit"]}
    total = sum(asked.values())
    assert done.json["total"]["requests"] == total > 1000
    for name, share in (("query", 5 / 6), ("submit", 1 / 6)):
        assert done.task(name)["requests"] == asked[name]
        assert abs(asked[name] / total - share) <= 0.01 * share
    assert done.json["total"]["failed"] == 0
    assert done.json["total"]["connections"] == seen["Conns"] == done.json["users_max"] == 20
    assert seen["Types"] == {"application/json": asked["submit"]}
    # No body comes twice: a user and its iteration are one request.
    assert max(seen["Bodies"].values()) == 1


def test_arrivals_come_at_their_rate(target, tmp_path):
    server = target()
    done = load(
        tmp_path,
        base(server.url, '[[task]]\npath = "/count/x"\n[[stage]]\narrivals = 400\nfor = "5s"\n'),
    )
    seen = server.seen()
    assert done.json["model"] == "open"
    assert done.json["total"]["requests"] == seen["Requests"]["GET /count/x"] == 2000
    assert abs(done.json["total"]["rate"] - 400) <= 4


def test_arrivals_ramp(target, tmp_path):
    server = target()
    done = load(
        tmp_path,
        base(
            server.url,
            '[[task]]\npath = "/count/x"\n[[stage]]\narrivals = 200\nramp = "2s"\nfor = "1s"\n'
            '[[stage]]\narrivals = 0\nramp = "1s"\n',
        ),
    )
    assert done.json["total"]["requests"] == server.seen()["Requests"]["GET /count/x"] == 200 + 200 + 100


def test_users_have_cookies_of_their_own(target, tmp_path):
    server = target()
    done = load(
        tmp_path,
        base(
            server.url,
            '[[task]]\npath = "/login?user={{user}}"\nthink = "5ms"\n'
            '[[task]]\npath = "/account?user={{user}}"\nthink = "5ms"\n' + USERS.format(users=10, seconds=1),
        ),
    )
    seen = server.seen()
    assert done.status == 0
    assert seen["Wrong"] == 0
    # All but the first few, which came before their user's first login.
    assert seen["Cookies"] > seen["Requests"]["GET /account"] * 0.7


def test_values_are_captured_and_checked(target, tmp_path):
    server = target()
    done = load(
        tmp_path,
        base(
            server.url,
            """
[variables]
id = "none"
[headers]
X-Token = "{{token}}"
[[task]]
name = "list"
path = "/items"
think = "5ms"
check = { status = 200, body = "mug", json = { items.1.name = "pen", more = true }, json_has = ["items.0.id"] }
capture = { id = "json:items.1.id", token = "header:x-next" }
[[task]]
name = "one"
path = "/count/{{id}}"
think = "5ms"
"""
            + USERS.format(users=4, seconds=1),
        ),
    )
    seen = server.seen()
    assert done.json["total"]["failed"] == 0
    # "none" only until the first list of each of the four users.
    assert seen["Requests"]["GET /count/42"] > 10 * seen["Requests"].get("GET /count/none", 0) / 4
    assert set(seen["Headers"]) == {"token-7"}


def test_forms_are_escaped(target, tmp_path):
    server = target()
    load(
        tmp_path,
        base(
            server.url,
            '[variables]\nword = "a&b=c d"\n[[task]]\npath = "/count/form"\nthink = "100ms"\n'
            'form = { "k=" = "x {{word}}", z = "é" }\n' + USERS.format(users=1, seconds=1),
        ),
    )
    seen = server.seen()
    assert list(seen["Bodies"]) == ["k%3D=x%20a%26b%3Dc%20d&z=%C3%A9"]
    assert list(seen["Types"]) == ["application/x-www-form-urlencoded"]


# --- how long it took ---


def test_known_latency(target, tmp_path):
    server = target()
    done = load(
        tmp_path,
        base(server.url, '[[task]]\npath = "/wait?ms=50"\n' + USERS.format(users=10, seconds=3)),
    )
    latency = done.json["total"]["latency_ms"]
    assert latency["min"] >= 50
    # The least of hundreds is what the server waits, whatever else the machine has to do.
    assert latency["min"] <= 55
    assert latency["p50"] >= 50
    server.cleanup()


@pytest.mark.crucial
def test_a_stall_is_not_omitted(target, tmp_path):
    """For a second of five the server stands still. Whoever was due then waited for the rest of that
    second, although only few could be under way: those that came in its first half, a tenth of
    all, waited for more than half a second."""
    server = target("-stall-at", "1s", "-stall-for", "1s")
    done = load(
        tmp_path,
        base(
            server.url,
            '[[task]]\npath = "/wait"\n[limits]\nconnections = 10\n[[stage]]\narrivals = 200\nfor = "5s"\n',
        ),
    )
    total = done.json["total"]
    assert total["requests"] == 1000 and total["failed"] == 0
    assert total["latency_ms"]["p90"] >= 450
    assert total["latency_ms"]["p95"] >= 700
    assert total["latency_ms"]["p99"] >= 900
    assert total["connections"] == 10
    assert done.json["late_ms"]["p95"] >= 650  # the most of that was before anything was sent


# --- what goes wrong is counted by its kind ---

ONE = '[[task]]\npath = "/"\nthink = "20ms"\n[limits]\ntimeout = "60s"\n' + USERS.format(users=4, seconds=1)


@pytest.mark.parametrize("kind", ["reset", "closed", "timeout", "malformed"])
def test_faults_are_counted_by_kind(tmp_path, kind):
    answers = {
        "reset": loading.reset,
        "closed": loading.cut,
        "timeout": loading.hang,
        "malformed": loading.rubbish,
    }
    with loading.fake(answers[kind]) as url:
        done = load(tmp_path, base(url, ONE.replace("60s", "300ms") if kind == "timeout" else ONE))
    assert done.status == 1  # nothing went well
    total = done.json["total"]
    assert total["errors"] == {kind: total["requests"]}
    assert total["requests"] >= 4
    # Only waiting has a latency.
    assert total["latency_ms"]["count"] == (total["requests"] if kind == "timeout" else 0)
    if kind == "timeout":
        assert total["latency_ms"]["min"] >= 300


def test_refused(tmp_path):
    done = load(tmp_path, base(f"http://127.0.0.1:{harness.free_port()}", ONE))
    total = done.json["total"]
    assert done.status == 1 and total["errors"] == {"refused": total["requests"]}
    # A server that is not there is not hammered: ten a second and user at most.
    assert 4 <= total["requests"] <= 4 * 11


def test_a_kept_connection_that_was_closed_is_no_error(tmp_path):
    with loading.fake(loading.one_each) as url:
        done = load(tmp_path, base(url, ONE))
    total = done.json["total"]
    assert done.status == 0 and total["failed"] == 0
    assert total["retried"] > 0
    assert total["connections"] == total["retried"] + 4


def test_status_and_checks(target, tmp_path):
    server = target()
    done = load(
        tmp_path,
        base(
            server.url,
            """
[[task]]
name = "bad"
path = "/status/503"
think = "10ms"
[[task]]
name = "wanted"
path = "/status/404"
think = "10ms"
check = { status = [200, 404] }
[[task]]
name = "other"
path = "/items"
think = "10ms"
check = { json = { items.0.name = "cup" } }
"""
            + USERS.format(users=3, seconds=1),
        ),
    )
    assert done.task("bad")["errors"] == {"status": done.task("bad")["requests"]}
    assert done.task("wanted")["errors"] == {}
    assert done.task("other")["errors"] == {"check": done.task("other")["requests"]}
    assert done.task("bad")["latency_ms"]["count"] == done.task("bad")["requests"]


@pytest.mark.crucial
def test_a_server_that_dies(target, tmp_path):
    server = target()
    run = loading.Run(
        tmp_path,
        base(server.url, '[[task]]\npath = "/wait?ms=5"\n' + USERS.format(users=10, seconds=4)),
    )
    # Ten users: of so many requests most have been answered.
    assert harness.until(lambda: server.requests().get("GET /wait", 0) >= 50)
    server.process.kill()
    server.process.wait()
    done = run.wait()
    total = done.json["total"]
    assert done.status == 0  # no threshold was given, and some went well
    assert total["errors"]["refused"] > 0
    assert set(total["errors"]) <= {"refused", "reset", "closed"}
    assert total["requests"] > total["failed"]


def test_interrupted(tmp_path):
    """^C ends it at once, with what was found so far, although the server never answers."""
    first = []

    def answer(connection):
        while loading.read_request(connection):
            if len(first) >= 5:
                loading.hang(connection)
                return
            first.append(1)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    with loading.fake(answer) as url:
        run = loading.Run(
            tmp_path, base(url, '[[task]]\npath = "/"\n' + USERS.format(users=2, seconds=3600)), "--report", "r.html"
        )
        assert harness.until(lambda: len(first) >= 5)
        run.process.send_signal(signal.SIGINT)
        done = run.wait()
    assert done.json["interrupted"] and done.status == 0
    # What was answered is counted, but for an answer that was on its way.
    requests, unfinished = done.json["total"]["requests"], done.json["unfinished"]
    assert 1 <= requests <= len(first) <= requests + unfinished
    assert unfinished <= 2
    assert "stopped before its end" in (tmp_path / "r.html").read_text()


# --- TLS ---


def test_tls(target, tmp_path):
    ca = tmp_path / "ca.pem"
    server = target("-tls", ca)
    rest = '[[task]]\npath = "/items"\nthink = "20ms"\ncheck = { body = "mug" }\n' + USERS.format(users=2, seconds=1)
    refused = load(tmp_path, base(server.url, rest))
    assert refused.status == 1
    assert refused.json["total"]["errors"] == {"tls": refused.json["total"]["requests"]}
    for trust in ("verify = false", f'ca = "{ca}"'):
        done = load(tmp_path, base(server.url, rest + f"[tls]\n{trust}\n"))
        assert done.status == 0 and done.json["total"]["failed"] == 0, trust
        assert done.json["total"]["connections"] == 2


def test_https_of_a_plain_server(target, tmp_path):
    server = target()
    done = load(tmp_path, base(server.url.replace("http:", "https:"), ONE + "[tls]\nverify = false\n"))
    assert set(done.json["total"]["errors"]) <= {"tls", "closed"} and done.status == 1


# --- many ---


def test_a_thousand_users_in_bounded_memory(target, tmp_path):
    """ZONDA_LOAD_SECONDS makes it longer."""
    server = target()
    seconds = float(os.environ.get("ZONDA_LOAD_SECONDS", "10"))
    done = load(
        tmp_path,
        base(
            server.url,
            """
[[task]]
name = "query"
weight = 5
path = "/items"
think = "500ms..1s"
check = { body = "mug" }
[[task]]
name = "login"
path = "/login?user={{user}}"
think = "500ms..1s"
[[stage]]
users = 1000
ramp = "500/s"
"""
            + f'for = "{seconds - 2:g}s"\n',
        ),
    )
    assert done.status == 0, done.stderr
    assert done.json["users_max"] == 1000 and done.json["total"]["failed"] == 0
    assert done.json["total"]["connections"] == server.seen()["Conns"] == 1000
    assert 0 < done.peak_kib < limit_kib(), f"{done.peak_kib} KiB"


def limit_kib():
    """24 MiB; a sanitizer multiplies what a program has."""
    with open(harness.binary(), "rb") as file:
        sanitized = b"__asan_init" in file.read()
    return 1 << 20 if sanitized else 24 << 10


# --- the command ---


def test_thresholds_set_the_exit_status(target, tmp_path):
    server = target()
    rest = '[[task]]\nname = "get"\npath = "/wait?ms=20"\n' + USERS.format(users=2, seconds=1)
    kept = load(tmp_path, base(server.url, 'thresholds = ["errors < 1%", "get max < 1000s"]\n' + rest))
    assert kept.status == 0 and all(one["kept"] for one in kept.json["thresholds"])
    broken = load(tmp_path, base(server.url, 'thresholds = ["errors < 1%", "p50 < 20ms"]\n' + rest), json_out=False)
    assert broken.status == 1
    assert re.search(r"^BROKEN p50 < 20ms: 2\d\.\d ms$", broken.stdout, re.MULTILINE), broken.stdout


def test_a_malformed_scenario(tmp_path):
    done = load(tmp_path, 'base_url = "http://127.0.0.1:1"\n[[task]]\npth = "/"\n', json_out=False)
    assert done.status == 3
    assert "load.toml:3:1: error: [[task]] has no key pth\n  hint: did you mean path?" in done.stderr
    assert "the scenario has no stage" in done.stderr


@pytest.mark.parametrize(
    ("args", "status", "told"),
    [
        ([], 2, "zonda load needs a scenario"),
        (["nowhere.toml"], 111, "nowhere.toml"),
        (["ok.toml", "--report", "x.pdf"], 2, "no kind of report ends like x.pdf"),
        (["ok.toml", "--report", "no/x.html"], 2, "there is no directory no"),
        (["ok.toml", "--threads", "0"], 2, "--threads is 0"),
        (["ok.toml", "--url", "localhost"], 3, "--url"),
        (["ok.toml", "--emit", "jmeter"], 2, "there is no way to write a scenario for 'jmeter'"),
        (["ok.toml", "--url", "http://example.com"], 3, "--url: error: base_url: "),
    ],
)
def test_wrong_command_lines(tmp_path, args, status, told):
    (tmp_path / "ok.toml").write_text(base("http://127.0.0.1:1", ONE))
    done = subprocess.run(
        [harness.binary(), "load", *args], cwd=tmp_path, capture_output=True, text=True, timeout=harness.WAIT_S
    )
    assert done.returncode == status, done.stderr
    assert told in done.stderr


def test_check_sends_nothing(tmp_path):
    done = load(tmp_path, base("http://127.0.0.1:1", ONE), "--check", json_out=False)
    assert done.status == 0
    assert done.stdout == "load.toml: ok, 1 task on http://127.0.0.1:1: 4 users for 1 s; 1 s\n"


def test_reports(target, tmp_path):
    server = target()
    kinds = ("html", "md", "json", "csv")
    done = load(
        tmp_path,
        base(
            server.url,
            'thresholds = ["p99 < 60s"]\n[[task]]\nname = "a"\npath = "/items"\nthink = "10ms"\n'
            '[[task]]\nname = "b"\npath = "/status/500"\nthink = "10ms"\n' + USERS.format(users=5, seconds=3),
        ),
        *(f"--report=r.{kind}" for kind in kinds),
    )
    text = {kind: (tmp_path / f"r.{kind}").read_text() for kind in kinds}
    assert text["json"] == done.stdout
    total = done.json["total"]
    page = text["html"]
    # Self-contained: nothing is loaded and nothing runs.
    assert not re.search(r"<script|<link|<img|src=|@import|url\(|\son\w+=", page)
    assert page.count("<svg") == 3 and page.count("<polyline") >= 5
    for number in (total["requests"], done.task("a")["requests"], total["errors"]["status"]):
        assert f"{number:,}" in page
    assert "all thresholds kept" in page and os.uname().release in page
    rows = list(csv.DictReader(text["csv"].splitlines()))
    assert sum(int(row["requests"]) for row in rows) == total["requests"]
    assert sum(int(row["failed"]) for row in rows) == total["failed"]
    assert f"status {total['failed']:,}" in text["md"]
    assert re.search(rf"^\| a +\| +{done.task('a')['requests']:,} \|", text["md"], re.MULTILINE)


def test_a_terminal_has_one_line(target, tmp_path):
    server = target()
    (tmp_path / "t.toml").write_text(
        base(server.url, '[[task]]\npath = "/items"\nthink = "10ms"\n' + USERS.format(users=5, seconds=2))
    )
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [harness.binary(), "load", "t.toml"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=slave,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(slave)
    told = b""
    deadline = harness.Deadline()
    while not deadline.over:
        ready, _, _ = select.select([master], [], [], deadline.left)
        try:
            piece = os.read(master, 4096) if ready else b""
        except OSError:  # the other end is closed
            break
        told += piece
    os.close(master)
    assert process.wait() == 0
    process.stdout.close()
    assert told.count(b"\n") == 0 and told.count(b"\r") >= 3
    assert re.search(r"5 at work · [\d.,]+/s · p50 ", told.decode())
    assert told.endswith(b"\r\x1b[K")
