"""Each check can fail: it is shown one fault of every sort, and one text without any."""
import subprocess

import banned
import count_tap
import layers
import pytest
import standalone


@pytest.mark.parametrize(
    "source, line",
    [
        ("base/buf.c", '#include "platform/fs.h"'),  # up by one
        ("config/load.c", '#include "engine/engine.h"'),  # up by many
        ("build/build.c", '#include "watch/plan.h"'),  # sideways, the wrong way
        ("watch/watch.c", '#include "run/service.h"'),
        ("observe/bus.c", '#include "control/control.h"'),
        ("compat/air.c", '#include "observe/bus.h"'),
        ("engine/line.c", '#include "command/command.h"'),
        ("base/buf.c", '#include "buf.h"'),  # without its room
        ("base/buf.c", '#  include "nowhere/x.h"'),  # a room that is not in the table
        ("nowhere/x.c", '#include "base/buf.h"'),
        ("engine/quit.c", "#include <unistd.h>"),
        ("base/path.c", "#include <sys/stat.h>"),
        ("run/service.c", "#include <signal.h>"),
        ("base/buf.c", "#include <vector>"),  # C++'s, but not in a .cc
        ("platform/linux_fs.c", "#include <uv.h>"),  # libuv has one wrapper even in platform/
        ("base/buf.c", "#include <jansson.h>"),
        ("watch/classify.c", "#include <pcre2.h>"),
        ("base/json.c", "#include <xxhash.h>"),
        ("config/load.cc", "#include <toml++/toml.h>"),
    ],
)
def test_layers_fault(source, line):
    found = list(layers.check_file(source, "/* a comment */\n" + line + "\n"))
    assert [number for number, _ in found] in ([2], [1])


@pytest.mark.parametrize(
    "source, line",
    [
        ("main.c", '#include "command/command.h"'),
        ("platform/fs.c", '#include "base/err.h"'),
        ("watch/classify.h", '#include "build/golang/graph.h"'),
        ("run/service.c", '#include "build/build.h"'),
        ("control/server.c", '#include "observe/bus.h"'),
        ("command/run.c", '#include "base/buf.h"'),
        ("build/golang/graph.c", '#include "build/golang/graph.h"'),
        ("base/buf.c", "#include <string.h>"),
        ("base/clock.c", "#include <time.h>"),
        ("platform/linux_fs.c", "#include <sys/inotify.h>"),
        ("platform/loop.c", "#include <uv.h>"),
        ("base/json.c", "#include <jansson.h>"),
        ("base/regex.c", "#include <pcre2.h>"),
        ("base/digest.c", "#include <xxhash.h>"),
        ("config/toml.cc", "#include <toml++/toml.h>"),
        ("config/toml.cc", "#include <string_view>"),
    ],
)
def test_layers_fine(source, line):
    assert list(layers.check_file(source, line)) == []


def test_layers_exit_status(tmp_path):
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "a.c").write_text("#include <stdio.h>\n")
    assert layers.main([str(tmp_path)]) == 0
    (tmp_path / "base" / "b.h").write_text('#include "engine/engine.h"\n')
    assert layers.main([str(tmp_path)]) == 1
    assert layers.main([str(tmp_path / "none")]) == 2


@pytest.mark.parametrize("name", sorted(banned.BANNED))
def test_banned_fault(name):
    found = list(banned.faults_of("base/a.c", f"int x;\n    y = {name} (z);\n"))
    assert len(found) == 1 and found[0][0] == 2 and name in found[0][1]


@pytest.mark.parametrize(
    "source, line",
    [
        ("base/a.c", "snprintf(a, 3, b); process_system(x); event.system(1);"),
        ("base/a.c", "/* strcpy(a, b) is banned\n strcat(a, b) too */"),
        ("base/a.c", 'puts("system(3)"); x = \'"\'; // gets(line)'),
        ("base/a.c", "_exit(127);"),
        ("main.c", "exit(3);"),
        ("command/run.c", "exit(3);"),
    ],
)
def test_banned_fine(source, line):
    assert list(banned.faults_of(source, line)) == []


def test_banned_exit():
    assert len(list(banned.faults_of("engine/quit.c", "exit(3);"))) == 1


def test_banned_lengths(tmp_path):
    body = "    x++;\n"
    assert list(banned.lengths_of("static void f(void)\n{\n" + body * 58 + "}\n")) == []
    long = "static void f(void)\n{\n" + body * 59 + "}\n"
    assert [number for number, _ in banned.lengths_of(long)] == [2]
    assert [number for number, _ in banned.lengths_of("int x;\n" * 401)] == [1]
    (tmp_path / "a.c").write_text(long)
    assert banned.main([str(tmp_path)]) == 0
    assert banned.main(["--strict", str(tmp_path)]) == 1
    (tmp_path / "a.c").write_text("int a = atoi(b);\n")
    assert banned.main([str(tmp_path)]) == 1


@pytest.mark.parametrize(
    "line",
    [
        "see ../" + "shared/design.md",
        "# in /" + "work/main",
        "issue" + " #3",
        "as Issue" + " 12 says",
        "https://proxy.golang" + ".org/",
        "http://deb.debian" + ".org/debian",
        "from pypi" + ".org",
        "written by an A" + "I",
        "Clau" + "de",
        "clau" + "de",
        "another help" + "er writes this",
        "The te" + "am decided",
    ],
)
def test_standalone_fault(line):
    assert [number for number, _, _ in standalone.check_text("a.md", "fine\n" + line)] == [2]


@pytest.mark.parametrize(
    "line",
    ["a helper function", "./framework/", "shared/ state", "an issue of 3 kinds", "FAIL", "network/"],
)
def test_standalone_fine(line):
    assert list(standalone.check_text("a.md", line)) == []


def test_standalone_exit_status(tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "a.md").write_text("fine\n")
    assert standalone.main([str(tmp_path)]) == 0
    (tmp_path / "new.md").write_text("/" + "work/main\n")  # not added yet, and found all the same
    assert standalone.main([str(tmp_path)]) == 1
    (tmp_path / ".gitignore").write_text("new.md\n")
    assert standalone.main([str(tmp_path)]) == 0


@pytest.mark.parametrize(
    "result, stdout, wanted",
    [
        ("OK", "1..2\nok 1 - a\nok 2 - b\n", (2, 0)),
        ("FAIL", "1..2\nok 1 - a\nnot ok 2 - b\n# why\n", (1, 1)),
        ("FAIL", "1..2\nok 1 - a\nok 2 - b\n", (2, 1)),  # a leak after the last case
        ("TIMEOUT", "1..2\n", (0, 1)),
        ("OK", "", (0, 1)),
    ],
)
def test_count_tap(result, stdout, wanted):
    assert count_tap.count({"result": result, "stdout": stdout}) == wanted
