"""From the save to the version that serves, of zonda and of whichever peers are on PATH, on one Go project."""
import re
import shutil
import statistics
import sys

import bench


def project_tools(project, package, source):
    """The tools of bench.py on another project: source's line `return "…"` is what they serve at /text."""
    cmd = f"go build -o ./tmp/main {package}"
    lean = f"go build -ldflags=-w -buildvcs=false -o ./tmp/main {package}"

    class Other(bench.Tool):
        def __init__(self, scratch):
            bench.PROJECT = project
            super().__init__(scratch)
            self.env.update({"DB": ":memory:", "SESSION_SECRET": "0123456789abcdef0123456789abcdef"})

        def save(self, text):
            path = self.project / source
            changed = re.sub(r'return "(one|round-\d+)"', f'return "{text}"', path.read_text())
            self.text = text
            began = bench.time.monotonic()
            path.write_text(changed)
            return began

    class Zonda(Other):
        name = "zonda"

        def command(self):
            return [bench.ZONDA, "--log.level=warn", f"--build.package={package}"]

    class Air(Other):
        name = "air"

        def command(self):
            (self.project / ".air.toml").write_text(f'[build]\n  cmd = "{cmd}"\n  bin = "./tmp/main"\n')
            return ["air"]

    class AirBest(Other):
        name = "air, best settings"

        def command(self):
            (self.project / ".air.toml").write_text(
                f'[build]\n  cmd = "{lean}"\n  bin = "./tmp/main"\n  delay = 1\n  kill_delay = "1ms"\n  send_interrupt = true\n'
            )
            return ["air"]

    class Entr(Other):
        name = "entr"

        def command(self):
            return ["sh", "-c", f"find . -name '*.go' | entr -nr sh -c '{lean} && exec ./tmp/main'"]

    class Reflex(Other):
        name = "reflex"

        def command(self):
            return ["reflex", "-s", "-r", r"\.go$", "--", "sh", "-c", f"{lean} && exec ./tmp/main"]

    class Watchexec(Other):
        name = "watchexec"

        def command(self):
            return ["watchexec", "-r", "-e", "go", "--", f"{lean} && exec ./tmp/main"]

    found = [Zonda]
    for tool, program in ((Air, "air"), (AirBest, "air"), (Entr, "entr"), (Reflex, "reflex"), (Watchexec, "watchexec")):
        if shutil.which(program):
            found.append(tool)
    return found


def compare(scratch, project, package, source, rounds):
    """Prints the median of each tool and zonda's share of it."""
    tools = [make(scratch) for make in project_tools(project, package, source)]
    served = {tool.name: [] for tool in tools}
    try:
        for tool in tools:
            print(f"starting {tool.name}", file=sys.stderr, flush=True)
            tool.start()
        for number in range(-1, rounds):
            for tool in tools[number % len(tools) :] + tools[: number % len(tools)]:
                took = tool.round(f"round-{number + 2}")
                tool.settle()
                if number >= 0:
                    served[tool.name].append(took * 1000)
    finally:
        for tool in tools:
            tool.stop()
    ours = statistics.median(served["zonda"])
    for name, times in served.items():
        theirs = statistics.median(times)
        print(f"save to served, {name:22} {theirs:7.0f} ms" + (f"   zonda is {ours / theirs:.2f} of it" if name != "zonda" else ""), flush=True)
    return ours
