#!/usr/bin/env python3
"""Measures zonda against air and against the floor, on the same project, in interleaved rounds.

usage: bench.py [--rounds N] [--quick] [--only start,served,idle] [--json FILE] [--check]

  start   from the event of a save to the start of its build
  served  from the save to the first answer of the new version: zonda, air with its defaults, and the
          floor: plain `go build` followed by the start of the app
  idle    CPU time and memory while a tree of 3,000 directories and 20,000 files is watched, and the
          time until it is

Prints a table and writes JSON (tests/output/bench.json unless --json says otherwise). --check fails
where a figure misses its target. ZONDA names the binary; air is looked for on PATH and in the cache
(~/.cache/zonda-bench/bin), installed there once where Go can fetch it, and left out by name where
it cannot. See README.md.
"""
import argparse
import http.client
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT = ROOT / "tests" / "e2e" / "projects" / "mini"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "zonda-bench"
ZONDA = os.environ.get("ZONDA") or str(ROOT / "build" / "src" / "zonda")
SOURCE = "handlers/handlers.go"
DEADLINE_S = 120
TICKS = os.sysconf("SC_CLK_TCK")
TREE_DIRS, TREE_FILES = 3000, 20000
IDLE_S = 20

# name -> (target, what is measured of it); a figure must not be above its target.
TARGETS = {
    "event to build start, ms": 2.0,
    "save to served, of air's": 0.55,
    "save to served, of the floor": 1.05,
    "idle CPU in 20 s, ms": 0.0,
    "idle resident memory, MiB": 8.0,
    "tree watched after, ms": 100.0,
}


def say(text):
    print(text, file=sys.stderr, flush=True)


def until(what, seconds=DEADLINE_S, pause=0.002):
    end = time.monotonic() + seconds
    while True:
        answer = what()
        if answer:
            return answer
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} s in vain")
        time.sleep(pause)


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, path="/text"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def find_air():
    """air's path, or None with a word about it."""
    found = shutil.which("air") or shutil.which(str(CACHE / "bin" / "air"))
    if found:
        return found
    say("air is not installed: trying `go install github.com/air-verse/air@latest` into " + str(CACHE))
    (CACHE / "bin").mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["go", "install", "github.com/air-verse/air@latest"],
        env={**os.environ, "GOBIN": str(CACHE / "bin"), "GOFLAGS": ""},
        cwd=tempfile.gettempdir(),
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        say("air is left out, it could not be installed: " + (done.stderr.strip().splitlines() or ["?"])[-1])
        return None
    return str(CACHE / "bin" / "air")


class Tool:
    """A reloader at work in its own copy of the project."""

    name = "?"
    patience_s = DEADLINE_S  # with an edit
    lost = 0  # edits that were never served

    def __init__(self, scratch):
        self.project = scratch / self.name
        shutil.copytree(PROJECT, self.project, ignore=shutil.ignore_patterns(".zonda", "tmp"))
        self.port = free_port()
        self.text = "one"
        self.env = {**os.environ, "PORT": str(self.port), "GIN_MODE": "debug", "NO_COLOR": "1"}
        runtime = scratch / f"run-{self.name}"
        runtime.mkdir(mode=0o700)
        self.env["XDG_RUNTIME_DIR"] = str(runtime)
        self.process = None
        self.starts = []  # event to build start, ms

    def command(self):
        raise NotImplementedError

    def start(self):
        self.process = subprocess.Popen(
            self.command(),
            cwd=self.project,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        until(lambda: ask(self.port) == self.text)

    def _read(self):
        for line in self.process.stdout:
            self.line(line)

    def line(self, line):
        """A line of its output."""

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def save(self, text):
        """Rewrites the source; when, and the text that must come."""
        path = self.project / SOURCE
        source = re.sub(r'const Text = "[^"]*"', f'const Text = "{text}"', path.read_text())
        self.text = text
        began = time.monotonic()
        path.write_text(source)
        return began

    def round(self, text):
        """Seconds from the save to the first answer of the new version."""
        began = self.save(text)
        until(lambda: ask(self.port) == text, self.patience_s)
        return time.monotonic() - began

    def settle(self):
        """Until it has nothing more to do, so that the next one measured has the machine."""
        until(lambda: not children_busy(self.process.pid) if self.process else True, 30, 0.02)


def descendants(pid):
    found, todo = [], [pid]
    while todo:
        parent = todo.pop()
        try:
            tasks = os.listdir(f"/proc/{parent}/task")  # each thread has children of its own
        except OSError:
            continue
        for task in tasks:
            try:
                with open(f"/proc/{parent}/task/{task}/children") as file:
                    children = [int(word) for word in file.read().split()]
            except OSError:
                continue
            found += children
            todo += children
    return found


def command_of(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().split(b"\0")
    except OSError:
        return []


def children_busy(pid):
    """Is a go command, a compiler or a linker among the descendants?"""
    for child in descendants(pid):
        words = command_of(child)
        if words and os.path.basename(words[0]) in (b"go", b"compile", b"link", b"asm"):
            return True
    return False


class Zonda(Tool):
    name = "zonda"

    def __init__(self, scratch):
        super().__init__(scratch)
        self.versions = 0

    def command(self):
        return [ZONDA, "--log.format=json", "--log.level=debug"]

    def line(self, line):
        try:
            context = json.loads(line)["context"]
        except (ValueError, KeyError):
            return
        if context.get("kind") == "reload_end" and context.get("outcome") == "served":
            self.versions += 1
            took = build_start_ms(context)
            if took is not None and context.get("cause") == "change":
                self.starts.append(took)


def build_start_ms(context):
    """From a reload of the log, whose times are milliseconds since the event: the start of the build."""
    return context.get("times", {}).get("build_start")


class Air(Tool):
    name = "air"
    patience_s = 30

    def __init__(self, scratch, path):
        super().__init__(scratch)
        self.path = path

    def command(self):
        return [self.path]

    def round(self, text):
        """Also notes when its build's process appears (seen within 2 ms)."""
        seen = []
        over = threading.Event()

        def watch():
            while not over.is_set():
                if children_busy(self.process.pid):
                    seen.append(time.monotonic())
                    return
                time.sleep(0.001)

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        began = time.monotonic()
        try:
            return super().round(text)
        except TimeoutError:
            self.lost += 1  # it has missed the edit, or its app did not come up; the next save may do
            say(f"air never served {text}")
            return None
        finally:
            over.set()
            watcher.join()
            if seen:
                self.starts.append((seen[0] - began) * 1000)


class Floor(Tool):
    """No tool at all: `go build`, then the app is stopped and started."""

    name = "floor"

    def __init__(self, scratch):
        super().__init__(scratch)
        self.app = None

    def start(self):
        self.build()
        self.run()
        until(lambda: ask(self.port) == self.text)

    def build(self):
        subprocess.run(["go", "build", "-o", "app", "."], cwd=self.project, env=self.env, check=True)

    def run(self):
        self.app = subprocess.Popen(
            ["./app"], cwd=self.project, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def stop(self):
        if self.app:
            self.app.terminate()
            self.app.wait()

    def round(self, text):
        began = self.save(text)
        self.build()
        self.stop()
        self.run()
        until(lambda: ask(self.port) == text)
        return time.monotonic() - began

    def settle(self):
        pass


def measure_rounds(scratch, rounds, with_air):
    """(seconds to served by tool, ms to build start by tool)."""
    tools = [Zonda(scratch)]
    path = find_air() if with_air else None
    if path:
        tools.append(Air(scratch, path))
    tools.append(Floor(scratch))
    served = {tool.name: [] for tool in tools}
    try:
        for tool in tools:
            say(f"starting {tool.name}")
            tool.start()
        for number in range(-1, rounds):  # the first one only warms up
            for tool in tools[number % len(tools) :] + tools[: number % len(tools)]:
                took = tool.round(f"round-{number + 2}")
                tool.settle()
                if number >= 0 and took is not None:
                    served[tool.name].append(took)
                elif number < 0:
                    tool.starts.clear()
            if number >= 0:
                say(f"round {number + 1}: " + ", ".join(f"{name} {times[-1]:.3f} s" for name, times in served.items() if times))
        time_left = time.monotonic() + 5  # the log comes in batches
        while len(tools[0].starts) < rounds and time.monotonic() < time_left:
            time.sleep(0.05)
    finally:
        for tool in tools:
            tool.stop()
    for tool in tools:
        if tool.lost:
            say(f"{tool.name}: {tool.lost} of {rounds + 1} edits were never served, and are not in the figures")
    return served, {tool.name: tool.starts for tool in tools if tool.starts}


def make_tree(root, dirs=TREE_DIRS, files=TREE_FILES):
    """A project with no build, in a tree of this many directories and files."""
    root.mkdir(parents=True)
    made = [root]
    for number in range(dirs - 1):
        path = made[number // 10] / f"d{number % 10}"  # ten a directory, four levels
        path.mkdir()
        made.append(path)
    for number in range(files):
        (made[number % len(made)] / f"f{number}.txt").write_text(f"{number}\n")
    (root / "zonda.toml").write_text(
        '[build]\ncommand = "true"\n\n[run]\n'
        f'command = ["python3", "-m", "http.server", "--bind", "127.0.0.1", "{free_port()}"]\n\n'
        '[watch]\nextensions = ["txt"]\n'
    )


def cpu_ms(pid):
    """utime + stime, proc(5)."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / TICKS


def memory_kib(pid, name="VmRSS"):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(rf"^{name}:\s+(\d+)", file.read(), re.MULTILINE).group(1))


def measure_idle(scratch, seconds):
    tree = scratch / "tree"
    say(f"making a tree of {TREE_DIRS} directories and {TREE_FILES} files")
    make_tree(tree)
    runtime = scratch / "run-idle"
    runtime.mkdir(mode=0o700)
    ready, events = [], []
    process = subprocess.Popen(
        [ZONDA, "--log.format=json"],
        cwd=tree,
        env={**os.environ, "XDG_RUNTIME_DIR": str(runtime)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    began = time.monotonic()

    def read():
        for line in process.stdout:
            event = json.loads(line)
            events.append(event)
            if event["context"].get("kind") == "watching":
                ready.append((time.monotonic() - began) * 1000)

    threading.Thread(target=read, daemon=True).start()
    try:
        until(lambda: any(e["context"].get("kind") == "reload_end" for e in events))
        # Digests are taken in the background after that: idle begins when CPU time stands still.
        last = [cpu_ms(process.pid), time.monotonic()]

        def still():
            now = cpu_ms(process.pid)
            if now != last[0]:
                last[:] = [now, time.monotonic()]
            return time.monotonic() - last[1] > 2

        until(still, pause=0.1)
        before = cpu_ms(process.pid)
        say(f"idle for {seconds} s")
        time.sleep(seconds)  # this is what is measured
        used = cpu_ms(process.pid) - before
        told = next(e["context"] for e in events if e["context"].get("kind") == "watching")
        return {
            "cpu_ms": used * 20 / seconds,
            "rss_kib": memory_kib(process.pid),
            "rss_peak_kib": memory_kib(process.pid, "VmHWM"),
            "ready_ms": ready[0],
            "told": told,
            "threads": len(os.listdir(f"/proc/{process.pid}/task")),
        }
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def figures(served, starts, idle):
    """name -> value, of what was measured."""
    found = {}
    if starts.get("zonda"):
        found["event to build start, ms"] = statistics.median(starts["zonda"])
    if served.get("zonda"):
        mine = statistics.median(served["zonda"])
        if served.get("air"):
            found["save to served, of air's"] = mine / statistics.median(served["air"])
        if served.get("floor"):
            found["save to served, of the floor"] = mine / statistics.median(served["floor"])
    if idle:
        found["idle CPU in 20 s, ms"] = idle["cpu_ms"]
        found["idle resident memory, MiB"] = idle["rss_kib"] / 1024
        found["tree watched after, ms"] = idle["ready_ms"]
    return found


def table(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def spread(values, digits):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def report(served, starts, idle):
    """The tables, and whether every target is met."""
    parts = []
    if served:
        rows = [["save to served", "median s (min-max)", "rounds", "event to build start, ms (min-max)"]]
        for name, values in served.items():
            begin = spread(starts[name], 2) if starts.get(name) else "-"
            rows.append([name, spread(values, 3) if values else "-", str(len(values)), begin])
        parts.append(table(rows))
    rows, met = [["figure", "measured", "target", ""]], True
    for name, value in figures(served, starts, idle).items():
        good = value <= TARGETS[name]
        met &= good
        rows.append([name, f"{value:.3g}", f"≤ {TARGETS[name]:g}", "" if good else "MISSED"])
    if len(rows) > 1:
        parts.append(table(rows))
    return "\n\n".join(parts), met


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help="3 rounds and 5 s of idling")
    parser.add_argument("--only", default="start,served,idle")
    parser.add_argument("--json", default=str(ROOT / "tests" / "output" / "bench.json"))
    parser.add_argument("--check", action="store_true", help="fail where a target is missed")
    options = parser.parse_args(arguments)
    only = set(options.only.split(","))
    if not only <= {"start", "served", "idle"}:
        parser.error("--only takes start, served and idle")
    if not os.access(ZONDA, os.X_OK):
        parser.error(f"there is no {ZONDA}: build it, or name one by ZONDA=path")
    served, starts, idle = {}, {}, None
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="zonda-bench-"))
    try:
        if only & {"start", "served"}:
            rounds = 3 if options.quick else options.rounds
            served, starts = measure_rounds(scratch, rounds, "served" in only)
        if "idle" in only:
            idle = measure_idle(scratch, 5 if options.quick else IDLE_S)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    text, met = report(served, starts, idle)
    print(text)
    machine = {"system": platform.platform(), "cpus": os.cpu_count()}
    result = {
        "machine": machine,
        "served_s": served,
        "build_start_ms": starts,
        "idle": idle,
        "figures": figures(served, starts, idle),
        "targets": TARGETS,
        "met": met,
    }
    pathlib.Path(options.json).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(options.json).write_text(json.dumps(result, indent=2) + "\n")
    say(f"written to {options.json}")
    return 1 if options.check and not met else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
