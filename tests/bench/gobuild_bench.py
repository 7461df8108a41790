#!/usr/bin/env python3
"""The direct Go builder and `go build -ldflags=-w` side by side, after the same edits.

usage: gobuild_bench.py --driver PATH [--rounds N] [--shop DIR] [--large] [--requires]

Medians of wall-clock time from the request to the binary in place. Reported, never judged: the machine is not ours
alone.
"""

import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "golang"))
from equality import Builder  # noqa: E402

PACKAGES, FILES, FUNCTIONS = 40, 10, 10
REQUIRES = ["gorm.io/gorm", "go.uber.org/zap", "github.com/spf13/viper"]


def function(name, calls):
    lines = [f"func {name}(n int) int {{", "\tdefer func() {}()", "\tx := n"]
    lines += [f"\tif x%{i + 2} == 0 {{\n\t\tx += {i}\n\t}}" for i in range(2)]
    lines += [f"\tx += {call}(n % 7)" for call in calls]
    return [*lines, "\treturn x", "}", ""]


def package(index, path, below):
    """Files of one package; its base is imported by all."""
    out = {}
    for at in range(FILES):
        names = [f"p{b:02}" for b in (below if at == 0 else [])]
        lines = [f"package p{index:02}", "", *([f'import "{path}/{n}"' for n in names]), "", f"type T{at} struct{{ A, B, C int }}", ""]
        for f in range(FUNCTIONS):
            calls = [f"{n}.F0x{f}" for n in names] if f == 0 else []
            lines += function(f"F{at}x{f}", calls)
        out[f"p{index:02}/f{at}.go"] = "\n".join(lines)
    return out


def large(root, shop, requires):
    """40 packages, 400 files, about 60,000 lines, and a web framework."""
    path = "example.com/shop"
    for name in ("go.mod", "go.sum"):
        shutil.copy(shop / name, root / name)
    files = {}
    for index in range(PACKAGES):
        below = sorted({0, *range(max(0, index - 2), index)}) if index else []
        files.update(package(index, path, below))
    imports = [f'\t"{path}/p{i:02}"' for i in range(PACKAGES)]
    calls = [f"\tprintln(p{i:02}.F0x0({i}))" for i in range(PACKAGES)]
    others = [f'\t_ "{name}"' for name in (REQUIRES if requires else [])]
    files["main.go"] = "\n".join(["package main", "", "import (", *imports, '\t"github.com/gin-gonic/gin"', *others, ")", "", "func main() {", *calls, '\t_ = gin.New().Run(":0")', "}", ""])
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    if requires:
        subprocess.run(["go", "get", *REQUIRES], cwd=root, check=True, capture_output=True)
    subprocess.run(["go", "mod", "tidy"], cwd=root, check=True, capture_output=True)
    return sum(text.count("\n") for text in files.values())


class Sides:
    def __init__(self, driver, root, target, work):
        self.root, self.target, self.reference = root, target, work / "reference"
        self.builder = Builder(driver, root, target, work / "direct")

    def go_build(self):
        begin = time.monotonic()
        command = ["go", "build", "-buildvcs=false", "-ldflags=-w", "-o", str(self.reference), self.target]
        subprocess.run(command, cwd=self.root, check=True, capture_output=True)
        return (time.monotonic() - begin) * 1000

    def compare(self, name, edit, rounds):
        direct, command, facts, parts = [], [], {}, []
        for number in range(rounds):
            path = edit(number)
            begin = time.monotonic()
            facts = self.builder.build([str(path)])
            direct.append((time.monotonic() - begin) * 1000)
            assert facts["outcome"] == "done" and not facts["fell_back"], facts
            parts.append([facts[k] for k in ("look_ms", "compile_ms", "link_ms")])
            self.builder.ask("settle")
            command.append(self.go_build())
        ours, theirs = statistics.median(direct), statistics.median(command)
        look, compiled, link = (statistics.median(part[i] for part in parts) for i in range(3))
        print(
            f"{name:38} direct {ours:7.1f} ms (look {look:.1f}, compile {compiled:.0f}, link {link:.0f}; {facts['packages']} packages"
            f"{', quick' if facts['quick'] else ''}{', unchanged' if facts['unchanged'] else ''})   go build {theirs:7.1f} ms   {ours / theirs:.2f}",
            flush=True,
        )


def changer(path, old, new):
    """Puts new(number) in old's place, again for each round."""
    text = path.read_text()
    assert old in text, (path, old)

    def change(number):
        path.write_text(text.replace(old, new(number), 1))
        return path

    return change


def first_build(sides, name):
    begin = time.monotonic()
    answer = sides.builder.build()
    ours = (time.monotonic() - begin) * 1000
    assert answer["outcome"] == "done", json.dumps(answer)
    sides.reference.unlink(missing_ok=True)
    print(f"{name:38} direct {ours:7.1f} ms (plan {answer['plan_ms']:.0f}, link {answer['link_ms']:.0f})   go build {sides.go_build():7.1f} ms", flush=True)


def measure(sides, rounds, path, anchor, other, more):
    """anchor: a line of a body; other(n) takes its place, more(n) comes after it."""
    sides.go_build()
    first_build(sides, "first build, warm cache")
    sides.compare("body, same lines", changer(path, anchor, other), rounds)
    sides.compare("body, lines inserted", changer(path, other(rounds - 1), lambda n: anchor + "\n" * (n + 1) + more(n) + "\n"), rounds)
    sides.compare("comment at a line's end", changer(path, more(rounds - 1), lambda n: more(rounds - 1) + f" // {n}"), rounds)
    sides.builder.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--driver", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--shop", type=pathlib.Path, default=pathlib.Path(__file__).parents[2] / "examples/shop")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--requires", action="store_true", help="the large one with gorm, zap and viper")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zonda-gobuild-") as work:
        work = pathlib.Path(work)
        root = work / "project"
        if arguments.large:
            root.mkdir()
            print(large(root, arguments.shop, arguments.requires), "lines")
            measure(Sides(arguments.driver, root, ".", work), arguments.rounds, root / "p00/f0.go", "\tx := n\n", lambda n: f"\tx := n + {n + 1}\n", lambda n: f"\tx += {n + 3}")
        else:
            shutil.copytree(arguments.shop, root)
            sides = Sides(arguments.driver, root, "./cmd/shop", work)
            measure(sides, arguments.rounds, root / "internal/store/products.go", "\tproducts := []Product{}\n", lambda n: f"\tproducts := make([]Product, 0, {n + 2})\n", lambda n: f"\tlimit += {n}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
