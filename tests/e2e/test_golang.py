"""Go built directly: compile and link without `go build`, seen from outside."""
import os
import re
import shutil
import signal

import pytest
from zonda import marked, until

LIB = """package lib

// Name is what main says.
func Name() string {
\tdefer func() {}() // not inlined
\treturn "lib"
}

// Twice is inlined into its callers.
func Twice(n int) int { return 2 * n }
"""
MIDDLE = """package middle

import "example.com/mini/lib"

// Text goes through two packages.
func Text() string {
\tif lib.Twice(2) != 4 {
\t\treturn ""
\t}
\treturn lib.Name()
}
"""


@pytest.fixture
def layers(mini):
    """mini with main → handlers → middle → lib."""
    for name, text in {"lib/lib.go": LIB, "middle/middle.go": MIDDLE}.items():
        (mini / name).parent.mkdir()
        (mini / name).write_text(text)
    handlers = mini / "handlers/handlers.go"
    text = handlers.read_text().replace('"net/http"\n', '"net/http"\n\n\t"example.com/mini/middle"\n')
    handlers.write_text(text.replace("c.String(http.StatusOK, Text)", "c.String(http.StatusOK, Text+middle.Text())"))
    return mini


def last_build(zonda):
    return zonda.status()["last"]


@pytest.mark.crucial
def test_a_body_compiles_one_package(layers, start):
    zonda = start(layers).ready().planned()
    with zonda.one_reload(action="build") as box:
        zonda.edit("lib/lib.go", 'return "lib"', 'return "new"')
    assert (box[0]["built"], box[0]["packages"], box[0]["fell_back"]) == ("direct", 1, None)
    assert zonda.text() == "onenew"
    assert zonda.stop() == 0
    assert list((layers / ".zonda").glob("build-*")) == []


def builds(layers, start):
    """One short session: how the app was built, and what it says."""
    zonda = start(layers).ready()
    built, text = last_build(zonda)["built"], zonda.text()
    zonda.planned()
    assert zonda.stop() == 0
    return built, text


@pytest.mark.crucial
def test_a_start_links_nothing_that_is_linked(layers, start):
    """The binary of an earlier session is kept where it is what go build would make."""
    binary = layers / ".zonda/bin/mini"
    assert builds(layers, start) == ("go build", "onelib")
    linked = binary.stat().st_ino
    (layers / "lib/lib.go").touch()
    assert builds(layers, start) == ("go build", "onelib")
    assert binary.stat().st_ino == linked
    (layers / "lib/lib.go").write_text(LIB.replace('"lib"', '"between"'))
    assert builds(layers, start) == ("go build", "onebetween")
    assert binary.stat().st_ino != linked


@pytest.mark.crucial
def test_what_an_earlier_session_built(layers, start):
    """Nothing has changed since: not even the go command is asked."""
    binary = layers / ".zonda/bin/mini"

    def noted():
        return [note for note in (layers / ".zonda").glob("built-*.json") if note.stat().st_mtime_ns > binary.stat().st_mtime_ns]

    zonda = start(layers).ready().planned()
    with zonda.one_reload():
        zonda.edit("lib/lib.go", 'return "lib"', 'return "kept"')
    assert until(noted)
    assert zonda.stop() == 0
    assert builds(layers, start) == ("earlier", "onekept")
    zonda = start(layers).ready().planned()
    assert last_build(zonda)["built"] == "earlier"
    with zonda.one_reload(outcome="unchanged"):
        zonda.edit("lib/lib.go", "2 * n", "2  *  n")
    with zonda.one_reload() as box:
        zonda.edit("lib/lib.go", 'return "kept"', 'return "edited"')
    assert box[0]["built"] in ("direct", "quick") and zonda.text() == "oneedited"
    assert zonda.stop() == 0
    (layers / "lib/new.go").write_text('package lib\n\nfunc init() { println("new") }\n')
    assert builds(layers, start)[0] == "go build"


def test_edits_before_there_is_a_plan(layers, start):
    zonda = start(layers).ready()
    for old, new in [("lib", "first"), ("first", "second"), ("second", "third")]:
        with zonda.one_reload():
            zonda.edit("lib/lib.go", f'return "{old}"', f'return "{new}"')
        assert zonda.text() == f"one{new}"


@pytest.mark.crucial
def test_comments_and_spaces_change_nothing(layers, start):
    zonda = start(layers).ready().planned()
    pid = zonda.app_pid
    for old, new in [('return "lib"', 'return "lib" // a word'), ("2 * n", "2  *  n")]:
        with zonda.one_reload(outcome="unchanged") as box:
            zonda.edit("lib/lib.go", old, new)
        assert box[0]["packages"] == 0 and "link_ms" not in box[0]
    assert zonda.app_pid == pid


def test_what_the_plan_does_not_know_falls_back(layers, start):
    zonda = start(layers, tty=True).ready().planned()
    mark = zonda.mark_here()
    with zonda.one_reload() as box:
        zonda.write("lib/more.go", 'package lib\n\nimport "strings"\n\nfunc init() { _ = strings.ToUpper("a") }\n')
    assert "lib/more.go is new" in box[0]["fell_back"], box[0]
    zonda.wait_screen(r"the go command had to help: lib/more\.go is new")
    zonda.planned(mark)
    mark = zonda.mark_here()
    with zonda.one_reload() as box:
        zonda.edit("middle/middle.go", 'import "example.com/mini/lib"', 'import (\n\t_ "strconv"\n\n\t"example.com/mini/lib"\n)')
    assert "imports" in box[0]["fell_back"], box[0]
    zonda.planned(mark)
    with zonda.one_reload() as box:
        zonda.edit("lib/lib.go", 'return "lib"', 'return "direct again"')
    assert box[0]["built"] == "direct" and box[0]["fell_back"] is None
    assert zonda.text() == "onedirect again"


def test_errors_read_as_those_of_go_build(layers, start):
    zonda = start(layers).ready().planned()
    with zonda.one_reload(outcome="build_failed") as box:
        zonda.edit("lib/lib.go", 'return "lib"', 'return 1 + nothing')
    zonda.wait_event("reload_end", id=box[0]["id"])
    said = [e.message for e in zonda.kinds("build_line", reload=box[0]["id"])]
    assert said == ["# example.com/mini/lib", "lib/lib.go:6:13: undefined: nothing"], said
    assert box[0]["diagnostics"][0]["line"] == 6
    assert zonda.text() == "onelib"
    with zonda.one_reload():
        zonda.edit("lib/lib.go", "return 1 + nothing", 'return "mended"')
    assert zonda.text() == "onemended"


@pytest.mark.parametrize("lines, why", [('flags = ["-pgo=auto"]', "-pgo=auto needs the go command"), ('go = "command"', "")])
def test_by_go_build(layers, start, lines, why):
    (layers / "zonda.toml").write_text(f"[build]\n{lines}\n")
    zonda = start(layers)
    end = zonda.wait_event("build_end")
    assert end["built"] == "go build", zonda.story()
    zonda.ready()
    said = [e.message for e in zonda.kinds("notice") if "built by go build" in e.message]
    assert said == ([f"built by go build: {why}"] if why else [])


def test_lines_inserted_are_quick_and_exact_later(layers, start):
    zonda = start(layers).ready().planned()
    with zonda.one_reload() as box:
        old = '\tdefer func() {}() // not inlined\n\treturn "lib"'
        zonda.edit("lib/lib.go", old, "\t// one more\n\t_ = 0\n\n" + old.replace("lib", "quick"))
    assert zonda.text() == "onequick"
    assert box[0]["built"] in ("quick", "direct") and box[0]["fell_back"] is None
    if box[0]["built"] == "quick":
        assert box[0]["packages"] == 1
    zonda.wait_event("notice", where=lambda e: "the next link is exact" in e.message)


def test_precision_exact(layers, start):
    zonda = start(layers, "--build.precision=exact").ready().planned()
    with zonda.one_reload() as box:
        zonda.edit("lib/lib.go", "\tdefer", "\t// one more\n\t_ = 0\n\n\tdefer")
    assert box[0]["built"] == "direct" and box[0]["packages"] > 1


def test_a_plain_command_of_air(layers, start):
    (layers / ".air.toml").write_text('[build]\ncmd = "go build -tags dev -o ./tmp/main ."\nbin = "./tmp/main"\n')
    zonda = start(layers).ready().planned()
    before = (layers / "tmp/main").stat().st_ino
    with zonda.one_reload() as box:
        zonda.edit("lib/lib.go", 'return "lib"', 'return "air"')
    assert box[0]["built"] == "direct" and zonda.text() == "oneair"
    assert (layers / "tmp/main").stat().st_ino != before


def test_another_command_runs_as_it_is(layers, start):
    (layers / "zonda.toml").write_text('[build]\ncommand = "go build -o out . && echo done"\noutput = "out"\n')
    zonda = start(layers).ready()
    assert last_build(zonda)["built"] == "command"


def test_a_failing_command_after_the_build_keeps_the_old_binary(layers, start):
    (layers / "zonda.toml").write_text('[build]\nafter = ["test ! -e bad"]\n')
    zonda = start(layers).ready().planned()
    binary = layers / ".zonda/bin/mini"
    before = binary.read_bytes()
    zonda.write("bad", "")
    with zonda.one_reload(outcome="build_failed"):
        zonda.edit("lib/lib.go", 'return "lib"', 'return "second"')
    assert binary.read_bytes() == before
    (layers / "bad").unlink()
    with zonda.one_reload():
        zonda.edit("lib/lib.go", "// Name is", "// Name  is")
    assert zonda.text() == "onesecond"


def test_a_generated_file_that_git_ignores(layers, start):
    (layers / ".gitignore").write_text("made.go\n")
    (layers / "lib/made.go").write_text("package lib\n\nconst made = 1\n")
    zonda = start(layers).ready().planned()
    with zonda.nothing_happens():
        zonda.write("lib/made.go", 'package lib\n\nfunc init() { Made = "made" }\n\nvar Made string\n')
    with zonda.one_reload():
        zonda.edit("lib/lib.go", 'return "lib"', "return Made")
    assert zonda.text() == "onemade"


def test_the_scratch_directory_is_removed(layers, start):
    zonda = start(layers).ready().planned()
    shutil.rmtree(layers / ".zonda")
    with zonda.one_reload():
        zonda.edit("lib/lib.go", 'return "lib"', 'return "again"')
    assert zonda.text() == "oneagain"


def compilers(zonda):
    return [line for line in marked(zonda.mark).values() if re.search(r"/(compile|link|asm) |^go ", line)]


def test_a_burst_leaves_no_compilers(layers, start):
    zonda = start(layers).ready().planned()
    said = '"lib"'
    for number in range(8):
        here, new = zonda.mark_here(), f'"burst{number}"'
        zonda.edit("lib/lib.go", said, new)
        said = new
        if number % 2:
            zonda.wait_event("build_begin", after=here)
    zonda.served("burst7")
    zonda.wait()
    assert until(lambda: not compilers(zonda)), compilers(zonda)
    assert zonda.stop() == 0


@pytest.mark.crucial
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_quit_while_it_builds(layers, start, number):
    zonda = start(layers)
    zonda.wait_event("build_begin")
    assert zonda.stop(number) == 0
    assert list((layers / ".zonda").glob("build-*")) == []


def test_quit_while_the_plan_is_made(layers, start):
    zonda = start(layers).ready()
    assert until(lambda: any(" list -deps -export" in line for line in marked(zonda.mark).values()))
    assert zonda.stop() == 0
    assert not compilers(zonda)
    assert list((layers / ".zonda").glob("build-*")) == []


def test_quit_while_the_exact_step_runs(layers, start):
    zonda = start(layers).ready().planned()
    with zonda.one_reload():
        zonda.edit("lib/lib.go", "\tdefer", "\t_ = 0\n\n\tdefer")
    assert zonda.stop() == 0


def test_an_edit_that_keeps_size_and_time(layers, start):
    """The save was seen: its file is read, whatever its times say."""
    zonda = start(layers).ready().planned()
    path = layers / "lib/lib.go"
    times = path.stat()
    with zonda.one_reload():
        with path.open("r+") as file:
            text = file.read().replace('return "lib"', 'return "bil"')
            file.seek(0)
            file.write(text)
            file.flush()
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert zonda.text() == "onebil"
