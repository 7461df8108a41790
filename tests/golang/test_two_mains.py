"""Two main packages of one module: their builders share what they compile, and each makes what `go build` makes."""

import json
import os
import pathlib
import random
import subprocess

import binaries
import module
import pytest
from equality import Builder, order_of

DRIVER = os.environ.get("GOBUILD_DRIVER")
EDITS = int(os.environ.get("TWO_MAINS_EDITS", "12"))
SEED = int(os.environ.get("TWO_MAINS_SEED", "20261125"))
pytestmark = pytest.mark.skipif(not DRIVER, reason="GOBUILD_DRIVER is not set")
few = pytest.mark.few


class Twins:
    """Two builders in one driver; an answer is one line of each, by package."""

    def __init__(self, work, root, packages=("./first", "./second"), options=()):
        self.root, self.packages = root, packages
        self.artifacts = {package: work / f"direct{package.replace('./', '-')}" for package in packages}
        self.reference = work / "reference"
        first, second = packages
        self.builder = Builder(
            DRIVER, root, first, self.artifacts[first], ["--second", second, str(self.artifacts[second]), *options]
        )

    def build(self, changed=(), command="build"):
        lines = [self.builder.ask(" ".join([command, *map(str, changed)])), json.loads(self.builder.process.stdout.readline())]
        answers = {line["package"]: line for line in lines}
        assert sorted(answers) == sorted(self.packages), lines
        return answers

    def go_build(self, package):
        return subprocess.run(
            ["go", "build", "-buildvcs=false", "-ldflags=-w", "-o", str(self.reference), package],
            cwd=self.root, capture_output=True, text=True,
        )  # fmt: skip

    def same(self, answers):
        """Both are what go build makes; how each was built."""
        exact = self.build(command="exact") if any(answer["quick"] for answer in answers.values()) else answers
        for package in self.packages:
            built = self.go_build(package)
            assert built.returncode == 0, built.stderr
            assert exact[package]["outcome"] == "done" and not exact[package]["quick"], exact[package]
            assert binaries.difference(self.artifacts[package], self.reference) is None, package
            said = [subprocess.run([str(path)], capture_output=True, text=True, timeout=20).stdout
                    for path in (self.artifacts[package], self.reference)]  # fmt: skip
            assert said[0] == said[1]

    def close(self):
        assert self.builder.close() == 0
        cache = pathlib.Path(str(self.artifacts[self.packages[0]]) + ".cache")
        assert list(cache.iterdir()) == [], "what was shared is still there"


FILES = {
    "go.mod": "module example.com/twins\n\ngo 1.24\n",
    "both/both.go": "package both\n\n//go:noinline\nfunc Both() int {\n\tx := 1\n\treturn x\n}\n\nfunc After() int { return 3 }\n",
    "only/only.go": "package only\n\n//go:noinline\nfunc Only() int { return 2 }\n",
    "first/main.go": 'package main\n\nimport "example.com/twins/both"\n\nfunc main() { println(both.Both()) }\n',
    "second/main.go": 'package main\n\nimport (\n\t"example.com/twins/both"\n\t"example.com/twins/only"\n)\n\n'
    "func main() { println(both.Both(), only.Only()) }\n",
}


@pytest.fixture
def twins(tmp_path):
    root = tmp_path / "src"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    one = Twins(tmp_path, root)
    one.same(one.build())
    yield one
    one.close()


def change(twins, name, old, new):
    path = twins.root / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    return twins.build([path])


def compiled(answers):
    return sum(answer["packages"] for answer in answers.values())


@few
def test_a_shared_package_is_compiled_once(twins):
    answers = change(twins, "both/both.go", "x := 1", "x := 11")
    assert compiled(answers) == 1, answers
    assert all(answer["outcome"] == "done" and not answer["unchanged"] for answer in answers.values()), answers
    twins.same(answers)


@few
def test_what_only_one_imports(twins):
    answers = change(twins, "only/only.go", "return 2", "return 22")
    assert answers["./first"]["unchanged"] and not answers["./second"]["unchanged"], answers
    assert compiled(answers) == 1
    twins.same(answers)


def test_export_data_changes(twins):
    """The shared package once, and each main for itself."""
    answers = change(twins, "both/both.go", "func Both() int {\n\tx := 1", "func Both() int64 {\n\tx := int64(1)")
    assert compiled(answers) == 3, answers
    twins.same(answers)


def test_lines_inserted_are_quick_for_both(twins):
    answers = change(twins, "both/both.go", "\tx := 1\n", "\tx := 1\n\tx++\n")
    assert all(answer["quick"] for answer in answers.values()) and compiled(answers) == 1, answers
    for answer in answers.values():
        assert answer["outcome"] == "done"
    twins.builder.ask("settle")
    answers = twins.build()
    assert all(answer["unchanged"] for answer in answers.values()), answers
    twins.same(twins.build(command="exact"))


def test_an_error_is_told_to_both(twins):
    answers = change(twins, "both/both.go", "x := 1", 'x := "a"')
    for package, answer in answers.items():
        assert answer["outcome"] == "failed" and answer["status"] == 1, answer
        said = twins.go_build(package)
        assert sorted(answer["lines"]) == sorted((said.stdout + said.stderr).splitlines())
    answers = change(twins, "both/both.go", 'x := "a"', "x := 5")
    assert compiled(answers) == 1, answers
    twins.same(answers)


def test_an_error_of_one_leaves_the_other(twins):
    answers = change(twins, "only/only.go", "return 2", "return nothing")
    assert answers["./first"]["outcome"] == "done" and answers["./second"]["outcome"] == "failed", answers


def test_cancelled_and_built(twins):
    """Whoever compiled for both is given up: the next build finds nothing half done."""
    (twins.root / "both/both.go").write_text(FILES["both/both.go"].replace("x := 1", "x := 77"))
    twins.builder.process.stdin.write("cancel-after 1\n")
    twins.build([twins.root / "both/both.go"])
    twins.same(twins.build())


def test_the_directory_is_removed(twins):
    cache = pathlib.Path(str(twins.artifacts["./first"]) + ".cache")
    change(twins, "both/both.go", "x := 1", "x := 6")
    for path in cache.iterdir():
        subprocess.run(["rm", "-r", str(path)], check=True)
    answers = change(twins, "both/both.go", "x := 6", "x := 7")
    twins.same(answers)


class TwoMains(module.Module):
    """The generated module, whose second main package imports some of its packages."""

    def files(self):
        some, all_of_them = self.packages[-5:], self.packages
        out = super().files()
        out["first/main.go"] = out.pop("main.go")
        self.packages = some
        out["second/main.go"] = self.main()
        self.packages = all_of_them
        return out


@pytest.mark.timeout(900)
def test_equality(tmp_path):
    """Random edits; both binaries are those of go build after each."""
    root = tmp_path / "src"
    root.mkdir()
    rng, made = random.Random(SEED), TwoMains(root, SEED)
    twins = Twins(tmp_path, root)
    twins.same(twins.build())
    fell_back = 0
    for name in order_of(module.WEIGHTS, EDITS, SEED):
        getattr(made, "edit_" + name)()
        changed = made.write()
        answers = twins.build(changed if rng.random() < 0.5 else ())
        fell_back += sum(answer["fell_back"] for answer in answers.values())
        twins.same(answers)
    assert fell_back < EDITS, "most of it was left to the go command"
    twins.close()
