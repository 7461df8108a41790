#!/usr/bin/env python3
"""zonda's proxy beside nginx, before the same Go app, with wrk as the client.

usage: proxy_bench.py [--rounds N] [--seconds N] [--connections N] [--json FILE]

nginx (Debian's nginx-light) is a plain proxy with one worker, HTTP/1.1 and kept connections to the
app, and no access log. The two take turns, round by round; what counts is the median of the rounds.
Beside throughput and latency stands the processor time that each proxy took for a request: on a busy
machine that is the steadier number. ZONDA names the binary.
"""
import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import zonda as harness  # noqa: E402

PATHS = {"small": "/version", "page": "/bytes/16000", "large": "/bytes/1000000"}
THROUGHPUT_LEAST = 0.8  # of nginx's
LATENCY_MOST = 1.2

NGINX = """
daemon off;
worker_processes 1;
pid {dir}/nginx.pid;
error_log {dir}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {dir}/body;
    proxy_temp_path {dir}/proxy;
    fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi;
    scgi_temp_path {dir}/scgi;
    upstream app {{ server 127.0.0.1:{app}; keepalive 64; keepalive_requests 1000000; }}
    server {{
        listen 127.0.0.1:{port};
        keepalive_requests 1000000;
        location / {{
            proxy_pass http://app;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Host $http_host;
            proxy_set_header X-Forwarded-Proto $scheme;
        }}
    }}
}}
"""


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def nginx(directory, app, port):
    (directory / "nginx.conf").write_text(NGINX.format(dir=directory, app=app, port=port))
    # A session of its own, as zonda has: the scheduler may share processors among sessions.
    process = subprocess.Popen(
        ["nginx", "-p", directory, "-c", directory / "nginx.conf"], start_new_session=True
    )
    try:
        asked = harness.until(lambda: (directory / "nginx.pid").exists() and children(process.pid))
        yield asked[0]
    finally:
        process.terminate()
        process.wait()


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]


SCALE = {"us": 1e-3, "ms": 1, "s": 1e3}


def measure(port, path, pid, arguments):
    before = cpu_seconds(pid)
    text = subprocess.run(
        [
            "wrk", "--latency", "-t1", f"-c{arguments.connections}", f"-d{arguments.seconds}s",
            f"http://127.0.0.1:{port}{path}",
        ],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    if "Socket errors" in text or "Non-2xx" in text:
        sys.exit(text)
    number, unit = re.search(r"50%\s+([\d.]+)(us|ms|s)", text).groups()
    count = int(re.search(r"(\d+) requests in", text).group(1))
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)),
        "median_ms": float(number) * SCALE[unit],
        "cpu_us": (cpu_seconds(pid) - before) / count * 1e6,
    }


def compare(ports, path, arguments):
    """Both in turns; ratios of the same round, as what else the machine does changes in time."""
    seen = {name: [] for name in ports}
    for _ in range(arguments.rounds):
        for name, (port, pid) in ports.items():
            seen[name].append(measure(port, path, pid, arguments))
    rounds = list(zip(seen["zonda"], seen["nginx"]))
    median = {
        name: {key: statistics.median(one[key] for one in all_of) for key in all_of[0]}
        for name, all_of in seen.items()
    }
    ratio = {key: statistics.median(ours[key] / theirs[key] for ours, theirs in rounds) for key in rounds[0][0]}
    return {**median, "ratio": ratio}


def run(directory, arguments):
    project = directory / "wire"
    shutil.copytree(HERE.parent / "e2e" / "projects" / "wire", project)
    proxy, beside = harness.free_port(), harness.free_port()
    zonda = harness.Zonda(
        project, f"--proxy.port={proxy}", "--log.app=false", env={"GIN_MODE": "release"}, level="info"
    )
    try:
        zonda.ready()
        with nginx(directory, zonda.port, beside) as worker:
            ports = {"nginx": (beside, worker), "zonda": (proxy, zonda.process.pid)}
            return {name: compare(ports, path, arguments) for name, path in PATHS.items()}
    finally:
        zonda.cleanup()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    missing = [name for name in ("nginx", "wrk") if shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin") is None]
    if missing:
        sys.exit(f"proxy_bench: {' and '.join(missing)} not on PATH (Debian: nginx-light, wrk)")
    os.environ["PATH"] += ":/usr/sbin"
    with tempfile.TemporaryDirectory(prefix="zonda-proxy-") as directory:
        result = run(pathlib.Path(directory), arguments)
    good = True
    print(f"{'':6} {'':6} {'requests/s':>11} {'median ms':>10} {'CPU µs/request':>15}")
    for path, found in result.items():
        for name in ("nginx", "zonda", "ratio"):
            one = found[name]
            print(f"{path:6} {name:6} {one['rate']:11.2f} {one['median_ms']:10.3f} {one['cpu_us']:15.2f}")
        good &= found["ratio"]["rate"] >= THROUGHPUT_LEAST and found["ratio"]["median_ms"] <= LATENCY_MOST
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(result) + "\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
