"""The app under a real Delve: the port stays, breakpoints are set again, the app ends in order."""
import contextlib
import json
import os
import shutil
import signal
import socket
import threading

import pytest
from test_handoff import Clients, tcp
from zonda import WAIT_S, free_port, until

DLV = shutil.which("dlv")
pytestmark = [
    pytest.mark.skipif(DLV is None, reason="dlv is not installed: go install github.com/go-delve/delve/cmd/dlv@latest"),
    pytest.mark.timeout(600),
]

HANDLERS = """\
package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

const Text = "one"

var asked int

func show(c *gin.Context) {
	asked++
	c.String(http.StatusOK, Text+"!")
}

// Register adds the routes of this package.
func Register(router *gin.Engine) { router.GET("/text", show) }
"""
FILE = "handlers/handlers.go"
LINE = HANDLERS.split("\n").index('\tc.String(http.StatusOK, Text+"!")') + 1


class Client:
    """Delve's JSON-RPC API, as dlv connect speaks it."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
        self.file = self.socket.makefile("rw")
        self.number = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def begin(self, method, **params):
        self.number += 1
        self.file.write(json.dumps({"method": f"RPCServer.{method}", "params": [params], "id": self.number}) + "\n")
        self.file.flush()

    def end(self):
        answer = json.loads(self.file.readline())
        assert answer["id"] == self.number and not answer["error"], answer
        return answer["result"]

    def call(self, method, **params):
        self.begin(method, **params)
        return self.end()

    def breakpoints(self):
        found = self.call("ListBreakpoints", All=False)["Breakpoints"]
        return sorted((one for one in found if one["id"] > 0), key=lambda one: one["id"])

    def set(self, project, line, **more):
        self.call("CreateBreakpoint", Breakpoint={"file": str(project / FILE), "line": line, **more})

    def stands_at(self, line):
        state = self.call("State", NonBlocking=True)["State"]
        thread = state["currentThread"] if not state["Running"] else None
        return thread and thread["file"].endswith(FILE) and thread["line"] == line

    def halt(self):
        return self.call("Command", name="halt")["State"]

    def go_on(self):
        """Continues, and leaves it at that."""
        self.begin("Command", name="continue")


def begin(mini, start, *args, **options):
    (mini / FILE).write_text(HANDLERS)
    port = free_port()
    zonda = start(mini, f"--debug.port={port}", "--run.ready_timeout=2m", "--run.stop_timeout=1m", *args, **options).ready()
    return zonda, port


def reload(zonda, word):
    with zonda.one_reload() as box:
        zonda.path(FILE).write_text(HANDLERS.replace('Text = "one"', f'Text = "{word}"'))
    return box[0]


def text(zonda):
    """Without a hurry: under a debugger everything takes its time."""
    return zonda.get("/text", timeout=WAIT_S)[1]


class Asked(threading.Thread):
    """A request that may be held up by a breakpoint."""

    def __init__(self, zonda):
        super().__init__(daemon=True)
        self.zonda, self.body = zonda, None
        self.start()

    def run(self):
        self.body = self.zonda.get("/text", timeout=WAIT_S)[1]

    def answer(self):
        self.join(WAIT_S)
        return self.body


def is_hit(client):
    """A goroutine stands at the breakpoint."""
    return until(lambda: client.stands_at(LINE))


@pytest.mark.crucial
def test_breakpoints_outlive_a_reload(mini, start):
    zonda, port = begin(mini, start)
    assert text(zonda) == "one!"
    with Client(port) as client:
        client.halt()
        client.set(mini, LINE, name="here", Cond="asked == 2")
        client.set(mini, LINE - 1, Cond="asked == 100", stacktrace=2)
        client.go_on()
    for word in ("two", "three"):
        reload(zonda, word)
        assert zonda.status()["ports"] == [zonda.port]
        assert text(zonda) == f"{word}!"  # the condition is kept as well
    asked = Asked(zonda)
    with Client(port) as client:
        assert is_hit(client)
        first, second = client.breakpoints()
        assert (first["name"], first["line"], first["Cond"]) == ("here", LINE, "asked == 2")
        assert (second["line"], second["Cond"], second["stacktrace"]) == (LINE - 1, "asked == 100", 2)
        assert client.call("Eval", Scope={"GoroutineID": -1}, Expr="asked")["Variable"]["value"] == "2"
        client.go_on()
        assert asked.answer() == "three!"
    assert zonda.stop() == 0


def test_a_reload_while_the_app_stands_at_a_breakpoint(mini, start):
    """It goes on, answers, and ends in order; a client that comes meanwhile waits."""
    zonda, port = begin(mini, start)
    with Client(port) as client:
        client.halt()
        client.set(mini, LINE)
        client.go_on()
    asked = Asked(zonda)
    with Client(port) as client:
        assert is_hit(client)
    reload(zonda, "two")
    assert asked.answer() == "one!"
    assert until(lambda: [event for event in zonda.kinds("app_output") if event.message == "mini: stopped"])
    assert not [event for event in zonda.kinds("notice") if "killed" in event.message]
    asked = Asked(zonda)
    with Client(port) as client:
        assert is_hit(client)
        client.go_on()
        assert asked.answer() == "two!"
    assert zonda.stop() == 0


def test_versions_that_are_overtaken(mini, start):
    """The one that is replaced has not got its breakpoints yet: they are not lost with it."""
    zonda, port = begin(mini, start)
    with Client(port) as client:
        client.halt()
        for line in (LINE - 1, LINE):
            client.set(mini, line, Cond="asked == 100")
        client.go_on()
    for number in range(3):
        position = zonda.mark_here()
        zonda.path(FILE).write_text(HANDLERS.replace('"one"', f'"{number}"'))
        zonda.wait_event("app_started", position)
    assert zonda.wait()["outcome"] == "served"
    assert text(zonda) == "2!"
    with Client(port) as client:
        client.halt()
        assert [one["line"] for one in client.breakpoints()] == [LINE - 1, LINE]
        client.go_on()
    assert zonda.stop() == 0


def test_one_whose_line_is_gone_comes_back(mini, start):
    zonda, port = begin(mini, start)
    longer = HANDLERS + "\n//go:noinline\nfunc More(x *int) {\n\t*x += 2\n}\n\nfunc init() { More(&asked) }\n"
    line = longer.split("\n").index("\t*x += 2") + 1
    with zonda.one_reload():
        zonda.path(FILE).write_text(longer)
    with Client(port) as client:
        client.halt()
        client.set(mini, LINE)
        client.set(mini, line)
        client.call("ToggleBreakpoint", Id=client.breakpoints()[0]["id"])
        client.go_on()
    reload(zonda, "two")  # without More
    said = [event.message for event in zonda.kinds("notice") if "could not be set again" in event.message]
    assert len(said) == 1 and said[0].startswith("1 breakpoint could not") and f"{FILE}:{line}" in said[0]
    assert text(zonda) == "two!"  # the other one is disabled still
    with Client(port) as client:
        client.halt()
        assert [(one["line"], one["disabled"]) for one in client.breakpoints()] == [(LINE, True)]
        client.go_on()
    position = zonda.mark_here()
    zonda.path(FILE).write_text(longer.replace('"one"', '"three"'))
    zonda.wait_event("app_started", position)
    with Client(port) as client:  # it is hit before the app listens
        assert until(lambda: client.stands_at(line))
        assert [one["line"] for one in client.breakpoints()] == [LINE, line]
        client.go_on()
        zonda.wait_event("reload_end", position, outcome="served")
    assert text(zonda) == "three!"
    assert zonda.stop() == 0


def test_nobody_is_refused(mini, start):
    """The wrapper's app hands its listener on; requests wait while the versions change."""
    zonda, port = begin(mini, start)
    with Clients(tcp(zonda), reused=2, fresh=2) as clients:
        for number in range(3):
            reload(zonda, f"version {number}")
            assert text(zonda) == f"version {number}!"
            with Client(port) as client:
                assert client.call("State", NonBlocking=True)["State"]["Running"]
    assert not clients.bad, clients.bad
    assert clients.count["answered"] > 10
    assert zonda.kinds("app_output", generation=1) and zonda.stop() == 0


@pytest.mark.parametrize("overlap", ["true", "false"])
def test_a_wrapper_of_ones_own(mini, start, overlap):
    """dlv exec as [run] command: both of its listeners are handed over, and nobody is refused."""
    (mini / FILE).write_text(HANDLERS)
    port = free_port()
    command = f"dlv exec --headless --accept-multiclient --continue --listen=127.0.0.1:{port} .zonda/bin/mini"
    zonda = start(
        mini, "--build.command=go build -o .zonda/bin/mini .", "--build.output=.zonda/bin/mini",
        f"--run.command={command}", f"--run.overlap={overlap}", "--run.ready_timeout=2m",
    ).ready()  # fmt: skip
    zonda.served("one!")  # Delve listens first
    with Clients(tcp(zonda), reused=1, fresh=2) as clients:
        for number in range(3):
            reload(zonda, f"version {number}")
            zonda.served(f"version {number}!")
            with Client(port) as client:
                assert client.call("State", NonBlocking=True)["State"]["Running"]
    assert clients.count["answered"] > 10 and not clients.count["refused"]
    assert not [e for e in zonda.kinds("app_exit") if not e["expected"]]
    assert zonda.stop() == 0


def test_a_debugger_that_does_not_answer(mini, start):
    """Delve is stopped: it is ended all the same, and the new version is served."""
    zonda, port = begin(mini, start, "--run.stop_timeout=1s")
    os.kill(zonda.app_pid, signal.SIGSTOP)
    reload(zonda, "two")
    assert text(zonda) == "two!"
    with Client(port) as client:
        assert client.call("State", NonBlocking=True)["State"]["Running"]
    assert zonda.stop() == 0


def test_a_rule_with_a_signal(mini, start):
    """It would end Delve: it is said, and nothing else happens."""
    (mini / "zonda.toml").write_text('[[rule]]\nmatch = ["*.sig"]\naction = "signal:HUP"\n')
    zonda, port = begin(mini, start)
    pid = zonda.app_pid
    with zonda.one_reload("refreshed"):
        zonda.write("a.sig", "x")
    assert until(lambda: [event for event in zonda.kinds("notice") if "under the debugger" in event.message])
    assert zonda.app_pid == pid and text(zonda) == "one!"
    assert zonda.stop() == 0


class Editor(threading.Thread):
    """The Debug Adapter Protocol, as VS Code speaks it to a headless Delve: attach remote."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
        self.file = self.socket.makefile("rwb")
        self.number, self.messages, self.changed = 0, [], threading.Condition()
        self.attached = self.over = False
        self.start()

    def run(self):
        with contextlib.suppress(OSError, ValueError):
            while line := self.file.readline():
                length = int(line.split(b":")[1])
                self.file.readline()
                message = json.loads(self.file.read(length))
                with self.changed:
                    self.messages.append(message)
                    self.changed.notify_all()
        with self.changed:
            self.over = True
            self.changed.notify_all()

    def send(self, command, **arguments):
        self.number += 1
        body = json.dumps({"seq": self.number, "type": "request", "command": command, "arguments": arguments})
        self.file.write(f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        self.file.flush()

    def wait(self, **fields):
        def found():
            return next((m for m in self.messages if all(m.get(k) == v for k, v in fields.items())), None)

        with self.changed:
            assert self.changed.wait_for(lambda: found() or self.over, WAIT_S), (fields, self.messages)
            assert found(), (fields, self.messages)
            return found()

    def attach(self, path, line):
        self.send("initialize", adapterID="go", linesStartAt1=True, pathFormat="path")
        self.wait(type="response", command="initialize", success=True)
        self.send("attach", mode="remote")
        self.wait(type="event", event="initialized")
        self.send("setBreakpoints", source={"path": str(path)}, breakpoints=[{"line": line}])
        answer = self.wait(type="response", command="setBreakpoints", success=True)
        assert answer["body"]["breakpoints"][0]["verified"], answer
        self.send("configurationDone")
        self.wait(type="response", command="configurationDone", success=True)
        self.attached = True
        return self


def hits_its_breakpoint(zonda, port, editor, expected):
    """A request stands there, at the only one that there is; the editor sees it and lets it go on."""
    asked = Asked(zonda)
    stopped = editor.wait(type="event", event="stopped")
    assert stopped["body"]["reason"] == "breakpoint"
    with Client(port) as client:
        assert [one["line"] for one in client.breakpoints()] == [LINE]
    editor.send("continue", threadId=stopped["body"]["threadId"])
    assert asked.answer() == expected


def ended_in_order(zonda, count):
    stopped = lambda: [e for e in zonda.kinds("app_output") if e.message == "mini: stopped"]  # noqa: E731
    return until(lambda: len(stopped()) == count) and not [e for e in zonda.kinds("notice") if "killed" in e.message]


@pytest.mark.crucial
def test_an_editor_is_hung_up_on_and_reconnects(mini, start):
    """While it is attached and the app runs: the old version ends in order, and at once."""
    zonda, port = begin(mini, start)
    editor = Editor(port).attach(mini / FILE, LINE)
    reload(zonda, "two")
    editor.join(WAIT_S)
    assert not editor.is_alive() and ended_in_order(zonda, 1), zonda.story()
    assert text(zonda) == "two!"  # its breakpoint comes with it
    hits_its_breakpoint(zonda, port, Editor(port).attach(mini / FILE, LINE), "two!")
    assert zonda.stop() == 0


def test_an_editor_that_is_attached_to_a_breakpoint(mini, start):
    """The app stands at one: the request under way is answered all the same."""
    zonda, port = begin(mini, start)
    editor = Editor(port).attach(mini / FILE, LINE)
    asked = Asked(zonda)
    editor.wait(type="event", event="stopped")
    reload(zonda, "two")
    assert asked.answer() == "one!"
    editor.join(WAIT_S)
    assert not editor.is_alive() and ended_in_order(zonda, 1), zonda.story()
    hits_its_breakpoint(zonda, port, Editor(port).attach(mini / FILE, LINE), "two!")
    assert zonda.stop() == 0


def test_an_editor_that_reconnects_at_once(mini, start):
    """It gets the old Delve once more, and has the app go on: the halt that was in vain is tried again."""
    zonda, port = begin(mini, start)
    first = Editor(port).attach(mini / FILE, LINE)
    again = []

    def reconnect():
        first.join()
        with contextlib.suppress(OSError, AssertionError):  # it is hung up on as well
            again.append(Editor(port))
            again[0].attach(mini / FILE, LINE)

    thread = threading.Thread(target=reconnect, daemon=True)
    thread.start()
    reload(zonda, "two")
    thread.join(WAIT_S)
    again[0].join(WAIT_S)
    assert not again[0].is_alive() and ended_in_order(zonda, 1), zonda.story()
    hits_its_breakpoint(zonda, port, Editor(port).attach(mini / FILE, LINE), "two!")
    assert zonda.stop() == 0


def test_without_optimizations(mini, start):
    zonda, port = begin(mini, start, "--debug.optimize=false")
    with Client(port) as client:
        client.halt()
        client.set(mini, LINE)
        client.go_on()
        asked = Asked(zonda)
    with Client(port) as client:
        assert is_hit(client)
        frame = client.call("Stacktrace", Id=-1, Depth=1)["Locations"][0]
        assert not frame["function"]["optimized"]
        client.go_on()
        asked.answer()
    assert zonda.stop() == 0


def test_a_shell_line_is_refused(mini, start):
    (mini / FILE).write_text(HANDLERS)
    zonda = start(
        mini, f"--debug.port={free_port()}", "--run.command=exec .zonda/app", "--build.command=go build -o .zonda/app ."
    )
    end = zonda.wait_event("reload_end", outcome="start_failed")
    assert "shell" in end["message"]
    assert zonda.stop() == 0


def test_without_delve(mini, start):
    zonda = start(mini, f"--debug.port={free_port()}", "--debug.command=no-such-dlv")
    end = zonda.wait_event("reload_end", outcome="start_failed")
    assert "no-such-dlv" in end["message"]
    hints = [event["hint"] for event in zonda.kinds("notice") if event["hint"]]
    assert any("[debug] command" in hint for hint in hints)
    assert zonda.stop() == 0
