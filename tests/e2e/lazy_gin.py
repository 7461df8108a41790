"""A double of gin, the reloader: a proxy that builds, and starts the app when it is asked. Asked before its
first build is done it never starts it, as gin does not (its lib/runner.go keeps the failed start)."""
import http.server
import os
import pathlib
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request

options = dict(zip(sys.argv[1:-1:2], sys.argv[2::2]))
port, app_port = int(options["--port"]), options["--appPort"]
program = pathlib.Path(options["--bin"]).absolute()
state = {"built": False, "spoiled": False, "app": None}
lock = threading.Lock()


class Proxy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with lock:
            state["spoiled"] |= not state["built"]
            if not state["spoiled"] and not state["app"]:
                state["app"] = subprocess.Popen([program], env={**os.environ, "PORT": app_port})
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{app_port}{self.path}", timeout=5) as answer:
                status, body = answer.status, answer.read()
        except (urllib.error.URLError, OSError):
            status, body = 502, b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def end(*_):
    if state["app"]:
        state["app"].terminate()
        state["app"].wait()
    os._exit(1)


signal.signal(signal.SIGINT, end)
signal.signal(signal.SIGTERM, end)
server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Proxy)
threading.Thread(target=server.serve_forever, daemon=True).start()
subprocess.run(["go", "build", "-o", program, options["--build"]], check=True)
state["built"] = True
print("[gin] Build finished", flush=True)
signal.pause()
