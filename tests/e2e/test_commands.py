"""The subcommands, as a person and a script use them."""
import json
import os
import re
import shutil
import signal
import subprocess

import pytest
import zonda as harness
from zonda import run_zonda

COMMANDS = [
    "run", "init", "validate", "explain", "doctor", "bench", "load", "status", "trigger", "wait", "schema",
    "completion", "version", "help",
]  # fmt: skip


@pytest.mark.crucial
def test_version(tmp_path):
    done = run_zonda(tmp_path, "version")
    assert done.returncode == 0 and re.match(r"zonda \d+\.\d+\.\d+", done.stdout)
    assert run_zonda(tmp_path, "--version").stdout == done.stdout


@pytest.mark.crucial
@pytest.mark.parametrize("command", COMMANDS)
def test_help(tmp_path, command):
    """Each command has help: on stdout, exit status 0, with its usage."""
    done = run_zonda(tmp_path, command, "--help")
    assert done.returncode == 0 and not done.stderr, done
    assert "zonda" in done.stdout and (command == "run" or f"zonda {command}" in done.stdout)


def test_help_lists_all(tmp_path):
    done = run_zonda(tmp_path, "--help")
    assert done.returncode == 0
    for command in COMMANDS:
        assert command in done.stdout
    assert done.stdout.strip() and run_zonda(tmp_path, "help").stdout == done.stdout


@pytest.mark.crucial
@pytest.mark.parametrize(
    "args, hint",
    [
        (["statsu"], "status"),
        (["--buld.command=x"], "build.command"),
        (["--json"], ""),
        (["status", "api", "word"], ""),
        (["wait", "--timeout", "soon"], "60s"),
        (["wait", "--timeout"], "--timeout"),
        (["-x"], ""),
        (["explain"], ""),
        (["completion", "tcsh"], "bash"),
    ],
    ids=str,
)
def test_usage_mistakes(tmp_path, args, hint):
    """Exit status 2, one sentence on stderr, and what was probably meant."""
    done = run_zonda(tmp_path, *args)
    assert done.returncode == 2, done
    assert done.stderr.strip() and hint in done.stderr and not done.stdout


@pytest.mark.crucial
def test_init(mini):
    """The file it writes is valid, commented, and never overwrites another."""
    done = run_zonda(mini, "init")
    assert done.returncode == 0, done
    text = (mini / "zonda.toml").read_text()
    assert text.count("#") > 20
    assert run_zonda(mini, "validate").returncode == 0
    again = run_zonda(mini, "init")
    assert again.returncode == 2 and "--force" in again.stderr
    assert run_zonda(mini, "init", "--force").returncode == 0


def test_init_every_line_is_valid(mini):
    """With every commented-out key taken in, the file still validates: no key is misspelt there."""
    assert run_zonda(mini, "init").returncode == 0
    path = mini / "zonda.toml"
    lines = [re.sub(r"^# ?(?=[a-z_]+ = )", "", line) for line in path.read_text().splitlines()]
    path.write_text("\n".join(lines) + "\n")
    done = run_zonda(mini, "validate")
    assert done.returncode == 0, done.stderr + path.read_text()


def test_init_then_run(mini, start):
    assert run_zonda(mini, "init").returncode == 0
    zonda = start(mini).ready()
    with zonda.one_reload():
        zonda.edit("handlers/handlers.go", '"one"', '"two"')
    zonda.stop()


@pytest.mark.crucial
@pytest.mark.parametrize(
    "name, verdict",
    [
        ("main.go", "build"),
        ("handlers/handlers.go", "build"),
        ("handlers/handlers_test.go", "ignore"),
        ("unrelated/unrelated.go", "ignore"),
        ("assets/banner.txt", "build"),
        ("templates/index.html", "refresh"),
        ("static/style.css", "refresh"),
        (".env", "restart"),
        ("go.mod", "build"),
        ("README.md", "ignore"),
    ],
)
def test_explain(mini, warm, name, verdict):
    """Would a change to this file reload, and why."""
    done = run_zonda(mini, "explain", "--json", name)
    assert done.returncode == 0, done
    answer = json.loads(done.stdout)
    assert f'"{verdict}"' in json.dumps(answer), answer
    plain = run_zonda(mini, "explain", name)
    assert plain.returncode == 0 and name in plain.stdout
    assert len(plain.stdout.strip()) > len(name) + 10  # a reason in words


@pytest.mark.crucial
def test_doctor(mini):
    done = run_zonda(mini, "doctor")
    assert done.returncode in (0, 1), done
    for word in ("inotify", "go1."):
        assert word in done.stdout.replace("go 1.", "go1."), done.stdout
    json.loads(run_zonda(mini, "doctor", "--json").stdout)


def test_doctor_finds_what_a_run_would_build(tmp_path):
    """Where zonda ends with status 3, all is not well."""
    done = run_zonda(tmp_path, "doctor")
    assert done.returncode == 1 and re.search(r"fail +target .*nothing to build", done.stdout), done
    assert "gin's default" not in done.stdout and ".zonda will be made" in done.stdout


def test_a_directory_is_told_from_a_file(tmp_path):
    done = run_zonda(tmp_path, "validate", ".")
    assert done.returncode == 3
    assert done.stderr.startswith(".: error: this is a directory\n"), done.stderr
    (tmp_path / "web").mkdir()
    assert "web is a directory" in run_zonda(tmp_path, "explain", "web").stdout
    assert "--build.package=./web" in run_zonda(tmp_path, "./web").stderr


def test_init_cuts_a_long_list(tmp_path):
    (tmp_path / "go.mod").write_text("module example.com/many\n")
    for i in range(10, 30):
        (tmp_path / f"cmd/{i}").mkdir(parents=True)
        (tmp_path / f"cmd/{i}/main.go").write_text("package main\n")
    lines = run_zonda(tmp_path, "init").stdout.splitlines()
    assert sum("Main package" in line for line in lines) == 9 and "  … and 11 more" in lines
    assert "./cmd/10: the one to run" in lines[-2]


@pytest.mark.parametrize(
    "line, answer",
    [
        ("zonda --build.package =", "web"),
        ("zonda --run.stop_signal = SIGTE", "SIGTERM"),
        ("zonda --log.format", "text"),
        ("zonda --log.format = j", "json"),
        ("zonda val", "validate"),
    ],
)
def test_bash_completes(tmp_path, line, answer):
    """The words as bash splits them; the cursor stands behind the last one."""
    (tmp_path / "web").mkdir()
    (tmp_path / "zonda.bash").write_text(run_zonda(tmp_path, "completion", "bash").stdout)
    words = line.split() + ([""] if line.endswith("format") else [])
    script = 'source zonda.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _zonda; echo "${COMPREPLY[@]}"'
    done = subprocess.run(
        ["bash", "-c", script, "bash", *words], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert answer in done.stdout.split(), done


@pytest.mark.crucial
def test_schema_and_completion(tmp_path):
    schema = json.loads(run_zonda(tmp_path, "schema").stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "command" in json.dumps(schema["properties"]["build"])
    for shell in ("bash", "zsh", "fish"):
        done = run_zonda(tmp_path, "completion", shell)
        assert done.returncode == 0 and "validate" in done.stdout
        if shutil.which(shell):
            script = tmp_path / f"zonda.{shell}"
            script.write_text(done.stdout)
            subprocess.run([shell, "-n", str(script)], check=True)


@pytest.mark.crucial
def test_status_trigger_wait(plain, start):
    zonda = start(plain).ready()
    status = zonda.status()
    assert status["state"] == "ready" and status["app_pid"] > 0 and status["pid"] == zonda.process.pid
    assert zonda.port in status["ports"]
    assert zonda.run("status", check=True).stdout.strip()
    pid = zonda.app_pid
    zonda.run("trigger", check=True)
    zonda.run("wait", check=True)
    assert zonda.app_pid != pid
    mark = zonda.mark_here()
    zonda.run("trigger", "--refresh", "static/app.css", check=True)
    zonda.wait_event("refresh", after=mark)
    # A directory of the project does as well as its root.
    (plain / "deep" / "er").mkdir(parents=True)
    done = subprocess.run(
        [harness.binary(), "status", "--json"], cwd=plain / "deep" / "er", env=zonda.env, capture_output=True
    )
    assert done.returncode == 0 and json.loads(done.stdout)["pid"] == zonda.process.pid
    zonda.stop()


@pytest.mark.crucial
@pytest.mark.parametrize("command", ["status", "trigger", "wait"])
def test_nobody_runs(plain, tmp_path, command):
    (tmp_path / "run").mkdir(mode=0o700)
    done = run_zonda(plain, command, env={"XDG_RUNTIME_DIR": str(tmp_path / "run")})
    assert done.returncode == 1 and "zonda" in done.stderr, done


def test_wait_outcomes(plain, start):
    """0 when it is served, 1 when it failed or took too long, each with its sentence."""
    zonda = start(plain).ready()
    assert zonda.run("wait").returncode == 0
    os.unlink(plain / "text.txt")
    failed = zonda.run("wait")
    assert failed.returncode == 1, failed
    zonda.write("text.txt", "two")
    assert zonda.run("wait").returncode == 0
    zonda.edit("zonda.toml", '"cp text.txt built.out"', '"sleep 100"')
    zonda.wait_event("build_begin", where=lambda event: "sleep" in str(event.line))
    late = zonda.run("wait", "--timeout=200ms")
    assert late.returncode == 1 and "not being served" in late.stderr, late
    zonda.stop()


def test_wait_tells_what_still_holds(mini, start):
    """Neither a refreshed stylesheet nor the old version started anew hides a build that fails."""
    zonda = start(mini).ready()
    zonda.edit("handlers/handlers.go", '"one"', '"two')
    assert zonda.run("wait").returncode == 1
    zonda.edit("static/style.css", "style-one", "style-two")
    failed = zonda.run("wait")
    assert failed.returncode == 1 and "handlers.go:11" in failed.stderr, failed
    zonda.edit("handlers/handlers.go", '"two', '"two"')
    assert zonda.run("wait").returncode == 0
    # What was refreshed while the build ran is not its outcome.
    with zonda.one_reload("served", "build"):
        zonda.edit("handlers/handlers.go", '"two"', '"three"')
        zonda.edit("static/style.css", "style-two", "style-three")
    zonda.edit("go.mod", "\ngo 1", "\ngo 99")  # a message of the go command without a place
    failed = zonda.run("wait")
    assert failed.returncode == 1 and "requires go" in failed.stderr, failed
    zonda.stop()


def test_wait_for_an_app_that_is_down(plain, start):
    zonda = start(plain, "--run.restart=never").ready()
    os.kill(zonda.app_pid, signal.SIGKILL)
    zonda.wait_event("app_exit")
    down = zonda.run("wait")
    assert down.returncode == 1 and "crashed" in down.stderr, down
    assert zonda.status()["ports"] == []
    zonda.stop()


@pytest.mark.crucial
def test_wait_for_an_app_that_ends(plain, start):
    """A program that does its work and ends with 0 has not failed."""
    (plain / "app.py").write_text("print(open('built.out').read())\n")
    zonda = start(plain)
    zonda.wait_event("reload_end", outcome="ended")
    done = zonda.run("wait")
    assert done.returncode == 0 and "ended" in done.stdout, done
    assert not [event for event in zonda.events if event.level in ("warn", "error")], zonda.story()
    with zonda.one_reload("ended"):
        zonda.write("text.txt", "two")
    zonda.stop()


@pytest.mark.crucial
def test_wait_proves_the_edit(plain, start):
    """Twenty times: edit, wait, ask. The answer is always the new one."""
    zonda = start(plain).ready()
    for count in range(20):
        zonda.write("text.txt", f"edit-{count}")
        zonda.wait()
        assert zonda.text() == f"edit-{count}"
    zonda.stop()


@pytest.mark.crucial
def test_two_instances(plain, start):
    """The second one says who is there, and the first one goes on."""
    first = start(plain).ready()
    second = start(plain, env={"XDG_RUNTIME_DIR": first.env["XDG_RUNTIME_DIR"]})
    told = harness.until(
        lambda: str(first.process.pid) in second.story() or "another zonda" in second.story().lower()
    )
    assert told, second.story()
    if second.process.poll() is None:
        second.stop()
    first.served("one")
    with first.one_reload():
        first.write("text.txt", "two")
    first.stop()


def test_two_projects(plain, start, tmp_path):
    """Two projects side by side do not know each other."""
    other = tmp_path / "other"
    shutil.copytree(plain, other)
    first = start(plain).ready()
    second = start(other, env={"XDG_RUNTIME_DIR": first.env["XDG_RUNTIME_DIR"]}).ready()
    with second.nothing_happens():
        with first.one_reload():
            first.write("text.txt", "two")
    first.stop()
    second.stop()


@pytest.mark.crucial
def test_several_mains(mini):
    """The list of them, and how to choose; exit status 3."""
    for name in ("api", "worker"):
        (mini / "cmd" / name).mkdir(parents=True)
        (mini / "cmd" / name / "main.go").write_text("package main\n\nfunc main() {}\n")
    os.unlink(mini / "main.go")
    done = run_zonda(mini)
    assert done.returncode == 3, done
    told = done.stderr + done.stdout
    assert "cmd/api" in told and "cmd/worker" in told and "package" in told, told


def test_several_mains_chosen(mini, start):
    (mini / "cmd" / "worker").mkdir(parents=True)
    (mini / "cmd" / "worker" / "main.go").write_text("package main\n\nfunc main() {}\n")
    zonda = start(mini, "--build.package=.").ready()
    assert zonda.text() == "one"
    with zonda.nothing_happens():
        zonda.write("cmd/worker/main.go", "package main\n\nfunc main() { println(1) }\n")
    zonda.stop()


def test_nothing_to_run(tmp_path):
    done = run_zonda(tmp_path)
    assert done.returncode == 3 and "go.mod" in done.stderr + done.stdout, done
