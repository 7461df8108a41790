"""An app without a build of its own: serves what it found in built.out when it started.

Behaviour by environment: APP_IGNORE_TERM (the stop signals are ignored), APP_SLOW_STOP (seconds
that a graceful stop takes), APP_CHILDREN (descendants in other sessions are left behind), APP_TREE
(a word that the command lines of five descendants hold), APP_ORPHANS (how many of them end),
APP_CRASH_IF (ends with status 7 where built.out holds this text), APP_ECHO_STDIN.
"""
import http.server
import os
import signal
import subprocess
import sys
import threading
import time

with open("built.out", encoding="utf-8") as file:
    TEXT = file.read().strip()

if os.environ.get("APP_CRASH_IF") and os.environ["APP_CRASH_IF"] in TEXT:
    print("app: crashing", flush=True)
    sys.exit(7)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.split("/")
        body = {
            "text": lambda: TEXT,
            "pid": lambda: str(os.getpid()),
            "args": lambda: "|".join(sys.argv[1:]),
            "env": lambda: os.environ.get(path[-1], ""),
            "tty": lambda: str(sys.stdout.isatty()),
            "hups": lambda: str(hups),
        }.get(path[1], lambda: "?")()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass


hups = 0


def on_hup(number, frame):
    global hups
    hups += 1


def on_term(number, frame):
    print(f"app: got {signal.Signals(number).name}", flush=True)
    time.sleep(float(os.environ.get("APP_SLOW_STOP", "0")))
    print("app: stopped", flush=True)
    os._exit(0)


if os.environ.get("APP_IGNORE_TERM"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
else:
    signal.signal(signal.SIGTERM, on_term)
    signal.signal(signal.SIGINT, on_term)
signal.signal(signal.SIGHUP, on_hup)

if os.environ.get("APP_CHILDREN"):
    # One in the group, one in a session of its own, one whose parent is gone; all ignore SIGTERM.
    script = "trap '' TERM INT HUP; while :; do sleep 1; done"
    subprocess.Popen(["sh", "-c", script])
    subprocess.Popen(["setsid", "sh", "-c", script])
    subprocess.Popen(["sh", "-c", f'setsid sh -c "{script}" & exit 0']).wait()

if os.environ.get("APP_TREE"):
    # In the group, in another group, in another session, double-forked, and a daemon that dropped
    # its environment; all ignore the signals.
    script = f"trap '' TERM INT HUP; exec -a {os.environ['APP_TREE']} sleep 1000"
    subprocess.Popen(["bash", "-c", script])
    subprocess.Popen(["bash", "-c", script], process_group=0)
    subprocess.Popen(["bash", "-c", script], start_new_session=True)
    subprocess.Popen(["sh", "-c", f'bash -c "{script}" & exit 0']).wait()
    daemon = f'exec env -i setsid /bin/bash -c "{script}" </dev/null >/dev/null 2>&1'
    subprocess.Popen(["sh", "-c", f"({daemon}) & exit 0"]).wait()

if os.environ.get("APP_ORPHANS"):
    loop = f"i=0; while [ $i -lt {int(os.environ['APP_ORPHANS'])} ]; do (true &); i=$((i + 1)); done"
    subprocess.Popen(["sh", "-c", loop]).wait()

if os.environ.get("APP_ECHO_STDIN"):

    def echo():
        for line in sys.stdin:
            print(f"app: heard {line.strip()}", flush=True)

    threading.Thread(target=echo, daemon=True).start()

server = http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler)
print(f"app: serving {TEXT}", flush=True)
server.serve_forever()
