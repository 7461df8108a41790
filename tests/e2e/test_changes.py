"""What a change of each sort leads to."""
import os
import shutil

import pytest


@pytest.mark.crucial
def test_syntax_error(mini, start):
    """The old version serves, the error is told with file, line and source; the mend recovers."""
    zonda = start(mini).ready()
    pid = zonda.app_pid
    mark = zonda.mark_here()
    with zonda.one_reload("build_failed") as reload:
        zonda.edit("handlers/handlers.go", 'const Text = "one"', 'const Text = "two" oops')
    assert zonda.text() == "one" and zonda.app_pid == pid
    diagnostic = reload[0]["diagnostics"][0]
    assert diagnostic["file"].endswith("handlers/handlers.go") and diagnostic["line"] == 11
    assert "syntax error" in diagnostic["message"]
    assert zonda.run("wait").returncode == 1
    with zonda.one_reload():
        zonda.edit("handlers/handlers.go", 'const Text = "two" oops', 'const Text = "three"')
    assert zonda.text() == "three"
    zonda.stop()
    assert zonda.kinds("build_end", mark)


def test_syntax_error_on_screen(mini, start):
    zonda = start(mini, tty=True).ready()
    zonda.edit("handlers/handlers.go", 'const Text = "one"', 'const Text = undefinedName')
    zonda.wait_screen(r"handlers/handlers\.go:11:14")
    zonda.wait_screen(r">\s+11 \|\s+const Text = undefinedName")
    zonda.wait_screen(r"undefined: undefinedName")
    zonda.stop()


def test_first_build_fails(mini, start):
    """zonda stays, says so, and serves once it is mended."""
    path = mini / "main.go"
    path.write_text(path.read_text().replace("func main() {", "func main() { oops"))
    zonda = start(mini)
    zonda.wait_event("reload_end", outcome="build_failed", timeout=120)
    assert zonda.process.poll() is None
    zonda.edit("main.go", "func main() { oops", "func main() {")
    zonda.served("one")
    zonda.stop()


@pytest.mark.crucial
def test_nothing(mini, start):
    """Tests, packages that main does not import, documentation, files left out by constraints."""
    zonda = start(mini).ready()
    with zonda.nothing_happens():
        zonda.edit("handlers/handlers_test.go", "Text is empty", "Text is still empty")
    with zonda.nothing_happens():
        zonda.edit("unrelated/unrelated.go", "unrelated-one", "unrelated-two")
    with zonda.nothing_happens():
        zonda.write("unrelated/more.go", "package unrelated\n")
    with zonda.nothing_happens():
        zonda.write("README.md", "# mini\n")
    with zonda.nothing_happens():
        zonda.write("handlers/other_windows.go", "package handlers\n\nconst other = 1\n")
    with zonda.nothing_happens():
        zonda.write("docs/notes/a.txt", "nothing\n")
    zonda.stop()


def test_new_file(mini, start):
    zonda = start(mini).ready()
    with zonda.one_reload(action="build"):
        zonda.write("handlers/extra.go", 'package handlers\n\nfunc init() { extra = "new-file" }\n\nvar extra string\n')
    zonda.stop()


@pytest.mark.crucial
def test_new_package(mini, start):
    """A package in a directory that did not exist, then imported, then changed."""
    zonda = start(mini).ready()
    with zonda.nothing_happens():
        zonda.write("words/deep/words.go", 'package deep\n\nconst Word = "word-one"\n')
    with zonda.one_reload(action="build"):
        text = zonda.read("handlers/handlers.go")
        text = text.replace('\t"github.com/gin', '\t"example.com/mini/words/deep"\n\t"github.com/gin')
        zonda.write("handlers/handlers.go", text.replace('const Text = "one"', "const Text = deep.Word"))
    assert zonda.text() == "word-one"
    with zonda.one_reload(action="build"):
        zonda.edit("words/deep/words.go", "word-one", "word-two")
    assert zonda.text() == "word-two"
    zonda.stop()


def test_directory_with_files(mini, start):
    """A directory that comes with its files, by a rename, is looked into."""
    away = mini.parent / "away"
    away.mkdir()
    (away / "words.go").write_text('package words\n\nconst Word = "moved-in"\n')
    zonda = start(mini).ready()
    zonda.edit("handlers/handlers.go", '\t"github.com/gin', '\t"example.com/mini/words"\n\t"github.com/gin')
    assert zonda.wait()["outcome"] == "build_failed"
    with zonda.one_reload():
        os.rename(away, mini / "words")
        zonda.edit("handlers/handlers.go", 'const Text = "one"', "const Text = words.Word")
    assert zonda.text() == "moved-in"
    zonda.stop()


def test_deletion(mini, start):
    """A deleted file builds; a deleted package fails, with the old version serving; both come back."""
    zonda = start(mini).ready()
    zonda.write("handlers/extra.go", "package handlers\n\nvar extra = 1\n")
    assert zonda.wait()["outcome"] in ("served", "unchanged")
    with zonda.one_reload("served"):
        zonda.edit("handlers/handlers.go", '"one"', '"two"')
        os.unlink(mini / "handlers" / "extra.go")
    keep = mini.parent / "keep"
    shutil.copytree(mini / "handlers", keep)
    with zonda.one_reload("build_failed"):
        shutil.rmtree(mini / "handlers")
    assert zonda.text() == "two"
    with zonda.one_reload():
        shutil.copytree(keep, mini / "handlers")
        zonda.edit("handlers/handlers.go", '"two"', '"three"')
    assert zonda.text() == "three"
    zonda.stop()


def test_go_mod(mini, start):
    """A replaced module: go.mod builds, and the directory that it names is watched from then on."""
    local = mini.parent / "local"
    local.mkdir()
    (local / "go.mod").write_text("module example.com/local\n\ngo 1.21\n")
    (local / "local.go").write_text('package local\n\nconst Text = "local-one"\n')
    zonda = start(mini).ready()
    with zonda.one_reload(action="build"):
        text = zonda.read("go.mod")
        zonda.write(
            "go.mod",
            text + "\nrequire example.com/local v0.0.0\n\nreplace example.com/local => ../local\n",
        )
        text = zonda.read("handlers/handlers.go")
        text = text.replace('\t"github.com/gin', '\t"example.com/local"\n\t"github.com/gin')
        zonda.write("handlers/handlers.go", text.replace('const Text = "one"', "const Text = local.Text"))
    assert zonda.text() == "local-one"
    zonda.wait()
    with zonda.one_reload(action="build"):
        (local / "local.go").write_text('package local\n\nconst Text = "local-two"\n')
    assert zonda.text() == "local-two"
    with zonda.one_reload("build_failed"):
        zonda.edit("go.mod", "example.com/local v0.0.0", "example.com/local v0.0.0 oops")
    zonda.stop()


@pytest.mark.crucial
def test_template_debug(mini, start):
    """gin reads its templates again in debug mode: the process stays."""
    zonda = start(mini).ready()
    pid = zonda.app_pid
    with zonda.one_reload("refreshed", "refresh"):
        zonda.edit("templates/index.html", "template-one", "template-two")
    assert "template-two" in zonda.text("/") and zonda.app_pid == pid
    zonda.stop()
    assert zonda.kinds("refresh")


def test_template_release(mini, start):
    """In release mode they were read at the start: the app starts anew, without a build."""
    zonda = start(mini, env={"GIN_MODE": "release"}).ready()
    pid = zonda.app_pid
    mark = zonda.mark_here()
    with zonda.one_reload("served", "restart"):
        zonda.edit("templates/index.html", "template-one", "template-two")
    assert "template-two" in zonda.text("/") and zonda.app_pid != pid
    zonda.stop()
    assert not zonda.kinds("build_begin", mark)


def test_static(mini, start):
    zonda = start(mini).ready()
    pid = zonda.app_pid
    with zonda.one_reload("refreshed", "refresh"):
        zonda.edit("static/style.css", "style-one", "style-two")
    assert "style-two" in zonda.text("/static/style.css") and zonda.app_pid == pid
    zonda.stop()


@pytest.mark.crucial
def test_env_file(mini, start):
    """.env restarts without a build; what the shell has set is never replaced."""
    zonda = start(mini, "--env_files=.env", env={"FROM_SHELL": "shell"}).ready()
    assert zonda.text("/env/GREETING") == "env-one"
    mark = zonda.mark_here()
    with zonda.one_reload("served", "restart"):
        zonda.write(".env", 'GREETING="env two"\nFROM_SHELL=file\n')
    assert zonda.text("/env/GREETING") == "env two"
    assert zonda.text("/env/FROM_SHELL") == "shell"
    with zonda.one_reload("served", "restart"):
        zonda.write(".env", "OTHER=1\n")
    assert zonda.text("/env/GREETING") == ""  # a name that went from the file goes from the app
    zonda.stop()
    assert not zonda.kinds("build_begin", mark)


def test_env_file_of_the_app(mini, start):
    """Not read by zonda unless that is asked for, and still the app starts anew: it may read it."""
    zonda = start(mini).ready()
    assert zonda.text("/env/GREETING") == ""
    with zonda.one_reload("served", "restart"):
        zonda.write(".env", "GREETING=changed\n")
    zonda.stop()


def test_env_file_broken(mini, start):
    """The mistake is told with its place; the app that runs goes on."""
    zonda = start(mini, "--env_files=.env").ready()
    pid = zonda.app_pid
    mark = zonda.mark_here()
    zonda.write(".env", 'GREETING="never closed\n')
    zonda.wait()
    assert zonda.text() == "one" and zonda.app_pid == pid
    with zonda.changed:
        told = [event for event in zonda.events[mark:] if event.level in ("error", "warn")]
    assert any(".env:1" in event.message + str(event.context) for event in told), told
    zonda.stop()


def test_embedded(mini, start):
    zonda = start(mini).ready()
    with zonda.one_reload("served", "build"):
        zonda.edit("assets/banner.txt", "banner-one", "banner-two")
    assert zonda.text("/banner") == "banner-two"
    zonda.stop()


def test_comment_only(mini, start):
    """The same binary comes out: the app is left alone, or served anew; never an error."""
    zonda = start(mini).ready()
    zonda.write("handlers/handlers.go", zonda.read("handlers/handlers.go") + "\n// A comment.\n")
    assert zonda.wait()["outcome"] in ("unchanged", "served")
    assert zonda.text() == "one"
    zonda.stop()


def test_gitignore(plain, start):
    """Ignored files do nothing, and what is taken out of .gitignore counts from then on."""
    (plain / ".gitignore").write_text("ignored/\n*.skip.txt\n")
    (plain / "ignored").mkdir()
    zonda = start(plain).ready()
    with zonda.nothing_happens():
        zonda.write("ignored/a.txt", "a")
    with zonda.nothing_happens():
        zonda.write("b.skip.txt", "b")
    with zonda.one_reload():
        zonda.write("b.txt", "b")
    zonda.stop()


RULES = """
[[rule]]
match = ["*.build"]
action = "build"

[[rule]]
match = ["*.restart"]
action = "restart"

[[rule]]
match = ["*.hup"]
action = "signal:HUP"

[[rule]]
match = ["*.refresh"]
action = "refresh"

[[rule]]
match = ["*.run"]
action = "run"
command = "cp made.run made.copy"

[[rule]]
match = ["quiet.txt"]
action = "ignore"
"""


@pytest.mark.crucial
def test_rules(plain, start):
    """One rule for each action, in a real run."""
    (plain / "zonda.toml").write_text((plain / "zonda.toml").read_text() + RULES)
    zonda = start(plain).ready()

    def reload(name, action, outcome, content="x"):
        with zonda.one_reload(outcome, action) as box:
            zonda.write(name, content)
        return box[0]

    pid = zonda.app_pid
    with zonda.nothing_happens():
        zonda.write("quiet.txt", "x")
    reload("a.refresh", "refresh", "refreshed")
    assert zonda.text("/hups") == "0"
    reload("a.hup", "signal", "refreshed")
    from zonda import until

    assert until(lambda: zonda.text("/hups") == "1")
    made = reload("made.run", "run", "refreshed", "made")
    assert zonda.read("made.copy") == "made"
    assert zonda.app_pid == pid
    reload("a.restart", "restart", "served")
    assert zonda.app_pid != pid
    pid = zonda.app_pid
    built = reload("a.build", "build", "served")
    assert zonda.app_pid != pid
    zonda.stop()
    begun = [(event["reload"], event["command"]) for event in zonda.kinds("build_begin")]
    assert begun[1:] == [(made["id"], "cp made.run made.copy"), (built["id"], "cp text.txt built.out")]


def test_rule_command_fails(plain, start):
    """It is told; the app goes on, and so does zonda."""
    rule = '\n[[rule]]\nmatch = ["*.run"]\naction = "run"\ncommand = "echo it went wrong; exit 9"\n'
    (plain / "zonda.toml").write_text((plain / "zonda.toml").read_text() + rule)
    zonda = start(plain).ready()
    pid = zonda.app_pid
    zonda.write("a.run", "x")
    zonda.wait()
    assert zonda.app_pid == pid and zonda.text() == "one"
    with zonda.one_reload():
        zonda.write("text.txt", "after")
    zonda.stop()
    with zonda.changed:
        assert any("exit status 9" in str(event) for event in zonda.events)


def test_build_loop(plain, start):
    """A build that writes a file which starts a build is broken off, and the file is named."""
    (plain / "zonda.toml").write_text(
        (plain / "zonda.toml")
        .read_text()
        .replace('"cp text.txt built.out"', '"cp text.txt built.out; date +%N > stamp.txt"')
    )
    zonda = start(plain)
    zonda.wait_event(
        "notice", where=lambda event: "stamp.txt" in event.message, timeout=60
    )
    assert zonda.stop() == 0


def test_symlinks_by_choice(plain, start):
    outside = plain.parent / "outside"
    outside.mkdir()
    (outside / "a.txt").write_text("a")
    os.symlink(outside, plain / "linked")
    zonda = start(plain).ready()
    with zonda.nothing_happens():
        (outside / "a.txt").write_text("b")
    zonda.stop()
    zonda = start(plain, "--watch.follow_symlinks=true").ready()
    with zonda.one_reload():
        (outside / "a.txt").write_text("c")
    zonda.stop()


@pytest.mark.crucial
def test_polling(plain, start):
    """Where there are no events, by choice here: the same saves, the same answers."""
    zonda = start(plain, "--watch.backend=poll", "--watch.poll_interval=100ms").ready()
    for text in ("two", "three"):
        with zonda.one_reload():
            zonda.write("text.txt", text)
        assert zonda.text() == text
    with zonda.one_reload():
        zonda.write("new/dir/file.txt", "x")
    with zonda.nothing_happens():
        os.utime(plain / "text.txt")
    zonda.stop()
