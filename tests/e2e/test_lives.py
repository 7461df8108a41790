"""Apps of every habit: that never listen, late, elsewhere, with workers, without a graceful stop."""
import json
import socket

import pytest
import zonda as harness
from clients import Clients, reload, tcp


def write_app(plain, text, then="serve()"):
    """An app in Python that does something before, or instead of, serving text."""
    (plain / "app.py").write_text(
        "import http.server, os, signal, socket, sys, threading, time\n"
        f"TEXT = {text!r}\n"
        "class Handler(http.server.BaseHTTPRequestHandler):\n"
        "  protocol_version = 'HTTP/1.1'\n"
        "  def do_GET(self):\n"
        "    status, body = (health() if self.path == '/health' else (200, TEXT))\n"
        "    if self.path == '/health': print('asked', TEXT, flush=True)\n"
        "    self.send_response(status); self.send_header('Content-Length', str(len(body)))\n"
        "    self.end_headers(); self.wfile.write(body.encode())\n"
        "  def log_message(self, *args): pass\n"
        "def health(): return 200, 'fine'\n"
        "class Server(http.server.ThreadingHTTPServer): request_queue_size = 128\n"
        "def serve(port=None):\n"
        "  server = Server(('127.0.0.1', port or int(os.environ['PORT'])), Handler)\n"
        "  def bye(*_): threading.Thread(target=server.shutdown).start()\n"
        "  signal.signal(signal.SIGTERM, bye)\n"
        "  server.serve_forever(); server.server_close()\n"
        f"{then}\n"
    )


def replace_app(zonda, text, then="serve()", outcome="served"):
    mark = zonda.mark_here()
    with zonda.one_reload(outcome):
        write_app(zonda.project, text, then)
    return mark


def test_listens_late(plain, start):
    """The old version serves until the new one listens, however long that takes."""
    write_app(plain, "one")
    zonda = start(plain, "--run.ready_timeout=1h").ready()
    with Clients(tcp(zonda), 0, 2) as clients:
        write_app(plain, "two", "print('up', flush=True)\nwhile not os.path.exists('go'): time.sleep(0.01)\nserve()")
        zonda.wait_event("app_output", where=lambda event: event.message == "up")
        for _ in range(50):
            assert zonda.text() == "one"
        zonda.write("go", "")
        zonda.served("two")
    assert not clients.count["refused"], clients.count
    zonda.stop()


def test_never_listens(plain, start):
    """A worker without a port: told once, and replaced as any other."""
    write_app(plain, "one", "print('works', flush=True)\nwhile True: time.sleep(1000)")
    zonda = start(plain, "--run.ready_timeout=300ms").ready()
    for number in range(2):
        mark = replace_app(zonda, f"{number}", "print('works', flush=True)\nwhile True: time.sleep(1000)")
        zonda.wait_event("app_ready", after=mark)
    told = [event for event in zonda.kinds("notice") if "listens on no port" in event.message]
    assert len(told) == 1, zonda.story()
    zonda.stop()


def test_moves_to_another_port(plain, start):
    """The new port is served before the old one is given up, which then is free."""
    other = harness.free_port()
    write_app(plain, "one")
    zonda = start(plain, "--run.ready_timeout=1h").ready()
    old = zonda.port
    mark = replace_app(zonda, "two", f"serve({other})")
    zonda.port = other
    zonda.served("two")
    zonda.wait_event("transition", after=mark, generation=1, to="GONE")
    with socket.socket() as probe:
        assert harness.until(lambda: probe.connect_ex(("127.0.0.1", old)) != 0)
    assert zonda.status()["ports"] == [other]
    zonda.stop()


def test_drops_a_listener(plain, start):
    """A version that listens on less than the one before is not waited for until ready_timeout."""
    other = harness.free_port()
    write_app(plain, "one", f"threading.Thread(target=lambda: Server(('127.0.0.1', {other}), Handler).serve_forever(), daemon=True).start()\nserve()")
    zonda = start(plain, "--run.ready_timeout=1h").ready()
    zonda.served("one")
    with socket.socket() as probe:
        assert harness.until(lambda: probe.connect_ex(("127.0.0.1", other)) == 0)
    with Clients(tcp(zonda), 0, 2) as clients:
        replace_app(zonda, "two")
        assert zonda.text() == "two"
    assert not clients.count["refused"], clients.count
    with socket.socket() as probe:
        assert harness.until(lambda: probe.connect_ex(("127.0.0.1", other)) != 0)
    zonda.stop()


def test_doctor_names_the_app(plain, start):
    """And not zonda, which keeps the app's socket."""
    write_app(plain, "one")
    zonda = start(plain).ready()
    findings = json.loads(zonda.run("doctor", "--json").stdout)
    text = json.dumps(findings)
    assert f"{zonda.port} is the app's (pid {zonda.app_pid}" in text, text
    zonda.stop()


WORKERS = """
server = Server(('127.0.0.1', int(os.environ['PORT'])), Handler)
workers = []
for _ in range(3):
  pid = os.fork()
  if pid == 0:
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(); os._exit(0)
  workers.append(pid)
def bye(*_):
  for pid in workers: os.kill(pid, signal.SIGTERM)
signal.signal(signal.SIGTERM, bye)
for pid in workers: os.waitpid(pid, 0)
"""


def test_forks_its_own_workers(plain, start):
    """A master that listens, and workers that accept: handed over as well, and none is left."""
    write_app(plain, "one", WORKERS)
    zonda = start(plain).ready()
    with Clients(tcp(zonda), 0, 2) as clients:
        for number in range(5):
            mark = replace_app(zonda, f"version-{number}", WORKERS)
            zonda.served(f"version-{number}")
            zonda.wait_event("app_exit", after=mark)
    assert not clients.count["refused"], clients.count
    here = [line for line in harness.marked(zonda.mark).values() if "app.py" in line]
    assert len(here) == 4, here
    assert zonda.stop() == 0


def test_without_a_graceful_stop(mini, start):
    """An app that dies of SIGTERM: only what it was doing fails; no connection is refused."""
    path = mini / "main.go"
    text = path.read_text()
    begin, end = text.index("\tctx, stop :="), text.rindex("}")
    text = text[:begin] + "\tselect {}\n" + text[end:]
    for name in ("context", "os/signal", "syscall", "time"):
        text = text.replace(f'\t"{name}"\n', "")
    path.write_text(text)
    zonda = start(mini).ready()
    with Clients(tcp(zonda), 2, 2) as clients:
        for number in range(5):
            reload(zonda, number)
    # At most one a client and a reload, and those that are tried again are answered.
    lost = clients.count["tried again"] + clients.count["missed by Shutdown"]
    print(f"{lost} requests of {clients.count['answered']} were lost in a dying process")
    assert not clients.bad, clients.count
    assert lost <= 5 * 4, clients.count
    zonda.stop()


def test_exit_0_is_an_end(plain, start):
    """No crash: it is not started again, and a change starts it."""
    write_app(plain, "one", "print('done', flush=True)")
    zonda = start(plain, "--run.restart_delay=1ms")
    zonda.wait_event("reload_end", outcome="ended")
    assert harness.until(lambda: zonda.status()["state"] == "ended")
    assert len(zonda.kinds("app_started")) == 1
    replace_app(zonda, "two")
    assert zonda.text() == "two"
    zonda.stop()


# --- readiness by choice ---

NOT_YET = "def health(): return (200, 'fine') if os.path.exists('go') else (503, 'not yet')\nserve()"


def test_ready_path(plain, start):
    """The new version is asked, and never the old one in its place, though both listen."""
    write_app(plain, "one")
    zonda = start(plain, "--run.ready_path=/health", "--run.ready_timeout=1h").ready()
    mark = zonda.mark_here()
    write_app(plain, "two", NOT_YET)
    for _ in range(3):
        here = zonda.mark_here()
        zonda.wait_event("app_output", after=here, where=lambda event: event.message == "asked two")
    assert not zonda.kinds("app_stopping", mark), zonda.story()
    zonda.write("go", "")
    zonda.wait_event("reload_end", after=mark, outcome="served")
    assert zonda.text() == "two"
    asked = [event for event in zonda.kinds("app_output", mark) if event.message.startswith("asked")]
    assert asked and all(event.message == "asked two" for event in asked), zonda.story()
    zonda.stop()


def test_ready_path_is_not_answered(plain, start):
    """The old version goes on serving, and it is said what the answer was; the mend is taken."""
    write_app(plain, "one")
    zonda = start(plain, "--run.ready_path=/health", "--run.ready_timeout=10s").ready()
    mark = replace_app(zonda, "two", NOT_YET, "start_failed")
    end = zonda.wait_event("reload_end", after=mark, outcome="start_failed")
    assert "GET /health on port" in end.message, end
    zonda.wait_event("notice", after=mark, where=lambda event: event.level == "error" and event["hint"])
    assert zonda.text() == "one"
    replace_app(zonda, "three")
    assert zonda.text() == "three"
    zonda.stop()


def test_ready_log(plain, start):
    write_app(plain, "one", "print('warm', flush=True)\nserve()")
    zonda = start(plain, "--run.ready_log=^warm$", "--run.ready_timeout=1h").ready()
    zonda.served("one")  # the line comes a moment before it listens
    mark = zonda.mark_here()
    write_app(
        plain,
        "two",
        "threading.Thread(target=serve_later, daemon=True).start()\n"
        "while not os.path.exists('go'): time.sleep(0.01)\n"
        "print('warm', flush=True)\nwhile True: time.sleep(1000)".replace(
            "serve_later", "lambda: Server(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()"
        ),
    )
    generation = zonda.wait_event("app_started", after=mark)["generation"]
    # It listens, and gets nothing while it is not ready.
    zonda.wait_event("transition", after=mark, machine="generation", generation=generation, event="LISTENS")
    assert zonda.text() == "one"
    assert not zonda.kinds("app_stopping", mark), zonda.story()
    zonda.write("go", "")
    zonda.wait_event("reload_end", after=mark, outcome="served")
    zonda.stop()


@pytest.mark.parametrize("flag", ["--run.ready_path=health", "--run.ready_log=("])
def test_wrong_signs(plain, flag):
    done = harness.run_zonda(plain, "validate", flag)
    assert done.returncode == 3 and "ready_" in done.stderr, done
