"""The app's life: crashes and recovery, ports, arguments, the environment."""
import os
import signal
import socket
import subprocess

import pytest
import zonda as harness


@pytest.mark.crucial
def test_crash_loop(plain, start):
    """max_retries crashes in a row, with growing pauses, then it waits for a change, and says so.
    With the hand-off the version before would go on serving: see test_handoff.py."""
    zonda = start(
        plain,
        "--run.handoff=false",
        "--run.restart_delay=10ms",
        "--run.max_retries=3",
        env={"APP_CRASH_IF": "crash"},
    ).ready()
    mark = zonda.mark_here()
    zonda.write("text.txt", "crash\n")
    zonda.wait_event("notice", after=mark, where=lambda e: e.level == "error")
    exits = zonda.kinds("app_exit", mark)
    crashed = [event for event in exits if "exit status 7" in event.message + str(event.context)]
    assert len(crashed) == 4, zonda.story()  # the start and three retries
    assert zonda.run("wait").returncode == 1
    assert not zonda.status()["app_pid"]
    with zonda.one_reload():
        zonda.write("text.txt", "mended\n")
    assert zonda.text() == "mended"
    zonda.stop()


def test_crash_then_key(plain, start):
    """A key starts it again as well."""
    marker = plain / "crash-now"
    (plain / "app.py").write_text(
        "import os, sys\nif os.path.exists('crash-now'): sys.exit(7)\n" + (plain / "app.py").read_text()
    )
    marker.write_text("")
    zonda = start(plain, "--run.restart_delay=10ms", "--run.max_retries=1", tty=True)
    zonda.wait_event("notice", where=lambda event: event.level == "error")
    marker.unlink()
    zonda.press("r")
    zonda.served("one")
    zonda.stop()


def test_restart_never(plain, start):
    zonda = start(plain, "--run.restart=never").ready()
    os.kill(zonda.app_pid, signal.SIGKILL)
    zonda.wait_event("app_exit")
    assert harness.until(lambda: not zonda.status()["app_pid"])
    with zonda.one_reload():
        zonda.write("text.txt", "two")
    zonda.stop()


def test_restart_always(plain, start):
    """An app that ends with 0 is started again where that is asked for."""
    zonda = start(plain, "--run.restart=always", "--run.restart_delay=10ms").ready()
    pid = zonda.app_pid
    os.kill(pid, signal.SIGTERM)  # it ends with 0
    assert harness.until(lambda: zonda.app_pid not in (0, pid))
    zonda.served("one")
    zonda.stop()


@pytest.mark.crucial
@pytest.mark.parametrize("project", ["mini", "plain"])
def test_port_in_use(project, request, start):
    """Somebody else has the port: who, and which port, even where the app's words name none
    (Python's do not). It is no crash loop, and the app comes as soon as the port is free."""
    port = harness.free_port()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        zonda = start(request.getfixturevalue(project), "--run.max_retries=0", env={"PORT": str(port)})
        zonda.port = port
        # Who is outside of its PID namespace zonda cannot see.
        who = "" if zonda.process_1 else str(os.getpid())
        found = zonda.wait_event(
            "notice", where=lambda e: str(port) in str(e) and who in str(e), timeout=120
        )
        assert found.level == "warn" and found["hint"]
        zonda.wait_event("transition", to="BLOCKED")
        assert zonda.status()["state"] == "blocked"
        assert zonda.run("wait").returncode == 1
        assert len(zonda.kinds("app_started")) == 1
    zonda.served("one")
    assert len(zonda.kinds("app_started")) == 2, zonda.story()
    assert harness.until(lambda: zonda.run("wait").returncode == 0)
    zonda.stop()


def test_port_stolen(plain, start):
    """Without the hand-off somebody can take the port between two versions."""
    zonda = start(plain, "--run.handoff=false", "--run.max_retries=0").ready()
    (plain / "steal.py").write_text(
        "import os, socket, sys\ns = socket.socket()\n"
        "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
        "s.bind(('127.0.0.1', int(os.environ['PORT'])))\ns.listen()\n"
        "print('stolen', flush=True)\nsys.stdin.read()\n"
    )
    # The new version says to the thief that it is his turn, and starts then.
    source = (plain / "app.py").read_text()
    turn = "import pathlib, time\npathlib.Path('turn').touch()\nwhile not os.path.exists('go'): time.sleep(0.01)\n"
    with subprocess.Popen(
        ["sh", "-c", "until test -e turn; do sleep 0.01; done; exec python3 steal.py"],
        cwd=plain, env={**os.environ, "PORT": str(zonda.port)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as thief:  # fmt: skip
        try:
            mark = zonda.mark_here()
            zonda.write("app.py", source.replace("import time\n", "import time\n" + turn))
            assert thief.stdout.readline() == "stolen\n"
            zonda.write("go", "")
            zonda.wait_event("notice", after=mark, where=lambda e: f"process {thief.pid}" in e.message)
            zonda.wait_event("transition", after=mark, to="BLOCKED")
        finally:
            thief.communicate()
    zonda.served("one")
    zonda.stop()


def test_arguments(plain, start):
    """After --, to the app, as they are."""
    zonda = start(plain, "--", "--port", "8 0", "a'b", "$HOME", "*").ready()
    assert zonda.text("/args") == "--port|8 0|a'b|$HOME|*"
    zonda.stop()


def test_start_fails(plain, start):
    """The program is not there: told once, no endless attempts; the mend is picked up."""
    path = plain / "zonda.toml"
    text = path.read_text()
    path.write_text(text.replace('"/usr/bin/python3"', '"/no/such/program"'))
    zonda = start(plain)
    event = zonda.wait_event("reload_end", outcome="start_failed")
    assert "/no/such/program" in zonda.story(), event
    path.write_text(text)
    zonda.served("one")
    zonda.stop()


def test_build_env_and_hooks(plain, start):
    """[build] env, before and after, in order and with the variables."""
    path = plain / "zonda.toml"
    path.write_text(
        path.read_text().replace(
            "[run]",
            'env = { WORD = "from-env" }\n'
            'before = ["echo before $WORD >> order.log"]\n'
            'after = ["echo after >> order.log"]\n\n[run]',
        )
    )
    zonda = start(plain).ready()
    assert zonda.read("order.log") == "before from-env\nafter\n"
    zonda.stop()


@pytest.mark.parametrize("stop", [True, False])
def test_stop_on_error(plain, start, stop):
    """A failed build leaves the app alone, or takes it down where that is asked for."""
    zonda = start(plain, f"--build.stop_on_error={'true' if stop else 'false'}").ready()
    with zonda.one_reload("build_failed"):
        os.unlink(plain / "text.txt")
    if stop:
        assert harness.until(lambda: not zonda.status()["app_pid"])
    else:
        assert zonda.text() == "one"
    zonda.stop()


def test_build_timeout(plain, start):
    zonda = start(plain, "--build.timeout=300ms", "--build.command=sleep 100")
    event = zonda.wait_event("reload_end", outcome="build_failed")
    assert "300 ms" in zonda.story() or "timeout" in zonda.story().lower(), event
    zonda.stop()


@pytest.mark.crucial
def test_chatty_app(plain, start):
    """100,000 lines in a row: nothing is lost but by the rate limit, which says how much."""
    (plain / "app.py").write_text(
        "for i in range(100000): print('line', i)\n" + (plain / "app.py").read_text()
    )
    zonda = start(plain).ready(120)
    zonda.stop()
    lines = [event for event in zonda.kinds("app_output") if "line " in event.message]
    assert lines and len(lines) <= 100000
    if len(lines) < 100000:
        assert any(
            event.level == "warn" and any(c.isdigit() for c in event.message)
            for event in zonda.events
        )


def test_log_lines_are_complete(plain, start):
    """timestamp, level, service, trace_id, message, context on every line."""
    zonda = start(plain).ready()
    with zonda.one_reload():
        zonda.write("text.txt", "two")
    zonda.stop()
    assert not zonda.broken
    for event in zonda.events:
        assert set(event.line) >= {
            "timestamp", "level", "service", "trace_id", "message", "context"
        }, event.line  # fmt: skip
    ids = {event.trace_id for event in zonda.kinds("reload_end")}
    assert len(ids) == 2 and all(len(trace) == 32 for trace in ids)


def test_log_file_rotates(plain, start):
    (plain / "app.py").write_text(
        "for i in range(3000): print('line', i, 'x' * 60)\n" + (plain / "app.py").read_text()
    )
    log = plain.parent / "log.json"
    zonda = start(
        plain, f"--log.file={log}", "--log.max_size=64KiB", "--log.max_files=2", "--log.rate_limit=0"
    ).ready()
    zonda.stop()
    names = sorted(path.name for path in plain.parent.glob("log.json*"))
    assert names == ["log.json", "log.json.1", "log.json.2"], names
    import json

    for name in names:
        path = plain.parent / name
        assert path.stat().st_size <= 64 << 10
        for line in path.read_text().splitlines():
            assert json.loads(line)["message"] is not None
