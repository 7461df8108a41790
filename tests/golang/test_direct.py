"""The direct Go builder on modules of every shape: what it makes is what `go build` makes, or it says why not.

GOBUILD_DRIVER names the driver (tests/bench/gobuild_driver.c).
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess

import binaries
import module
import pytest
from equality import Builder

DRIVER = os.environ.get("GOBUILD_DRIVER")
pytestmark = pytest.mark.skipif(not DRIVER, reason="GOBUILD_DRIVER is not set")
few = pytest.mark.few  # those of a short check


class Project:
    """Files below a directory, built both ways."""

    def __init__(self, work, files, root="", package=".", flags=(), env=None, options=()):
        self.work, self.root = work, work / "src" / root
        for name, text in files.items():
            self.write(name, text)
        self.package, self.flags = package, list(flags)
        self.env = {**os.environ, **(env or {})}
        self.artifact, self.reference = work / "direct", work / "reference"
        self.builder = Builder(DRIVER, self.root, package, self.artifact, [*options, *flags], self.env)

    def write(self, name, text):
        path = self.work / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def change(self, name, old, new):
        path = self.work / "src" / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        return str(path)

    def go_build(self):
        flags = self.flags
        if not any(flag.startswith("-ldflags") for flag in flags) and "-ldflags" not in self.env.get("GOFLAGS", ""):
            flags = [*flags, "-ldflags=-w"]
        flags = [flag + " -w" if flag.startswith("-ldflags=-X") else flag for flag in flags]
        return subprocess.run(
            ["go", "build", "-buildvcs=false", *flags, "-o", str(self.reference), self.package],
            cwd=self.root, env=self.env, capture_output=True, text=True,
        )  # fmt: skip

    def same(self):
        built = self.go_build()
        assert built.returncode == 0, built.stderr
        assert binaries.difference(self.artifact, self.reference) is None

    def output(self):
        return subprocess.run([str(self.artifact)], capture_output=True, text=True, timeout=20).stdout


@pytest.fixture
def project(tmp_path):
    made = []

    def make(*arguments, **options):
        made.append(Project(tmp_path, *arguments, **options))
        return made[-1]

    yield make
    for one in made:
        assert one.builder.close() == 0
        assert list(pathlib.Path(str(one.artifact) + ".cache").iterdir()) == []


GO_MOD = "module example.com/app\n\ngo 1.24\n"
LIB = """package lib

var Name = "lib"

func Double(n int) int {
\tdefer func() {}() // not inlined
\tx := 0
\tfor i := 0; i < n; i++ {
\t\tx += 2
\t}
\treturn x
}

func Half(n int) int { return n / 2 }
"""
MAIN = """package main

import (
\t"fmt"

\t"example.com/app/lib"
)

var version = "none"

func main() { fmt.Println(lib.Name, lib.Double(4), lib.Half(9), version) }
"""
PLAIN = {"go.mod": GO_MOD, "main.go": MAIN, "lib/lib.go": LIB}


def first(one):
    answer = one.builder.build()
    assert answer["outcome"] == "done" and not answer["fell_back"], answer
    one.same()


def edit_lib(one, name="lib/lib.go", old="x += 2", new="x += 3"):
    answer = one.builder.build([one.change(name, old, new)])
    assert answer["outcome"] == "done" and not answer["fell_back"], answer
    assert answer["packages"] >= 1
    one.same()
    return answer


@pytest.mark.parametrize(
    "flags, env",
    [
        ([], {}),
        (["-tags=one,two"], {}),
        (["-ldflags=-X main.version=v1.2.3"], {}),
        (["-gcflags=-N -l"], {}),
        (["-gcflags=all=-N"], {}),
        (["-trimpath"], {}),
        ([], {"CGO_ENABLED": "0"}),
        ([], {"GOFLAGS": "-tags=one -trimpath"}),
        ([], {"GOFLAGS": "'-ldflags=-X=main.version=v9'"}),
        ([], {"GOAMD64": "v2"}),
    ],
)
def test_flags(project, flags, env):
    one = project(PLAIN, flags=flags, env=env)
    first(one)
    edit_lib(one)
    edit_lib(one, old="\tx := 0\n", new="\tx := 0\n\n\tx++\n")
    assert one.builder.ask("exact")["outcome"] == "done"
    one.same()


def test_debug_info(project):
    one = project(PLAIN, flags=["-ldflags="], options=["--debug-info"])
    first(one)
    edit_lib(one)
    assert ".debug_info" in binaries.sections(one.artifact.read_bytes()) or (
        ".zdebug_info" in binaries.sections(one.artifact.read_bytes())
    )


@pytest.mark.parametrize("flag", ["-race", "-cover", "-buildmode=pie", "-a", "-overlay=x.json", "-toolexec=time"])
def test_needs_the_go_command(project, flag):
    one = project({"go.mod": GO_MOD, "main.go": "package main\n\nfunc main() { println(1) }\n"}, flags=[flag])
    said = one.builder.ask("explain")
    assert not said["direct"]
    assert flag.split("=")[0] in said["text"]


def test_race_is_built_by_go_build(project):
    one = project(PLAIN, flags=["-race"])
    answer = one.builder.build()
    assert answer["by_go_build"] and answer["fell_back"] and "-race" in answer["reason"]
    assert answer["outcome"] == "done", answer


def test_goflags_not_understood(project):
    one = project(PLAIN, env={"GOFLAGS": "-race"})
    assert "-race" in one.builder.build()["reason"]


@few
def test_a_body_compiles_one_package(project):
    one = project(PLAIN)
    first(one)
    assert edit_lib(one)["packages"] == 1
    assert "lib 12 4 none" in one.output()


@few
def test_lines_inserted_are_quick(project):
    one = project(PLAIN)
    first(one)
    answer = one.builder.build([one.change("lib/lib.go", "\tx := 0\n", "\tx := 0\n\tx++\n\n\t// more\n")])
    assert (answer["quick"], answer["packages"]) == (True, 1), answer
    assert one.go_build().returncode == 0
    assert binaries.quick_difference(one.artifact, one.reference) is None
    one.builder.ask("settle")
    assert one.builder.build()["unchanged"]
    assert one.builder.ask("exact")["outcome"] == "done"
    one.same()


def test_precision_exact(project):
    one = project(PLAIN, options=["--exact"])
    first(one)
    answer = one.builder.build([one.change("lib/lib.go", "\tx := 0\n", "\tx := 0\n\tx++\n")])
    assert (answer["quick"], answer["packages"]) == (False, 2), answer
    one.same()


@pytest.mark.parametrize(
    "old, new",
    [("x += 2", "x += 2 // two"), ("n / 2", "n  /  2"), ("\tx := 0\n", "\tx  :=  0\t\n"), ("var Name", "var  Name")],
)
def test_nothing_to_do(project, old, new):
    one = project(PLAIN)
    first(one)
    before = one.artifact.stat().st_ino
    answer = one.builder.build([one.change("lib/lib.go", old, new)])
    assert answer["unchanged"] and answer["packages"] == 0, answer
    assert one.artifact.stat().st_ino == before
    one.same()


@few
def test_tokens_that_only_look_alike(project):
    one = project({**PLAIN, "lib/lib.go": LIB + "\nfunc Minus(a, b int) int { return a - -b }\n"})
    first(one)
    answer = one.builder.build([one.change("lib/lib.go", "a - -b", "a - b - b")])
    assert answer["packages"] >= 1 and not answer["unchanged"]
    one.same()


FALLS_BACK = {
    "new file": lambda one: one.write("lib/more.go", "package lib\n\nfunc init() { Name = \"more\" }\n"),
    "gone": lambda one: (one.work / "src/lib/gone.go").unlink(),
    "import": lambda one: one.change("lib/lib.go", "package lib\n", 'package lib\n\nimport _ "strings"\n'),
    "constraint": lambda one: one.change("lib/gone.go", "package lib", "//go:build never\n\npackage lib"),
    "excluded file comes in": lambda one: one.change("lib/never.go", "//go:build never\n\n", ""),
    "go.mod": lambda one: one.change("go.mod", "go 1.24\n", "go 1.23\n"),
    "go.work": lambda one: one.write("go.work", "go 1.24\n\nuse .\n"),
    "noinline": lambda one: one.change("lib/lib.go", "func Half", "//go:noinline\nfunc Half"),
}


@few
@pytest.mark.parametrize("what", list(FALLS_BACK))
def test_falls_back_in_the_open(project, what):
    files = {**PLAIN, "lib/gone.go": "package lib\n\nfunc init() { Name += \"!\" }\n"}
    files["lib/never.go"] = "//go:build never\n\npackage lib\n\nfunc init() { Name += \"?\" }\n"
    one = project(files)
    first(one)
    FALLS_BACK[what](one)
    answer = one.builder.build()
    assert answer["outcome"] == "done" and answer["fell_back"] and answer["reason"], answer
    one.same()
    edit_lib(one)


def test_tests_and_other_files_do_nothing(project):
    one = project(PLAIN)
    first(one)
    one.write("lib/lib_test.go", "package lib\n")
    one.write("lib/notes.txt", "text\n")
    one.write("other/other.go", "package other\n")
    assert one.builder.build()["unchanged"]


@few
@pytest.mark.parametrize("edited", ["main.go", "lib/lib.go"])
def test_a_cleaned_cache(project, edited):
    lib = LIB.replace("package lib\n", 'package lib\n\nimport "example.com/app/base"\n') + "\nfunc B() int { return base.B }\n"
    one = project({**PLAIN, "lib/lib.go": lib, "base/base.go": "package base\n\nvar B = 1\n"})
    first(one)
    archive = subprocess.run(
        ["go", "list", "-export", "-f", "{{.Export}}", "-buildvcs=false", "./base"], cwd=one.root, capture_output=True, text=True
    ).stdout.strip()
    pathlib.Path(archive).unlink()
    old, new = ("version)", "version, 1)") if edited == "main.go" else ("x += 2", "x += 9")
    answer = one.builder.build([one.change(edited, old, new)])
    assert answer["outcome"] == "done" and answer["fell_back"], answer
    one.same()


@few
@pytest.mark.skipif(not shutil.which("gcc"), reason="no C compiler")
def test_cgo_in_the_graph(project):
    c = 'package c\n\n// static int three(void) { return 3; }\nimport "C"\n\nfunc Three() int { return int(C.three()) }\n'
    main = MAIN.replace("example.com/app/lib\"\n", "example.com/app/lib\"\n\t\"example.com/app/c\"\n").replace("version)", "version, c.Three())")
    one = project({**PLAIN, "c/c.go": c, "main.go": main}, env={"CGO_ENABLED": "1"})
    first(one)
    edit_lib(one)
    answer = one.builder.build([one.change("c/c.go", "return 3", "return 4")])
    assert answer["fell_back"] and "cgo" in answer["reason"] or "//go:" in answer["reason"], answer
    assert one.output().split()[-1] == "4"
    one.same()


def test_assembly_in_the_graph(project):
    files = {
        **PLAIN,
        "asm/asm.go": "package asm\n\nfunc Five() int\n",
        "asm/asm_amd64.s": '#include "textflag.h"\n\nTEXT ·Five(SB), NOSPLIT, $0-8\n\tMOVQ $5, ret+0(FP)\n\tRET\n',
        "main.go": MAIN.replace("example.com/app/lib\"\n", "example.com/app/lib\"\n\t\"example.com/app/asm\"\n").replace("version)", "version, asm.Five())"),
    }
    one = project(files)
    first(one)
    edit_lib(one)
    answer = one.builder.build([one.change("asm/asm_amd64.s", "$5", "$6")])
    assert answer["fell_back"] and "assembly" in answer["reason"], answer
    assert one.output().split()[-1] == "6"


@few
def test_replaced_by_a_sibling(project):
    files = {
        "app/go.mod": GO_MOD + "\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ../lib\n",
        "app/main.go": MAIN.replace("example.com/app/lib", "example.com/lib"),
        "lib/go.mod": "module example.com/lib\n\ngo 1.24\n",
        "lib/lib.go": LIB,
    }
    one = project(files, root="app")
    first(one)
    edit_lib(one)


@few
def test_workspace_of_two_modules(project):
    files = {
        "go.work": "go 1.24\n\nuse (\n\t./app\n\t./lib\n)\n",
        "app/go.mod": GO_MOD,
        "app/main.go": MAIN.replace("example.com/app/lib", "example.com/lib"),
        "lib/go.mod": "module example.com/lib\n\ngo 1.24\n",
        "lib/lib.go": LIB,
    }
    one = project(files, root="app")
    first(one)
    edit_lib(one)
    watched = one.builder.ask("explain")
    assert str(one.work / "src/lib") in watched["dirs"]
    assert str(one.work / "src/go.work") in watched["files"]


@pytest.mark.parametrize("toolchain", ["local", "go1.25.1"])
def test_other_versions_of_go(project, toolchain):
    """GOTOOLCHAIN chooses the go command's version: plan, compiler and linker are that version's."""
    env = {"GOTOOLCHAIN": toolchain}
    asked = subprocess.run(["go", "env", "GOVERSION"], cwd="/", env={**os.environ, **env}, capture_output=True, text=True)
    if asked.returncode != 0:
        pytest.skip(f"the toolchain {toolchain} cannot be had here")
    version = asked.stdout.strip()
    assert toolchain in ("local", version)
    one = project(PLAIN, env=env)
    first(one)
    edit_lib(one)
    edit_lib(one, old="func Half(n int) int { return n / 2 }", new="func Half(n int) int { return n / 3 }")
    assert one.output() == "lib 12 3 none\n"
    said = subprocess.run(["go", "version", str(one.artifact)], env=one.env, capture_output=True, text=True).stdout
    assert said.strip().endswith(version), said


@few
def test_vendor_directory(project):
    files = {
        "go.mod": GO_MOD + "\nrequire example.com/lib v1.0.0\n",
        "main.go": MAIN.replace("example.com/app/lib", "example.com/lib"),
        "vendor/modules.txt": "# example.com/lib v1.0.0\n## explicit; go 1.24\nexample.com/lib\n",
        "vendor/example.com/lib/lib.go": LIB,
    }
    one = project(files)
    first(one)
    edit_lib(one, "vendor/example.com/lib/lib.go")


@few
def test_embedded_files(project):
    files = {
        **PLAIN,
        "lib/text/a.txt": "a",
        "lib/lib.go": LIB.replace("package lib\n", 'package lib\n\nimport "embed"\n\n//go:embed text\nvar Files embed.FS\n'),
    }
    one = project(files)
    first(one)
    edit_lib(one, "lib/text/a.txt", "a", "b")
    one.write("lib/text/sub/c.txt", "c")
    assert one.builder.build()["fell_back"]
    one.same()


def test_generic_and_local_types(project):
    lib = LIB + "\nfunc Local() any {\n\ttype t struct{ A int }\n\treturn t{1}\n}\n\nfunc Of[T any](v T) any {\n\ttype box struct{ V T }\n\treturn box{v}\n}\n"
    main = MAIN.replace("version)", "version, lib.Local(), lib.Of(3))")
    one = project({**PLAIN, "lib/lib.go": lib, "main.go": main})
    first(one)
    one.builder.build([one.change("lib/lib.go", "func Local", "func early() any {\n\ttype e int\n\treturn e(1)\n}\n\nfunc Local")])
    assert one.builder.ask("exact")["outcome"] == "done"
    one.same()


ERRORS = {
    "a body": ("lib/lib.go", "x += 2", "x += y"),
    "two errors": ("lib/lib.go", "x += 2", "x += y + zz"),
    "main": ("main.go", "lib.Half(9)", "lib.Third(9)"),
    "an unused variable": ("main.go", "func main() {", "func main() {\n\tq := 1"),
    "a type": ("lib/lib.go", "return x\n", 'return "x"\n'),
    "syntax": ("lib/lib.go", "x := 0", "x := := 0"),
    "unfinished": ("lib/lib.go", '"lib"', '"lib'),
    "another package": ("lib/lib.go", "func Half(n int)", "func Half(n string)"),
    "a missing import": ("lib/lib.go", "package lib\n", 'package lib\n\nimport "example.com/none"\n'),
}


@few
@pytest.mark.parametrize("what", list(ERRORS))
def test_errors_read_as_those_of_go_build(project, what):
    one = project(PLAIN)
    first(one)
    name, old, new = ERRORS[what]
    one.change(name, old, new)
    answer = one.builder.build()
    built = one.go_build()
    assert built.returncode != 0
    assert (answer["outcome"], answer["status"]) == ("failed", 1), answer
    assert answer["lines"] == (built.stdout + built.stderr).splitlines()
    one.change(name, new, old)
    answer = one.builder.build()
    assert answer["outcome"] == "done"
    one.same()


def test_errors_of_a_sibling_module(project):
    files = {
        "app/go.mod": GO_MOD + "\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ../lib\n",
        "app/main.go": MAIN.replace("example.com/app/lib", "example.com/lib"),
        "lib/go.mod": "module example.com/lib\n\ngo 1.24\n",
        "lib/lib.go": LIB,
    }
    one = project(files, root="app")
    first(one)
    one.change("lib/lib.go", "x += 2", "x += y")
    answer = one.builder.build()
    assert answer["lines"] == one.go_build().stderr.splitlines()


def test_link_errors_read_as_those_of_go_build(project):
    one = project({**PLAIN, "lib/none.s": "", "lib/lib.go": LIB + "\nfunc Missing()\n"})
    one.change("main.go", "version)", "version); lib.Missing(")
    answer = one.builder.build()
    assert answer["outcome"] == "failed"
    assert answer["lines"] == one.go_build().stderr.splitlines()


def test_the_first_build_may_fail(project):
    one = project({**PLAIN, "lib/lib.go": LIB.replace("x += 2", "x += y")})
    answer = one.builder.build()
    assert answer["outcome"] == "failed"
    assert answer["lines"] == one.go_build().stderr.splitlines()
    one.change("lib/lib.go", "x += y", "x += 2")
    first(one)
    edit_lib(one)


def children_of(pid):
    """Those that run; what has ended may wait to be reaped."""
    path = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
    found = []
    for child in path.read_text().split():
        try:
            state = pathlib.Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if state not in "ZX":
            found.append(int(child))
    return found


@pytest.mark.parametrize("after_ms", [1, 20, 30, 45, 60, 80, 120, 200, 300])
def test_cancelled_at_any_time(project, after_ms):
    one = project(PLAIN)
    if after_ms % 40 == 0:
        first(one)
    one.change("lib/lib.go", "x += 2", "x += 5")
    one.builder.process.stdin.write(f"cancel-after {after_ms}\n")
    answer = one.builder.build()
    assert answer["outcome"] in ("cancelled", "done"), answer
    assert children_of(one.builder.process.pid) == []
    answer = one.builder.build()
    assert answer["outcome"] == "done", answer
    one.same()


def test_a_running_program_is_never_written_to(project):
    one = project({**PLAIN, "main.go": MAIN.replace("func main() {", "func main() {\n\tselect {}\n}\n\nfunc old() {")})
    first(one)
    running = subprocess.Popen([str(one.artifact)], stderr=subprocess.DEVNULL)
    try:
        edit_lib(one)
    finally:
        running.send_signal(signal.SIGKILL)
        running.wait()


@pytest.mark.parametrize("seed", [5, 6])
def test_saves_while_it_builds(tmp_path, seed):
    """Edits at any moment, builds cancelled at any moment: the last build is right all the same."""
    root = tmp_path / "module"
    root.mkdir()
    made = module.Module(root, seed=seed)
    builder = Builder(DRIVER, root, ".", tmp_path / "direct")
    edits = ["body", "line_inserted", "line_removed", "constant", "inlinable", "generic", "comment_line", "field", "signature"]
    assert builder.build()["outcome"] == "done"
    for number in range(25):
        getattr(made, "edit_" + made.rng.choice(edits))()
        made.write()
        cancel = f"cancel-after {made.rng.randint(1, 150)}\n" if number % 3 == 0 else ""
        builder.process.stdin.write(cancel + "build\n")
        builder.process.stdin.flush()
        for _ in range(made.rng.randint(0, 3)):  # while it runs
            getattr(made, "edit_" + made.rng.choice(edits))()
            made.write()
        json.loads(builder.process.stdout.readline())
        if number % 5 != 4:
            continue
        answer = builder.ask("build")
        assert answer["outcome"] == "done", json.dumps(answer)
        exact = builder.ask("exact")
        assert exact["outcome"] == "done", json.dumps(exact)
        subprocess.run(
            ["go", "build", "-buildvcs=false", "-ldflags=-w", "-o", str(tmp_path / "reference"), "."], cwd=root, check=True
        )
        assert binaries.difference(tmp_path / "direct", tmp_path / "reference") is None
    assert builder.close() == 0
