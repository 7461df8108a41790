#!/usr/bin/env python3
"""The direct Go builder against `go build`: random edits, and after each of them the same binary.

usage: equality.py --driver PATH [--edits N] [--seed N] [--flags='…'] [--project DIR --package PKG] [--keep]

Each edit is built directly and by `go build` with the same flags. The binaries are equal byte for byte apart from
the build ids, or the step was quick: then the program prints the same, nothing but line tables differs, and
the exact build that follows is equal. Prints how each class of edits was built. Falling back is no way to pass: of
body and signature edits at least 70 % are direct or quick. At the end the test is tested: an edit that
the builder is not told of must be found.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import shlex
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import binaries  # noqa: E402
import module  # noqa: E402
import tree  # noqa: E402

BODIES = ("body", "line_inserted", "line_removed", "signature")
SHARE = 0.7


class Builder:
    """The direct builder, by its driver."""

    def __init__(self, driver, root, package, artifact, flags=(), env=None, go="go"):
        cache = pathlib.Path(str(artifact) + ".cache")
        cache.mkdir(exist_ok=True)
        command = [str(driver), go, str(root), package, str(cache), str(artifact), *flags]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the driver ended at {command!r}")
        return json.loads(line)

    def build(self, changed=()):
        return self.ask(" ".join(["build", *[shlex.quote(path) for path in changed]]))

    def close(self):
        self.process.stdin.close()
        return self.process.wait()


class Test:
    def __init__(self, arguments, work):
        self.root, self.out = work / "module", work / "out"
        self.root.mkdir()
        self.out.mkdir()
        self.flags, self.package = shlex.split(arguments.flags), arguments.package
        self.weights, self.runs = module.WEIGHTS, True
        if arguments.project:
            self.module = tree.Tree(arguments.project, self.root, self.package, arguments.seed)
            self.weights, self.runs = tree.WEIGHTS, False  # it may be a server
        else:
            self.module = module.Module(self.root, arguments.seed)
        self.artifact, self.reference = self.out / "direct", self.out / "reference"
        self.builder = Builder(arguments.driver, self.root, self.package, self.artifact, self.flags)
        self.times = collections.defaultdict(list)

    def go_build(self):
        flags = self.flags if any("-ldflags" in flag for flag in self.flags) else [*self.flags, "-ldflags=-w"]
        if flags is self.flags:
            flags = [flag + " -w" if flag.startswith("-ldflags=") else flag for flag in flags]
        command = ["go", "build", "-buildvcs=false", *flags, "-o", str(self.reference), self.package]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True)

    def run(self, path):
        return subprocess.run([str(path)], capture_output=True, text=True, timeout=30).stdout

    def compare(self, answer):
        """How it was built; an AssertionError where it is not what go build makes."""
        built = self.go_build()
        if built.returncode and answer["outcome"] == "failed":
            said = sorted((built.stdout + built.stderr).splitlines())
            assert sorted(answer["lines"]) == said, "the errors read otherwise"
            self.builder.build(self.module.undo())
            return "error"
        assert built.returncode == 0, built.stderr
        assert answer["outcome"] == "done", answer
        if self.runs:
            assert self.run(self.artifact) == self.run(self.reference), "the program prints something else"
        if answer["quick"]:
            found = binaries.quick_difference(self.artifact, self.reference)
            assert found is None, f"quick: {found}"
            answer = self.builder.ask("exact")
            assert answer["outcome"] == "done", answer
            assert not answer["quick"], answer
            kind = "quick"
        else:
            kind = "fell back" if answer["fell_back"] else "unchanged" if answer["unchanged"] else "direct"
        found = binaries.difference(self.artifact, self.reference)
        assert found is None, found
        return kind

    def edit(self, name):
        getattr(self.module, "edit_" + name)()
        changed = self.module.write()
        # Half of the time the builder looks for itself.
        answer = self.builder.build(changed if self.module.rng.random() < 0.5 else ())
        return answer, self.compare(answer), changed

    def unseen(self):
        """The test of the test: True where an edit that was skipped is found."""
        self.module.edit_line_inserted()
        self.module.write()
        answer = self.builder.build([str(self.root / "elsewhere")])
        try:
            self.compare(answer)
        except AssertionError:
            return True
        return False


def order_of(weights, edits, seed):
    """Every class at least once where there is room, then by weight."""
    rng = random.Random(seed)
    names = list(weights)
    drawn = names[:edits] + rng.choices(names, list(weights.values()), k=max(0, edits - len(names)))
    rng.shuffle(drawn)
    return drawn


def table(counts):
    kinds = ("direct", "quick", "unchanged", "fell back", "error")
    print(f"{'class':16}" + "".join(f"{kind:>11}" for kind in kinds))
    for name in sorted(counts):
        print(f"{name:16}" + "".join(f"{counts[name][kind]:11}" for kind in kinds))
    total = sum(counts.values(), collections.Counter())
    print(f"{'all':16}" + "".join(f"{total[kind]:11}" for kind in kinds))


def share_of(counts, names):
    total = sum((counts[name] for name in names), collections.Counter())
    return (total["direct"] + total["quick"]) / max(1, sum(total.values()) - total["error"])


def test(arguments, work):
    run, faults = Test(arguments, work), 0
    counts = collections.defaultdict(collections.Counter)
    run.compare(run.builder.build())
    for number, name in enumerate(order_of(run.weights, arguments.edits, arguments.seed)):
        try:
            answer, kind, changed = run.edit(name)
        except AssertionError as fault:
            print(f"edit {number} ({name}): {fault}")
            faults += 1
            break
        counts[name][kind] += 1
        if arguments.verbose:
            print(number, name, kind, answer["packages"], answer["reason"], [os.path.relpath(c, run.root) for c in changed], flush=True)
    table(counts)
    share = share_of(counts, BODIES)
    print(f"body and signature edits direct or quick: {share:.0%}")
    if not faults and not run.unseen():
        print("the test of the test: a skipped edit was not found")
        faults += 1
    if run.builder.close() != 0:
        print("the driver did not end well")
        faults += 1
    return faults == 0 and share >= SHARE


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--driver", required=True)
    parser.add_argument("--edits", type=int, default=30)
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--flags", default="")
    parser.add_argument("--project", help="a module to edit a copy of, in place of a generated one")
    parser.add_argument("--package", default=".")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zonda-equality-") as work:
        good = test(arguments, pathlib.Path(work))
        if arguments.keep and not good:
            os.rename(work, work + ".kept")
            os.mkdir(work)
            print(f"kept in {work}.kept")
    print("equality:", "ok" if good else "FAILED")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
