"""When the system refuses: a full queue, reached limits, no space, nothing to write to."""
import contextlib
import errno
import os
import pathlib
import shutil
import signal
import subprocess

import pytest
import zonda as harness

QUEUE = pathlib.Path("/proc/sys/fs/inotify/max_queued_events")


def unshare_works():
    if shutil.which("unshare") is None:
        return False
    done = subprocess.run(
        ["unshare", "-Urm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True
    )
    return done.returncode == 0


needs_unshare = pytest.mark.skipif(
    not unshare_works(), reason="user and mount namespaces are not allowed here"
)


@contextlib.contextmanager
def short_queue(length):
    """For the instances of inotify that are made inside: the kernel notes it for each."""
    before = QUEUE.read_text()
    QUEUE.write_text(f"{length}\n")
    try:
        yield
    finally:
        QUEUE.write_text(before)


@pytest.mark.crucial
@pytest.mark.skipif(not os.access(QUEUE, os.W_OK) or os.getuid(), reason="only root may shorten the queue")
def test_queue_overflow(plain, start):
    """Events are lost by the kernel, edits are not: everything is looked at again."""
    (plain / "deep" / "er").mkdir(parents=True)
    with short_queue(64):
        zonda = start(plain)
        zonda.wait_event("watching")
    zonda.ready()
    zonda.wait()
    zonda.send(signal.SIGSTOP)
    for number in range(3000):  # they mean nothing, and fill the queue
        path = plain / "deep" / "er" / f"{number}.log"
        path.write_text("x")
    zonda.write("text.txt", "after-the-flood")
    zonda.write("deep/new/dir/file.txt", "x")
    zonda.send(signal.SIGCONT)
    zonda.served("after-the-flood")
    # The directory that came while events were lost is watched now.
    zonda.wait()
    with zonda.one_reload():
        zonda.write("deep/new/dir/file.txt", "y")
    zonda.stop()


@needs_unshare
@pytest.mark.crucial
def test_watch_limit(plain, start):
    """It is said once, with the sysctl; what has no watch is polled, so that no edit is lost."""
    for number in range(30):
        (plain / "many" / str(number)).mkdir(parents=True)
        (plain / "many" / str(number) / "a.txt").write_text("a")
    limit = 'echo 5 > /proc/sys/user/max_inotify_watches && exec "$0" "$@"'
    zonda = start(
        plain, "--watch.poll_interval=100ms", prefix=["unshare", "-Ur", "sh", "-c", limit]
    ).ready()
    warnings = [
        event for event in zonda.kinds("notice") if "max_user_watches" in str(event.line)
    ]
    assert len(warnings) == 1 and warnings[0].level == "warn", zonda.story()
    for number in (0, 17, 29):
        with zonda.one_reload():
            zonda.write(f"many/{number}/a.txt", f"changed {number}")
    zonda.stop()


@needs_unshare
@pytest.mark.crucial
def test_no_space(plain, start):
    """The build says it, the old version serves, and once there is space it goes on."""
    (plain / "small").mkdir()
    path = plain / "zonda.toml"
    path.write_text(path.read_text().replace('"cp text.txt built.out"', '"cp text.txt small/x && cp small/x built.out"'))
    mount = 'mount -t tmpfs -o size=256k tmpfs small && exec "$0" "$@"'
    zonda = start(plain, prefix=["unshare", "-Urm", "sh", "-c", mount]).ready()
    inside = pathlib.Path(f"/proc/{zonda.process.pid}/root{plain}/small")
    with open(inside / "filler", "wb", buffering=0) as filler:
        with pytest.raises(OSError) as full:
            while True:
                filler.write(b"\0" * 4096)
        assert full.value.errno == errno.ENOSPC
    (inside / "x").unlink()
    with open(inside / "filler", "ab", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(b"\0" * 4096)
    with zonda.one_reload("build_failed"):
        zonda.write("text.txt", "two")
    assert zonda.text() == "one"
    assert "No space left on device" in zonda.story()
    (inside / "filler").unlink()
    with zonda.one_reload():
        zonda.write("text.txt", "three")
    assert zonda.text() == "three"
    zonda.stop()


@needs_unshare
def test_no_space_in_tmp_dir(mini, start):
    """zonda's own directory is full: an edit is not lost, and the reason is told."""
    (mini / "tmpdir").mkdir()
    mount = 'mount -t tmpfs -o size=90m tmpfs tmpdir && exec "$0" "$@"'
    zonda = start(mini, "--tmp_dir=tmpdir", prefix=["unshare", "-Urm", "sh", "-c", mount]).ready()
    inside = pathlib.Path(f"/proc/{zonda.process.pid}/root{mini}/tmpdir")
    with open(inside / "filler", "wb", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(b"\0" * (1 << 16))
    zonda.edit("handlers/handlers.go", '"one"', '"two"')
    event = zonda.wait_event("reload_end", outcome="build_failed", timeout=120)
    assert zonda.text() == "one", event
    assert "o space left on device" in zonda.story()
    (inside / "filler").unlink()
    zonda.edit("handlers/handlers.go", '"two"', '"three"')
    zonda.served("three")
    zonda.stop()


@needs_unshare
@pytest.mark.crucial
def test_read_only_tmp_dir(mini, start):
    """It cannot work so: one clear sentence that names the directory, exit status 111; no hang."""
    (mini / "tmpdir").mkdir()
    mount = 'mount -t tmpfs -o ro tmpfs tmpdir && exec "$0" "$@"'
    zonda = start(mini, "--tmp_dir=tmpdir", prefix=["unshare", "-Urm", "sh", "-c", mount])
    code = zonda.wait_exit()
    zonda.check_clean()
    told = zonda.screen + str(zonda.events)
    assert code == 111, zonda.story()
    assert "Read-only file system" in told and "tmpdir" in told, zonda.story()


def test_tree_removed(plain, start):
    """The project's directory goes away and comes back: no crash, and the edits count again."""
    zonda = start(plain).ready()
    keep = plain.parent / "keep"
    shutil.copytree(plain, keep)
    os.rename(keep / "text.txt", keep / "text.old")
    (plain / "sub").mkdir()
    (plain / "sub" / "a.txt").write_text("a")
    zonda.wait()
    shutil.rmtree(plain / "sub")
    zonda.wait()
    (plain / "sub").mkdir()
    with zonda.one_reload():
        (plain / "sub" / "a.txt").write_text("b")
    zonda.stop()


def test_tmp_dir_removed(mini, start):
    """`rm -rf` of zonda's own directory while it runs is mended by the next reload."""
    zonda = start(mini, "--tmp_dir=.scratch").ready()
    shutil.rmtree(mini / ".scratch")
    zonda.edit("handlers/handlers.go", '"one"', '"two"')
    zonda.served("two")
    zonda.stop()


def test_runtime_dir_missing(plain, start):
    """No place for the control socket: said, and the reloads go on without it."""
    zonda = start(plain, env={"XDG_RUNTIME_DIR": "/proc/none"}).ready()
    zonda.write("text.txt", "two")
    zonda.served("two")
    assert harness.until(lambda: zonda.process.poll() is None)
    zonda.stop()


def test_no_go(mini, start):
    """go is not on PATH: a sentence about it, not a riddle."""
    zonda = start(mini, env={"PATH": "/usr/bin:/bin"})
    zonda.wait_event("reload_end", outcome="build_failed", timeout=60)
    assert "go" in zonda.story() and "PATH" in zonda.story()
    zonda.stop()
