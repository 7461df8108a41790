"""Nothing that the app or a command started outlives them, whatever it did to get away."""
import contextlib
import os
import signal
import subprocess
import uuid

import pytest
import zonda as harness

KINDS = 5  # of descendants that APP_TREE makes


@pytest.fixture
def tree(plain, start):
    """tree(…) runs zonda with an app that starts descendants of every kind."""
    word = f"tree-{uuid.uuid4().hex}"

    def begin(*args, env=None, **options):
        zonda = start(
            plain, "--run.stop_timeout=300ms", *args, env={"APP_TREE": word, **(env or {})}, **options
        ).ready()
        assert harness.until(lambda: len(harness.showing(word)) >= KINDS), zonda.story()
        return zonda, set(harness.showing(word))

    begin.word = word
    yield begin
    for pid in harness.showing(word):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def guards(zonda):
    """pid of each guard -> its children."""
    found = {}
    below = harness.descendants(zonda.pid)
    for pid in below:
        if harness.status_field(pid, "Name") == ["tree-guard"]:
            found[pid] = [
                child for child in below if harness.status_field(child, "PPid") == [str(pid)]
            ]
    return found


def app_guard(zonda):
    app = zonda.app_pid
    for guard, children in guards(zonda).items():
        if app in children:
            return guard
    raise AssertionError(f"the app {app} has no guard: {guards(zonda)}" + zonda.story())


def memory(pid):
    """Rss, Pss and what is its own alone, in KiB."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in file if line.endswith("kB\n")}
    return sizes["Rss"], sizes["Pss"], sizes["Private_Clean"] + sizes["Private_Dirty"]


@pytest.mark.crucial
def test_reload(tree):
    zonda, first = tree()
    assert len(first) == KINDS
    mark = zonda.mark_here()
    with zonda.one_reload():
        zonda.write("text.txt", "two")
    zonda.wait_event("app_exit", after=mark)
    left = first & set(harness.showing(tree.word))
    assert not left, zonda.story()
    assert harness.until(lambda: len(harness.showing(tree.word)) == KINDS)
    assert zonda.stop() == 0
    assert not harness.showing(tree.word)


@pytest.mark.crucial
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=str)
def test_signal(tree, number):
    zonda, _ = tree()
    assert zonda.stop(number) == 0
    assert not harness.showing(tree.word)


def test_interrupt_key(tree):
    zonda, _ = tree(tty=True)
    zonda.press("\x03")
    assert zonda.wait_exit() == 0
    assert not harness.showing(tree.word)
    zonda.check_clean()


@pytest.mark.crucial
def test_zonda_is_killed(tree):
    zonda, _ = tree()
    zonda.send(signal.SIGKILL)
    zonda.wait_exit()
    assert harness.until(lambda: not harness.showing(tree.word), 20), harness.showing(tree.word)
    assert not zonda.left_behind(20)  # the guards neither


def test_zonda_is_killed_with_its_group(tree):
    zonda, _ = tree()
    os.killpg(zonda.process.pid, signal.SIGKILL)
    zonda.wait_exit()
    assert harness.until(lambda: not harness.showing(tree.word), 20), harness.showing(tree.word)
    assert not zonda.left_behind(20)


@pytest.mark.crucial
def test_guard_is_killed(tree):
    """It is said, all of the tree is ended, and the app is started anew."""
    zonda, first = tree("--run.restart_delay=10ms")
    app, guard = zonda.app_pid, app_guard(zonda)
    os.kill(guard, signal.SIGKILL)
    exited = zonda.wait_event("app_exit")
    assert "with its guard process" in exited.message, zonda.story()
    assert not first & set(harness.showing(tree.word)), zonda.story()
    assert harness.until(lambda: zonda.app_pid not in (0, app))
    zonda.served("one")
    assert app_guard(zonda) != guard
    assert zonda.stop() == 0
    assert not harness.showing(tree.word)


def test_app_ends_by_itself(tree):
    zonda, first = tree("--run.restart_delay=10ms")
    os.kill(zonda.app_pid, signal.SIGSEGV)
    exited = zonda.wait_event("app_exit")
    assert "SIGSEGV" in exited.message
    assert not first & set(harness.showing(tree.word)), zonda.story()
    assert zonda.stop() == 0


# What a build command started, in a session of its own and without its environment.
BUILD = """env -i setsid /bin/bash -c "trap '' TERM INT HUP; exec -a $APP_TREE sleep 1000" &
wait
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=str)
def test_build_command(plain, start, tree, number):
    (plain / "build.sh").write_text(BUILD)
    zonda = start(plain, "--build.command=sh build.sh", env={"APP_TREE": tree.word})
    assert harness.until(lambda: harness.showing(tree.word)), zonda.story()
    zonda.send(number)
    zonda.wait_exit()
    assert harness.until(lambda: not harness.showing(tree.word), 20), zonda.story()
    assert not zonda.left_behind(20)


def test_command_may_leave_a_daemon(plain, start, tree):
    """One that ended well has left it on purpose, a compiler's server for instance."""
    (plain / "build.sh").write_text(BUILD.replace("wait", "cp text.txt built.out"))
    zonda = start(plain, "--build.command=sh build.sh", env={"APP_TREE": tree.word}).ready()
    daemon = set(harness.until(lambda: harness.showing(tree.word)))
    with zonda.one_reload():
        zonda.write("text.txt", "two")
    assert daemon and daemon <= set(harness.showing(tree.word))


def zombies(zonda):
    return [
        pid
        for pid in harness.descendants(zonda.pid)
        if harness.status_field(pid, "State")[:1] == ["Z"]
    ]


@pytest.mark.crucial
def test_no_zombies(plain, start):
    """Hundreds of orphans, at each start."""
    zonda = start(plain, env={"APP_ORPHANS": "400"}).ready()
    with zonda.one_reload():
        zonda.write("text.txt", "two")
    assert harness.until(lambda: not zombies(zonda)), zombies(zonda)
    assert harness.until(lambda: len(guards(zonda)) == 1), guards(zonda)  # the app's alone
    print("guard: Rss %d, Pss %d, its own %d KiB" % memory(app_guard(zonda)))
    print("zonda: Rss %d, Pss %d, its own %d KiB" % memory(zonda.pid))
    assert zonda.stop() == 0


# --- process 1 of a container ---


def inside(zonda, script):
    """Runs a script beside zonda, as `docker exec` does."""
    command = ["nsenter", f"--target={zonda.pid}", "--pid", "--mount", "sh", "-c", script]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.fixture
def container(plain, start):
    if os.getuid() != 0:
        pytest.skip("nsenter needs root")
    zonda = start(plain, process_1=True).ready()
    assert inside(zonda, "ps -o comm= -p 1").strip() == "zonda"
    return zonda


@pytest.mark.crucial
def test_process_1_reaps_strangers(container):
    inside(container, "i=0; while [ $i -lt 300 ]; do (true &); i=$((i + 1)); done")
    assert harness.until(lambda: not zombies(container)), zombies(container)
    assert container.stop() == 0


def test_process_1_ignores_what_nobody_hears(container):
    """A signal without a handler does not reach process 1; those that zonda takes do."""
    inside(container, "kill -USR2 1; kill -ALRM 1")
    with container.one_reload() as reload:
        inside(container, "kill -USR1 1")
        container.wait_event("reload_begin", cause="signal")
    assert reload[0]["cause"] == "signal"
    inside(container, "kill -TERM 1")
    assert container.wait_exit() == 0
    container.check_clean()


def test_process_1_leaves_strangers_alone(container):
    """A reload ends what belongs to the app, and nobody else whom zonda has adopted."""
    word = uuid.uuid4().hex
    inside(container, f"(setsid bash -c 'exec -a {word} sleep 1000' >/dev/null 2>&1 &)")
    stranger = set(harness.until(lambda: harness.showing(word)))
    with container.one_reload():
        container.write("text.txt", "two")
    assert stranger and stranger <= set(harness.showing(word))
    assert container.stop() == 0
    assert not harness.showing(word)  # the namespace ends with its process 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT], ids=str)
def test_process_1_ends(plain, start, number):
    zonda = start(plain, process_1=True).ready()
    zonda.send(number)
    assert zonda.wait_exit() == 0
    assert any("app: stopped" in event.message for event in zonda.kinds("app_output"))
    zonda.check_clean()


def test_process_1_tells_its_exit_status(plain, start):
    (plain / "zonda.toml").write_text("no such key = 1\n")
    zonda = start(plain, process_1=True)
    assert zonda.wait_exit() == 3
