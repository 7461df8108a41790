#!/usr/bin/env python3
"""An hour of a developer's day: saves of every sort at a changing rhythm, under the real zonda.

usage: soak.py [--minutes N] [--seed N] [--project mini|plain]

After each burst of saves `zonda wait` must say that the last one is being served, and the app must
really answer with it. Resident memory and open descriptors of zonda must not grow. Prints a line a
minute and a summary; exit status 1 where something was wrong. ZONDA names the binary.
"""
import argparse
import collections
import os
import pathlib
import random
import re
import shutil
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

import editors  # noqa: E402
import zonda as harness  # noqa: E402

RSS_GROWTH_KIB_MAX = 1024  # allocator noise; a leak of 100 bytes a save is far above it in an hour
FDS_GROWTH_MAX = 2

PROJECTS = {"mini": "handlers/handlers.go", "plain": "text.txt"}


def rss_kib(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+)", text, re.MULTILINE).group(1))


def fds(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


class Soak:
    def __init__(self, options, scratch):
        self.random = random.Random(options.seed)
        self.options = options
        source = harness.HERE / "projects" / options.project
        self.project = pathlib.Path(
            shutil.copytree(source, scratch / "project", ignore=shutil.ignore_patterns(".zonda", "tmp"))
        )
        self.path = self.project / PROJECTS[options.project]
        self.editors = [
            editor
            for editor in editors.ALL
            if not editors.missing(editor) and (options.project == "mini" or editor is not editors.gofmt)
        ]
        self.text = "one"
        self.saves = collections.Counter()
        self.count = self.checks = self.broken_builds = 0
        self.wrong, self.latencies, self.samples = [], [], []
        self.zonda = harness.Zonda(self.project, level="info")

    def save(self):
        editor = self.random.choice(self.editors)
        self.count += 1
        fresh = f"save-{self.count}."
        editor(self.path, self.text, fresh)
        self.text = fresh
        self.saves[editor.__name__] += 1

    def disturb(self):
        """Something that means nothing, or that fails, between the saves."""
        what = self.random.randrange(5)
        if what == 0:
            os.utime(self.path)
        elif what == 1:
            (self.project / "notes.md").write_text(f"{self.count}\n")
        elif what == 2:
            path = self.project / "scratch" / str(self.count)
            path.mkdir(parents=True)
            (path / "file.log").write_text("x")
            shutil.rmtree(self.project / "scratch")
        elif what == 3 and self.options.project == "mini":
            good = self.path.read_text()
            self.path.write_text(good + "\noops\n")
            if self.zonda.wait(120)["outcome"] != "build_failed":
                self.wrong.append(f"a broken file built, before save {self.count}")
            self.broken_builds += 1
            self.path.write_text(good)

    def burst(self):
        """One save mostly, sometimes a few, rarely many; pauses from none to longer than a build."""
        saves = self.random.choices([1, 2, 5, 30], [60, 25, 10, 5])[0]
        for _ in range(saves):
            self.save()
            time.sleep(self.random.choice([0, 0, 0.005, 0.03, 0.2, 1.0]) if saves > 1 else 0)

    def check(self):
        began = time.monotonic()
        reload = self.zonda.wait(120)
        self.latencies.append(time.monotonic() - began)
        self.checks += 1
        try:
            answer = self.zonda.text()
        except OSError as error:
            answer = repr(error)
        if answer != self.text:
            self.wrong.append(f"after save {self.count}: wanted {self.text!r}, got {answer!r}, {reload}")
        # Old events are not needed any more, and this process shall not grow either.
        with self.zonda.changed:
            del self.zonda.events[:-200]

    def sample(self):
        pid = self.zonda.process.pid
        self.samples.append((rss_kib(pid), fds(pid), self.count))

    def run(self):
        self.zonda.ready(300)
        end = time.monotonic() + self.options.minutes * 60
        next_line = 0
        while time.monotonic() < end:
            self.burst()
            if self.random.random() < 0.3:
                self.disturb()
            self.check()
            if time.monotonic() >= next_line:
                self.sample()
                rss, open_fds, count = self.samples[-1]
                print(f"{count:6} saves  {self.checks:5} checks  {len(self.wrong)} wrong  RSS {rss} KiB  {open_fds} fds", flush=True)
                next_line = time.monotonic() + 60
            time.sleep(self.random.choice([0, 0.1, 0.5, 2.0]))
            if self.zonda.process.poll() is not None:
                self.wrong.append("zonda ended" + self.zonda.story())
                return
        self.sample()

    def grown(self):
        """What grew: the last sample against the one after a tenth of the run, when all is warm."""
        if len(self.samples) < 2:
            return []
        warm, last = self.samples[min(len(self.samples) - 2, max(1, len(self.samples) // 10))], self.samples[-1]
        found = []
        if last[0] - warm[0] > RSS_GROWTH_KIB_MAX:
            found.append(f"resident memory grew from {warm[0]} to {last[0]} KiB in {last[2] - warm[2]} saves")
        if last[1] - warm[1] > FDS_GROWTH_MAX:
            found.append(f"descriptors grew from {warm[1]} to {last[1]}")
        return found


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--project", choices=sorted(PROJECTS), default="mini")
    options = parser.parse_args(arguments)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="zonda-soak-"))
    soak = Soak(options, scratch)
    ended = None
    try:
        soak.run()
        if soak.zonda.process.poll() is None:
            ended = soak.zonda.stop()
    except AssertionError as error:
        soak.wrong.append(str(error))
    finally:
        soak.zonda.cleanup()
        shutil.rmtree(scratch, ignore_errors=True)
    problems = soak.wrong + soak.grown() + ([] if ended == 0 else [f"zonda ended with {ended}"])
    latencies = sorted(soak.latencies) or [0]
    print(f"saves:     {soak.count}: " + ", ".join(f"{name} {count}" for name, count in soak.saves.most_common()))
    print(f"checks:    {soak.checks}, {len(soak.wrong)} wrong; {soak.broken_builds} broken builds between")
    print(f"wait:      median {latencies[len(latencies) // 2]:.2f} s, longest {latencies[-1]:.2f} s")
    print(f"RSS, KiB:  {[sample[0] for sample in soak.samples][:: max(1, len(soak.samples) // 12)]}")
    print(f"fds:       {[sample[1] for sample in soak.samples][:: max(1, len(soak.samples) // 12)]}")
    for problem in problems[:20]:
        print(f"WRONG: {problem}")
    print("soak: " + (f"{len(problems)} problems" if problems else "fine"))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
