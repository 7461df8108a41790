"""The end: graceful, hurried, forced, and never with anything left behind."""
import os
import signal
import time

import pytest
import zonda as harness


def app_lines(zonda):
    return [event.message for event in zonda.kinds("app_output")]


@pytest.mark.crucial
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=str)
def test_signal(mini, start, number):
    """The app stops by itself, to its last line; zonda's exit status is 0."""
    zonda = start(mini).ready()
    assert zonda.stop(number) == 0
    assert any("mini: stopped" in line for line in app_lines(zonda))
    assert zonda.kinds("quitting")


@pytest.mark.crucial
def test_interrupt_key(mini, start):
    """^C at a terminal reaches zonda only; the app is asked once, by its stop signal."""
    zonda = start(mini, tty=True).ready()
    zonda.press("\x03")
    assert zonda.wait_exit() == 0
    zonda.check_clean()
    assert zonda.screen.count("mini: stopping") == 1 and "mini: stopped" in zonda.screen


@pytest.mark.crucial
def test_interrupt_twice(plain, start):
    """A second ^C at once does not wait for an app that takes its time."""
    zonda = start(plain, "--run.stop_timeout=100s", tty=True, env={"APP_SLOW_STOP": "100"}).ready()
    zonda.press("\x03")
    zonda.wait_screen("app: got SIGTERM")
    begin = time.monotonic()
    zonda.press("\x03")
    zonda.wait_exit()
    assert time.monotonic() - begin < 30  # of the 100 seconds
    zonda.check_clean()


@pytest.mark.crucial
def test_app_ignores_signals(plain, start):
    """stop_timeout, then SIGKILL, and it is said."""
    zonda = start(plain, "--run.stop_timeout=300ms", env={"APP_IGNORE_TERM": "1"}).ready()
    with zonda.one_reload():
        zonda.write("text.txt", "two")
    assert zonda.text() == "two"
    assert zonda.stop() == 0
    told = [event for event in zonda.kinds("notice") if "killed" in event.message]
    assert told and told[0].level == "warn", zonda.story()


def test_slow_stop_is_waited_for(plain, start):
    zonda = start(plain, "--run.stop_timeout=30s", env={"APP_SLOW_STOP": "0.5"}).ready()
    with zonda.one_reload():
        zonda.write("text.txt", "two")
    assert zonda.text() == "two"
    assert zonda.stop() == 0
    assert app_lines(zonda).count("app: stopped") == 2


def test_stop_signal(plain, start):
    zonda = start(plain, "--run.stop_signal=INT").ready()
    assert zonda.stop() == 0
    assert any("app: got SIGINT" in line for line in app_lines(zonda))


@pytest.mark.crucial
def test_descendants(plain, start):
    """Children, those in sessions of their own and the double-forked go: at a reload, at the end."""
    zonda = start(plain, "--run.stop_timeout=500ms", env={"APP_CHILDREN": "1"}).ready()
    first = {pid for pid, line in harness.marked(zonda.mark).items() if "trap" in line}
    assert len(first) >= 3
    mark = zonda.mark_here()
    with zonda.one_reload():
        zonda.write("text.txt", "two")
    zonda.wait_event("app_exit", after=mark)  # the new version serves while the old one goes
    now = harness.marked(zonda.mark)
    assert not first & set(now), now
    assert zonda.stop() == 0


def test_app_killed(plain, start):
    """The app is killed from outside: its children go, and it is started again."""
    zonda = start(plain, env={"APP_CHILDREN": "1"}).ready()
    pid = zonda.app_pid
    first = {pid for pid, line in harness.marked(zonda.mark).items() if "trap" in line}
    os.kill(pid, signal.SIGKILL)
    exited = zonda.wait_event("app_exit")
    assert "SIGKILL" in exited.message + str(exited.context)
    assert harness.until(lambda: zonda.app_pid not in (0, pid))
    zonda.served("one")
    assert harness.until(lambda: not first & set(harness.marked(zonda.mark)), 10)
    zonda.stop()


@pytest.mark.crucial
def test_zonda_killed(plain, start):
    """Even SIGKILL on zonda leaves no app behind."""
    zonda = start(plain).ready()
    zonda.send(signal.SIGKILL)
    zonda.wait_exit()
    assert not zonda.left_behind(10)


def test_quit_during_build(plain, start):
    zonda = start(plain, "--build.command=sleep 100")
    zonda.wait_event("build_begin")
    begin = time.monotonic()
    assert zonda.stop(signal.SIGINT) == 0
    assert time.monotonic() - begin < 30


def test_quit_with_commands(plain, start):
    """[run] on_quit runs once, before the app is stopped."""
    path = plain / "zonda.toml"
    path.write_text(
        path.read_text().replace("[watch]", 'on_quit = ["cat built.out >> quit.log"]\n\n[watch]')
    )
    zonda = start(plain).ready()
    assert zonda.stop() == 0
    assert (plain / "quit.log").read_text() == "one\n"


@pytest.mark.crucial
def test_sigusr1(plain, start):
    zonda = start(plain).ready()
    pid = zonda.app_pid
    with zonda.one_reload() as reload:
        zonda.send(signal.SIGUSR1)
        zonda.wait_event("reload_begin", cause="signal")
    assert reload[0]["cause"] == "signal"
    assert zonda.app_pid != pid
    zonda.stop()


def test_output_pipe_closed(plain, start):
    """Whoever read the log has gone: zonda ends as others do, and leaves nothing running unseen."""
    zonda = start(plain, "--log.format=text", prefix=["sh", "-c", '"$0" "$@" | head -n 1 >&2'])
    assert zonda.wait_exit() == 0
    assert not zonda.left_behind()
