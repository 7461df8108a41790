"""zonda bench for real, with few rounds: what it reports is what was measured, and nothing of it stays."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import uuid

import pytest
import zonda as harness
from stopwatch import Stopwatch
from zonda import marked, until

PEERS = ["zonda", "air", "gin", "reflex", "entr", "go-run"]


def environment(tmp, **more):
    """A bench's own: where its scratch directory comes, and a mark that all of its processes have."""
    tmp.mkdir(exist_ok=True)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ZONDA", "GIN_"))}
    cache = subprocess.run(["go", "env", "GOCACHE"], capture_output=True, text=True, check=True).stdout.strip()
    return {
        **env,
        "TMPDIR": str(tmp),
        "GOCACHE": cache,
        "PORT": str(harness.free_port()),
        "NO_COLOR": "1",
        "ASAN_OPTIONS": "detect_leaks=1:exitcode=99",
        harness.MARK: uuid.uuid4().hex,
        **more,
    }


def bench(project, env, *args, timeout=200):
    done = subprocess.run(
        [harness.binary(), "bench", *args],
        cwd=project,
        env=env,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=timeout,
    )
    assert done.returncode != 99 and "Sanitizer" not in done.stderr, done.stderr
    nothing_is_left(env)
    return done


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def nothing_is_left(env, scratch_too=True):
    """No process, no listening port, no file."""
    until(lambda: not marked(env[harness.MARK]), 10)
    assert not marked(env[harness.MARK])
    if "PORT" in env:
        assert is_free(int(env["PORT"]))
    if scratch_too:
        assert not os.listdir(env["TMPDIR"])


def samples_of(path):
    return json.loads(path.read_text())["samples"]


def figures_of(report, tool):
    return {
        figure["name"]: of
        for figure in report["figures"]
        for of in figure["tools"]
        if of["tool"] == tool
    }


@pytest.mark.timeout(400)
def test_beside_a_stopwatch(mini, tmp_path, capsys):
    """Against what is on PATH of these peers: samples, raw log and medians agree, and a stopwatch of its
    own is printed beside them."""
    env = environment(tmp_path / "tmp")
    raw, report = tmp_path / "raw.jsonl", tmp_path / "report.json"
    options = ["--rounds=1", "--only=start,leaf,answer", f"--raw={raw}", f"--report={report}", "--quiet"]
    with Stopwatch(env["TMPDIR"], "handlers/handlers.go", int(env["PORT"])) as watch:
        done = bench(mini, env, f"--tools={','.join(PEERS)}", *options, timeout=380)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(report.read_text())
    tools = {tool["name"]: tool for tool in result["tools"]}
    assert list(tools) == [*PEERS, "floor"] and not result["interrupted"]
    assert [json.loads(line) for line in raw.read_text().splitlines()] == result["samples"]
    for name in tools:
        if name not in ("zonda", "go-run", "floor") and not shutil.which(name):
            assert "PATH" in tools[name]["skipped"] and name in done.stdout
            continue
        assert tools[name]["skipped"] is None and (name == "floor" or tools[name]["path"]), tools[name]
        figures = figures_of(result, name)
        for figure, of in figures.items():
            values = [s["value"] for s in result["samples"] if (s["tool"], s["figure"]) == (name, figure) and not s["missed"]]
            assert of["median"] == pytest.approx(statistics.median(values)) and of["n"] == len(values)
        assert figures["leaf.served"]["n"] == 1 and figures["leaf.served"]["median"] > 0
        parts = [figures[f"leaf.{part}"]["median"] for part in ("noticed", "built", "started") if f"leaf.{part}" in figures]
        if len(parts) == 3 or name == "floor":
            assert sum(parts) == pytest.approx(figures["leaf.served"]["median"], abs=1e-6)
        with capsys.disabled():
            own = watch.of(name)
            seen = f"{own:.3f} s" if own else "not seen"
            print(f"\n{name}: save to served {figures['leaf.served']['median']:.3f} s, by the stopwatch {seen}", end="")
    assert watch.times, "the stopwatch saw no version at all"


@pytest.mark.timeout(300)
def test_every_other_kind(mini, tmp_path):
    """Template, static file, configuration, idling and a storm; an edit that nobody serves is missed."""
    env = environment(tmp_path / "tmp")
    report = tmp_path / "report.json"
    options = ["--rounds=1", "--storm=1s", "--idle=500ms", "--timeout=20s", f"--report={report}"]
    done = bench(mini, env, "--tools=zonda", "--only=template,static,config,idle,storm", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "round 1 of 1" in done.stderr or "warming up" in done.stderr
    result = json.loads(report.read_text())
    assert {s["kind"]: s["file"] for s in result["subjects"]} == {
        "leaf": "handlers/handlers.go",
        "deep": None,
        "template": "templates/index.html",
        "static": "static/style.css",
        "config": ".env",
    }
    figures = figures_of(result, "zonda")
    for name in ("template.served", "static.served", "config.served", "storm.served"):
        assert figures[name]["n"] == 1 and not figures[name]["missed"], (name, figures[name])
    assert figures["storm.builds"]["median"] >= 1 and figures["storm.cpu"]["median"] > 0
    assert figures["idle.memory"]["median"] > 1e6 and figures["app.memory"]["median"] > 1e6
    floor = figures_of(result, "floor")
    assert floor["start"]["n"] == 1 and "template.served" not in floor
    assert not any(mini.rglob("*zonda-bench*")) and "zonda-bench" not in (mini / "handlers/handlers.go").read_text()


def test_the_floors_start_is_that_of_the_app_alone(mini, tmp_path):
    """A program with assembly is linked by the go command; here that takes some seconds, which are no part of
    the start."""
    (mini / "handlers" / "nothing.s").write_text("")
    slow_s = 8
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text(f'#!/bin/sh\ncase "$*" in *floor-app*) sleep {slow_s} ;; esac\nexec {shutil.which("go")} "$@"\n')
    go.chmod(0o755)
    env = environment(tmp_path / "tmp", PATH=f"{go.parent}{os.pathsep}{os.environ['PATH']}")
    report = tmp_path / "report.json"
    done = bench(mini, env, "--tools=go-run", "--only=start", "--rounds=1", "--quiet", f"--report={report}")
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(report.read_text())
    assert {tool["name"]: tool["command"] for tool in result["tools"]}["floor"] == "go build -ldflags=-w"
    assert 0 < figures_of(result, "floor")["start"]["median"] < slow_s


def test_gin_is_asked_when_it_has_built(mini, tmp_path):
    """Asked earlier it would never start the app."""
    gin = tmp_path / "bin" / "gin"
    gin.parent.mkdir()
    double = pathlib.Path(__file__).with_name("lazy_gin.py")
    gin.write_text(f'#!/bin/sh\nexec /usr/bin/env python3 {double} "$@"\n')
    gin.chmod(0o755)
    env = environment(tmp_path / "tmp", PATH=f"{gin.parent}{os.pathsep}{os.environ['PATH']}")
    report = tmp_path / "report.json"
    done = bench(mini, env, "--tools=gin", "--only=start", "--rounds=1", "--timeout=20s", "--quiet", f"--report={report}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert figures_of(json.loads(report.read_text()), "gin")["start"]["n"] == 1


API = """package main

import (
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {})
	panic(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
"""


def test_the_package_is_that_of_the_configuration(mini, tmp_path):
    """Of two main packages; --package is stronger, and a wrong configuration is said."""
    env, report = environment(tmp_path / "tmp"), tmp_path / "report.json"
    (mini / "cmd" / "api").mkdir(parents=True)
    (mini / "cmd" / "api" / "main.go").write_text(API)
    options = ["--tools=go-run", "--only=start", "--rounds=1", "--quiet", f"--report={report}"]
    (mini / "zonda.toml").write_text('[build]\npackage = "./cmd/api"\n')
    done = bench(mini, env, *options)
    assert done.returncode == 0, done.stderr
    assert json.loads(report.read_text())["package"] == "./cmd/api"
    (mini / "zonda.toml").write_text('[build]\npackages = "./cmd/api"\n')
    done = bench(mini, env, *options)
    assert done.returncode == 3 and "zonda.toml:2" in done.stderr and "packages" in done.stderr, done.stderr
    done = bench(mini, env, *options, "--package=./cmd/api", "--edit=leaf=main.go")
    assert done.returncode == 0 and json.loads(report.read_text())["package"] == "./cmd/api", done.stderr


# --- beside an older result ---


@pytest.mark.timeout(500)
def test_beside_an_older_result(mini, tmp_path):
    """A figure whose older rounds reach from far below to far above is within noise; one of which all were a
    thousand times longer is marked."""
    env, old, report = environment(tmp_path / "tmp"), tmp_path / "old.json", tmp_path / "new.md"
    options = ["--tools=go-run", "--only=start,answer", "--rounds=3", "--quiet"]
    first = bench(mini, env, *options, f"--report={old}")
    assert first.returncode == 0 and "since" not in first.stdout, first.stdout + first.stderr
    result = json.loads(old.read_text())
    for sample in result["samples"]:
        if (sample["tool"], sample["figure"]) == ("go-run", "start"):
            sample["value"] *= 1000
        if (sample["tool"], sample["figure"]) == ("go-run", "answer.median"):
            sample["value"] *= [1e-6, 1, 1e6][sample["round"] - 1]
    old.write_text(json.dumps(result))
    second = bench(mini, env, *options, f"--report={report}", f"--compare={old}")
    assert second.returncode == 0, second.stderr
    table = report.read_text()
    start, answers = (section.split("\n### ")[0] for section in (table.split("### Start\n")[1], table.split("### Answers\n")[1]))
    row = {name: next(line for line in text.splitlines() if line.startswith("| go-run |"))
           for name, text in (("start", start), ("answers", answers))}
    assert row["start"].endswith("% less** |") and row["answers"].endswith("| within noise |"), row
    assert "% less" in second.stdout and "another project" not in second.stdout


def test_an_older_result_of_another_project(mini, tmp_path):
    env, old = environment(tmp_path / "tmp"), tmp_path / "old.json"
    options = ["--tools=go-run", "--only=start", "--rounds=1", "--quiet"]
    assert bench(mini, env, *options, f"--report={old}").returncode == 0
    result = json.loads(old.read_text())
    old.write_text(json.dumps({**result, "project": "shop"}))
    done = bench(mini, env, *options, f"--compare={old}")
    assert done.returncode == 0 and "another project: shop" in done.stdout and "too few rounds" in done.stdout, done.stdout


# --- ends ---


@contextlib.contextmanager
def running_bench(project, env, *args):
    process = subprocess.Popen(
        [harness.binary(), "bench", *args],
        cwd=project,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def await_sample(process, raw):
    """The first measured round has begun, and something runs."""
    assert until(lambda: process.poll() is not None or (raw.exists() and raw.read_text()), 120)
    assert process.poll() is None, process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=str)
def test_a_signal_ends_it_with_what_was_found(mini, tmp_path, number):
    env, raw, report = environment(tmp_path / "tmp"), tmp_path / "raw.jsonl", tmp_path / "report.json"
    with running_bench(mini, env, "--tools=go-run", "--only=start,leaf", f"--raw={raw}", f"--report={report}") as process:
        await_sample(process, raw)
        process.send_signal(number)
        out, error = process.communicate(timeout=60)
    assert process.returncode == 1, error
    nothing_is_left(env)
    result = json.loads(report.read_text())
    assert result["interrupted"] and result["samples"] and "Sanitizer" not in error
    assert "go-run" in out


def test_killed_it_leaves_no_process(mini, tmp_path):
    env, raw = environment(tmp_path / "tmp"), tmp_path / "raw.jsonl"
    with running_bench(mini, env, "--tools=zonda", "--only=start,leaf", f"--raw={raw}") as process:
        await_sample(process, raw)
        process.kill()
        process.wait(20)
        nothing_is_left(env, scratch_too=False)


# --- what cannot be measured ---


def test_a_project_that_does_not_compile(mini, tmp_path):
    (mini / "handlers" / "handlers.go").write_text("package handlers\n\nfunc Broken() { return 1 }\n")
    done = bench(mini, environment(tmp_path / "tmp"), "--tools=zonda", "--quiet")
    assert done.returncode == 1 and not done.stdout
    assert "handlers.go" in done.stderr and "builds" in done.stderr


def test_an_app_that_ends(mini, tmp_path):
    text = (mini / "main.go").read_text()
    (mini / "main.go").write_text(text.replace("\trouter := gin", '\tfmt.Println("no database")\n\tos.Exit(3)\n\trouter := gin'))
    done = bench(mini, environment(tmp_path / "tmp"), "--tools=zonda", "--quiet")
    assert done.returncode == 1
    assert "exit status 3" in done.stderr and "no database" in done.stderr


def test_an_app_with_another_port_each_time(mini, tmp_path):
    """The first start says it; no tool is waited for."""
    env = environment(tmp_path / "tmp")
    del env["PORT"]
    done = bench(mini, env, "--tools=zonda", "--quiet")
    assert done.returncode == 1 and not done.stdout
    assert "another port with each start" in done.stderr and "PORT=8080" in done.stderr, done.stderr


def test_a_tool_that_gives_the_app_another_port(mini, tmp_path):
    env, other = environment(tmp_path / "tmp"), harness.free_port()
    (mini / "zonda.toml").write_text(f'[run]\nenv = {{ PORT = "{other}" }}\n')
    done = bench(mini, env, "--tools=zonda", "--only=start", "--rounds=1", "--timeout=4s", "--quiet")
    assert done.returncode == 1, done.stderr
    assert f"did not answer on port {env['PORT']}" in done.stdout and f"listens on {other}" in done.stdout, done.stdout


def test_a_tool_whose_app_listens_nowhere(mini, tmp_path):
    env = environment(tmp_path / "tmp")
    (mini / "zonda.toml").write_text('[run]\ncommand = ["sleep", "1000"]\n')
    done = bench(mini, env, "--tools=zonda", "--only=start", "--rounds=1", "--timeout=3s", "--quiet")
    assert done.returncode == 1, done.stderr
    assert f"port {env['PORT']} in time: nothing that runs listens on one" in done.stdout, done.stdout


def test_a_port_in_use(mini, tmp_path):
    env = environment(tmp_path / "tmp")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = bench(mini, env, "--tools=zonda", f"--port={port}", "--quiet")
    assert done.returncode == 1 and f"port {port} is in use" in done.stderr and str(os.getpid()) in done.stderr


def path_without(tmp, *names):
    """A directory with all that is on PATH but these programs: Go may want a C compiler, whichever CC names."""
    tmp.mkdir()
    for directory in map(pathlib.Path, os.environ["PATH"].split(os.pathsep)):
        for program in directory.iterdir() if directory.is_dir() else []:
            if program.name not in names and not (tmp / program.name).is_symlink():
                (tmp / program.name).symlink_to(program)
    return str(tmp)


def test_a_tool_that_is_not_there_is_named(mini, tmp_path):
    """None of the tools was measured: exit status 1."""
    path = path_without(tmp_path / "bin", "fresh", "entr")
    env = environment(tmp_path / "tmp", PATH=path, XDG_CACHE_HOME=str(tmp_path / "cache"))
    done = bench(mini, env, "--tools=fresh,entr", "--only=start", "--rounds=1", "--quiet")
    assert done.returncode == 1, done.stderr
    assert "fresh: not found" in done.stdout and "entr: not found" in done.stdout and "floor" in done.stdout


@pytest.mark.parametrize(
    "args, status, words",
    [
        (["--tools=zonda,aire"], 2, ["aire", "did you mean air?"]),
        (["--only=leaves"], 2, ["leaves", "leaf"]),
        (["--rounds=0"], 2, ["--rounds"]),
        (["--port=70000"], 2, ["--port"]),
        (["--timeout=10ms"], 2, ["--timeout"]),
        (["--edit=leaf=nothing.go"], 2, ["nothing.go"]),
        (["--report=x.pdf"], 2, ["x.pdf"]),
        (["--report=missing/x.md"], 2, ["missing", "mkdir"]),
        (["--project=nowhere"], 2, ["nowhere"]),
        (["--package=./nowhere"], 2, ["./nowhere", "no directory"]),
        (["--compare=main.go"], 3, ["main.go"]),
        (["word"], 2, ["word"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_mistakes(mini, tmp_path, args, status, words):
    done = bench(mini, environment(tmp_path / "tmp"), *args)
    assert done.returncode == status, done
    assert not done.stdout and all(word in done.stderr for word in words), done.stderr


def test_raw_that_cannot_be_written(mini, tmp_path):
    done = bench(mini, environment(tmp_path / "tmp"), f"--raw={pathlib.Path('missing/raw.jsonl')}")
    assert done.returncode == 111 and "missing/raw.jsonl" in done.stderr
