#!/usr/bin/env python3
"""The direct Go builder and `go build -ldflags=-w` side by side, after the same edits.

usage: gobuild_bench.py --driver PATH [--rounds N] [--shop DIR] [--large] [--requires]

Medians of wall-clock time from the request to the binary in place. Reported, never judged: the machine is not ours
alone.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "golang"))
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import bench  # noqa: E402
import gobuild_peers  # noqa: E402
from equality import Builder  # noqa: E402

PACKAGES, FILES, FUNCTIONS = 40, 10, 13
REQUIRES = ["gorm.io/gorm", "go.uber.org/zap", "github.com/spf13/viper"]


# What the app serves at /text.
TEXT = '''
func Text() string {
	defer func() {}()
	return "one"
}
'''


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
    out[f"p{index:02}/f0.go"] += TEXT
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
    # Never called, but the linker cannot know: all of it is in the binary.
    imports = [f'\t"{path}/p{i:02}"' for i in range(PACKAGES)]
    calls = [f"\tprintln(p{i:02}.F0x0({i}))" for i in range(PACKAGES)]
    others = [f'\t_ "{name}"' for name in (REQUIRES if requires else [])]
    files["main.go"] = "\n".join(["package main", "", "import (", '\t"os"\n', *imports, '\t"github.com/gin-gonic/gin"', *others, ")", "", "func main() {", "\tif len(os.Args) > 9 {", *calls, "\t}", '\trouter := gin.New()', '\trouter.GET("/text", func(c *gin.Context) { c.String(200, p00.Text()) })', '\t_ = router.Run("127.0.0.1:" + os.Getenv("PORT"))', "}", ""])
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    if requires:
        subprocess.run(["go", "get", *REQUIRES], cwd=root, check=True, capture_output=True)
    subprocess.run(["go", "mod", "tidy"], cwd=root, check=True, capture_output=True)
    return sum(text.count("\n") for text in files.values())


def add_text(shop):
    """/text of the shop serves what a function of its store returns."""
    (shop / "internal/store/text.go").write_text("package store\n" + TEXT)
    server = shop / "internal/web/server.go"
    text = server.read_text()
    server.write_text(text.replace('\trouter.GET("/", s.home)', '\trouter.GET("/text", func(c *gin.Context) { c.String(200, store.Text()) })\n\trouter.GET("/", s.home)'))


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
    answer = sides.builder.build()
    assert answer["outcome"] == "done", json.dumps(answer)
    sides.reference.unlink(missing_ok=True)
    print(f"{name:38} zonda  {answer['total_ms']:7.1f} ms   go build {sides.go_build():7.1f} ms", flush=True)


def ms_of(command, cwd, env=None):
    begin = time.monotonic()
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, env=env)
    return (time.monotonic() - begin) * 1000


def start_ms(binary, cwd):
    """From the start of the app to its first answer."""
    port = bench.free_port()
    env = {**os.environ, "PORT": str(port), "DB": ":memory:", "SESSION_SECRET": "0123456789abcdef0123456789abcdef"}
    begin = time.monotonic()
    app = subprocess.Popen([str(binary)], cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    bench.until(lambda: bench.ask(port) is not None, pause=0.001)
    took = (time.monotonic() - begin) * 1000
    app.kill()
    app.wait()
    return took


def floor(root, target, edited, work, rounds):
    """Bare compile of one package, bare link -w, and the start of the app: what nobody with these tools goes below."""
    flags = ["-buildvcs=false", "-ldflags=-w"]
    listed = subprocess.run(
        ["go", "list", "-deps", "-export", *flags, "-f", "{{.ImportPath}}={{.Export}}", target],
        cwd=root, check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    config = work / "importcfg"
    config.write_text("".join(f"packagefile {line}\n" for line in listed if not line.endswith("=")))
    tools = {n: subprocess.run(["go", "tool", "-n", n], capture_output=True, text=True).stdout.strip() for n in ("compile", "link")}
    facts = json.loads(subprocess.run(["go", "list", "-json", edited], cwd=root, capture_output=True, text=True).stdout)
    name, embeds = facts["ImportPath"], facts.get("EmbedFiles", [])
    embedcfg = work / "embedcfg"
    embedcfg.write_text(json.dumps({"Patterns": {e: [e] for e in embeds}, "Files": {e: f"{facts['Dir']}/{e}" for e in embeds}}))
    files = sorted(str(f) for f in (root / edited).glob("*.go") if not f.name.endswith("_test.go"))
    main = listed[-1].split("=", 1)[1]
    compile_line = [tools["compile"], "-o", str(work / "x.a"), "-p", name, "-complete", "-c=2", "-pack", "-importcfg", str(config), "-embedcfg", str(embedcfg), *files]
    link_line = [tools["link"], "-o", str(work / "bare"), "-importcfg", str(config), "-w", "-buildmode=exe", main]
    link_env = {**os.environ, "GOROOT": subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True).stdout.strip()}
    times = [(ms_of(compile_line, root), ms_of(link_line, root, link_env), start_ms(work / "bare", root)) for _ in range(rounds)]
    parts = [statistics.median(column) for column in zip(*times)]
    print(f"floor: bare compile {parts[0]:.0f} + bare link -w {parts[1]:.0f} + start {parts[2]:.0f} = {sum(parts):.0f} ms", flush=True)
    return sum(parts)


def serve(root, target, edited, source, work, rounds):
    bare = floor(root, target, edited, work, rounds)
    scratch = work / "peers"
    scratch.mkdir()
    ours = gobuild_peers.compare(scratch, root, target, source, rounds)
    print(f"zonda, save to served, of the floor: {ours / bare:.2f}", flush=True)


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
            serve(root, ".", "./p00", "p00/f0.go", work, arguments.rounds)
        else:
            shutil.copytree(arguments.shop, root)
            sides = Sides(arguments.driver, root, "./cmd/shop", work)
            measure(sides, arguments.rounds, root / "internal/store/products.go", "\tproducts := []Product{}\n", lambda n: f"\tproducts := make([]Product, 0, {n + 2})\n", lambda n: f"\tlimit += {n}")
            add_text(root)
            serve(root, "./cmd/shop", "./internal/store", "internal/store/text.go", work, arguments.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
