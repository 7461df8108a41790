"""Every save is seen once, whatever the editor does, and the last one is what is served."""
import os
import subprocess
import time

import editors
import pytest


@pytest.mark.parametrize("editor", editors.ALL, ids=lambda editor: editor.__name__)
def test_editor(mini, start, editor):
    if editors.missing(editor):
        pytest.skip(f"{editors.missing(editor)} is not installed")
    zonda = start(mini).ready()
    zonda.served("one")
    with zonda.one_reload(action="build") as reload:
        editor(mini / "handlers" / "handlers.go", "one", "two")
    assert zonda.text() == "two"
    assert any("handlers.go" in name for name in reload[0]["changed"]), reload
    assert zonda.status()["reloads"] <= 3  # the first, the save, and one made obsolete at most
    zonda.stop()


@pytest.mark.crucial
@pytest.mark.parametrize("editor", editors.BY_CALLS, ids=lambda editor: editor.__name__)
def test_editor_plain(plain, start, editor):
    """The same without Go, ten saves in a row: none is lost."""
    zonda = start(plain).ready()
    for count in range(10):
        old, new = ("one" if count == 0 else f"v{count - 1}."), f"v{count}."
        with zonda.one_reload():
            editor(plain / "text.txt", old, new)
        assert zonda.text() == new
        (plain / "text.txt~").unlink(missing_ok=True)
    zonda.stop()


@pytest.mark.crucial
def test_burst(mini, start):
    """200 writes in a second lead to one or two builds, and the last one is served."""
    zonda = start(mini).ready()
    mark = zonda.mark_here()
    path = mini / "handlers" / "handlers.go"
    source = path.read_text()
    begin = time.monotonic()
    for count in range(1, 201):
        path.write_text(source.replace('"one"', f'"write-{count}"'))
        # The rhythm of the burst, not a wait for anything.
        time.sleep(max(0.0, begin + count / 200 - time.monotonic()))
    assert zonda.wait()["outcome"] == "served"
    assert zonda.text() == "write-200"
    zonda.stop()
    finished = [
        event for event in zonda.kinds("reload_end", mark) if event["outcome"] != "obsolete"
    ]
    assert 1 <= len(finished) <= 2, finished
    served = [event for event in finished if event["outcome"] == "served"]
    assert served and served[-1] is finished[-1]


def test_slow_writer(plain, start):
    """A file that is written in pieces over a while is read when it is closed."""
    zonda = start(plain).ready()
    with zonda.one_reload():
        with open(plain / "text.txt", "w") as file:
            for piece in ("p", "i", "e", "c", "e", "s"):
                file.write(piece)
                file.flush()
                os.fsync(file.fileno())
    assert zonda.text() == "pieces"
    zonda.stop()


def test_writer_that_never_closes(plain, start):
    """What stays open is not waited for without end: its content counts once it has been quiet."""
    zonda = start(plain).ready()
    with open(plain / "text.txt", "w") as file:
        file.write("still-open")
        file.flush()
        zonda.served("still-open")
    zonda.stop()


@pytest.mark.crucial
def test_save_during_build(mini, start):
    """The build under way is given up; its version is never shown."""
    zonda = start(mini).ready()
    mark = zonda.mark_here()
    zonda.edit("handlers/handlers.go", '"one"', '"first"')
    zonda.wait_event("build_begin", after=mark)
    zonda.edit("handlers/handlers.go", '"first"', '"second"')
    assert zonda.wait()["outcome"] == "served"
    assert zonda.text() == "second"
    zonda.stop()
    outcomes = [event["outcome"] for event in zonda.kinds("reload_end", mark)]
    assert outcomes == ["obsolete", "served"], outcomes


def git(project, *args):
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *args],
        cwd=project,
        check=True,
        capture_output=True,
        timeout=120,
    )


@pytest.mark.crucial
def test_branch_switch(mini, start):
    """300 files changed by git checkout are one reload, and what is served is the other branch."""

    def fill(word):
        for number in range(299):
            (mini / "handlers" / f"part_{number}.go").write_text(
                f'package handlers\n\nconst part{number} = "{word}"\n'
            )
        text = (mini / "handlers" / "handlers.go").read_text()
        (mini / "handlers" / "handlers.go").write_text(text.replace('"one"', f'"{word}"'))

    (mini / ".gitignore").write_text(".zonda/\ntmp/\n")
    git(mini, "init", "-q", "-b", "trunk")
    git(mini, "add", "-A")
    git(mini, "commit", "-qm", "base")
    git(mini, "checkout", "-qb", "left")
    fill("left")
    git(mini, "add", "-A")
    git(mini, "commit", "-qm", "left")
    git(mini, "checkout", "-q", "trunk")
    git(mini, "checkout", "-qb", "right")
    fill("right")
    git(mini, "add", "-A")
    git(mini, "commit", "-qm", "right")

    zonda = start(mini).ready()
    zonda.served("right")
    zonda.wait()
    mark = zonda.mark_here()
    git(mini, "checkout", "-q", "left")
    assert zonda.wait()["outcome"] == "served"
    assert zonda.text() == "left"
    zonda.stop()
    finished = [
        event for event in zonda.kinds("reload_end", mark) if event["outcome"] != "obsolete"
    ]
    assert [event["outcome"] for event in finished] == ["served"], finished


@pytest.mark.crucial
def test_same_content(mini, start):
    """touch, a rewrite of the same content, a rename there and back: nothing."""
    zonda = start(mini).ready()
    pid = zonda.app_pid
    path = mini / "handlers" / "handlers.go"
    with zonda.nothing_happens():
        os.utime(path)
    with zonda.nothing_happens():
        path.write_bytes(path.read_bytes())
    with zonda.nothing_happens():
        editors.atomic(path, "one", "one")
    with zonda.nothing_happens():
        os.chmod(path, 0o600)
    assert zonda.app_pid == pid
    zonda.stop()


def test_editor_rubbish(mini, start):
    """Swap files, backups and lock links mean nothing."""
    zonda = start(mini).ready()
    with zonda.nothing_happens():
        zonda.write("handlers/.handlers.go.swp", "swap")
        zonda.write("handlers/handlers.go~", "package handlers\n")
        zonda.write("handlers/#handlers.go#", "package handlers\n")
        os.symlink("someone@somewhere.1:1", mini / "handlers" / ".#handlers.go")
        zonda.write("handlers/4913", "")
    zonda.stop()
