"""zonda load --reload-every: a real zonda reloads a real Gin app under load."""
import json
import os
import signal
import subprocess

import zonda as harness

SCENARIO = """
base_url = "http://127.0.0.1:{port}"
[[task]]
path = "/"
think = "10ms"
[[stage]]
users = 5
for = "{seconds}s"
"""


def load(zonda, *args, seconds=3600):
    (zonda.project / "load.toml").write_text(SCENARIO.format(port=zonda.port, seconds=seconds))
    return subprocess.Popen(
        [harness.binary(), "load", "load.toml", "-j", *args],
        cwd=zonda.project,
        env=zonda.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_reloads_are_measured(start, mini):
    """^C comes after two reloads; the file is then what it was."""
    zonda = start(mini)
    zonda.ready()
    file = mini / "handlers" / "handlers.go"
    before = file.read_text()
    mark = zonda.mark_here()
    run = load(zonda, "--reload-every", "100ms", "--edit", "handlers/handlers.go")
    for _ in range(3):  # the third one is under way when the second has ended
        event = zonda.wait_event("reload_end", after=mark)
        assert event["outcome"] == "served", event
        mark = zonda.mark_here()
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=harness.WAIT_S * 2)
    report = json.loads(out)
    assert run.returncode == 0, err
    assert report["interrupted"]
    assert file.read_text() == before
    reloads = [one for one in report["reloads"] if one["good"]]
    assert len(reloads) >= 2
    for one in reloads:
        assert "served" in one["outcome"] or one is reloads[-1] and "not over" in one["outcome"]
        assert one["begin_s"] < one["end_s"]
        assert one["failed"] <= one["requests"]
    assert sum(one["requests"] for one in reloads) > 0
    # Sockets are handed over: nobody is refused.
    assert "refused" not in report["total"]["errors"]


def test_nobody_is_there_to_reload(tmp_path):
    (tmp_path / "load.toml").write_text(SCENARIO.format(port=1, seconds=1))
    (tmp_path / "a.go").write_text("package a\n")
    for args, status, told in (
        (["--edit", "a.go"], 2, "--reload-every and --edit belong together"),
        (["--reload-every", "1s"], 2, "--reload-every and --edit belong together"),
        (["--reload-every", "1", "--edit", "a.go"], 2, "--reload-every is 1, which is no duration"),
        (["--reload-every", "1s", "--edit", "b.go"], 111, "b.go"),
        (["--reload-every", "1s", "--edit", "a.go"], 1, "no zonda"),
    ):
        (tmp_path / "run").mkdir(mode=0o700, exist_ok=True)
        done = subprocess.run(
            [harness.binary(), "load", "load.toml", *args],
            cwd=tmp_path,
            env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path / "run")},
            capture_output=True,
            text=True,
            timeout=harness.WAIT_S,
        )
        assert done.returncode == status, done.stderr
        assert told in done.stderr, done.stderr
    assert (tmp_path / "a.go").read_text() == "package a\n"
