"""Reloads that nobody notices: the listening sockets go from one version to the next."""
import http.client
import itertools
import os
import pathlib
import shutil
import signal
import socket
import tempfile
import threading

import pytest
import zonda as harness
from clients import Clients, UnixConnection, reload, tcp


def order(zonda, after=0):
    wanted = ("app_started", "app_ready", "app_stopping", "app_exit")
    return [event.kind for event in zonda.events[after:] if event.kind in wanted]


@pytest.mark.crucial
@pytest.mark.timeout(600)
def test_thirty_reloads(mini, start):
    zonda = start(mini).ready()
    with Clients(tcp(zonda)) as clients:
        for number in range(30):
            reload(zonda, number)
            assert zonda.text() == f"version-{number}"
    assert not clients.bad, clients.count
    assert clients.count["answered"] > 1000
    assert zonda.stop() == 0


def listening_inodes(port):
    lines = [line.split() for table in ("tcp", "tcp6") for line in open(f"/proc/net/{table}").readlines()[1:]]
    return {line[9] for line in lines if line[3] == "0A" and int(line[1].rpartition(":")[2], 16) == port}


def test_a_socket_for_each_version(mini, start):
    """A Go app would listen by MPTCP if it were left to itself: no connection can be steered then."""
    zonda = start(mini).ready()
    seen = listening_inodes(zonda.port)
    for number in range(2):
        reload(zonda, number)
        now = listening_inodes(zonda.port)
        assert now - seen, "the new version listens on the socket of the old one"
        seen |= now
    zonda.stop()


def test_old_and_new_do_not_answer_in_turns(mini, start):
    """Each of many connections finds the version that the one before found, or a newer one."""
    zonda = start(mini).ready()
    seen, enough = [], threading.Event()

    def ask():
        while not enough.is_set():
            seen.append(zonda.text())

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        for number in range(4):
            reload(zonda, number)
            assert zonda.text() == f"version-{number}"
    finally:
        enough.set()
        asking.join()
    assert len(seen) > 100
    versions = [version for version, _ in itertools.groupby(seen)]
    assert versions == ["one", *[f"version-{number}" for number in range(len(versions) - 1)]]
    zonda.stop()


def test_order(mini, start):
    """The new one listens before the old one is asked to stop."""
    zonda = start(mini).ready()
    mark = zonda.mark_here()
    reload(zonda, 1)
    zonda.wait_event("app_exit", after=mark)
    zonda.wait_event("app_ready", after=mark)
    assert order(zonda, mark)[:2] == ["app_started", "app_stopping"], zonda.story()
    zonda.stop()


def test_transitions(mini, start):
    """Every step of a reload stands in the log, with the reload's trace id and whatever the level."""
    zonda = start(mini, "--log.level=info").ready()
    mark = zonda.mark_here()
    reload(zonda, 1)
    zonda.wait_event("transition", after=mark, machine="generation", generation=1, to="GONE")
    end = zonda.wait_event("reload_end", after=mark)
    steps = zonda.kinds("transition", mark)
    assert {event.trace_id for event in steps} == {end.trace_id}, zonda.story()
    came = [(event["from"], event["event"], event["to"]) for event in steps if event["machine"] == "service"]
    assert came[:3] == [
        ("READY", "START", "BESIDE"),
        ("BESIDE", "IS_READY", "HANDING"),
        ("HANDING", came[2][1], "READY"),
    ]
    zonda.stop()


@pytest.mark.crucial
def test_dies_at_start(mini, start):
    """The old version keeps serving, and it is said why the new one does not."""
    zonda = start(mini, "--log.rate_limit=0").ready()
    pid = zonda.app_pid
    with Clients(tcp(zonda), 1, 1) as clients, zonda.one_reload("start_failed"):
        zonda.edit("main.go", "\trouter := gin.Default()", '\tpanic("no database")\n\trouter := gin.Default()')
    assert not clients.bad, clients.count
    assert zonda.app_pid == pid and zonda.text() == "one"
    zonda.wait_event("notice", where=lambda event: "keeps serving" in event.message)
    assert any("no database" in event.message for event in zonda.kinds("app_output"))
    with zonda.one_reload():
        zonda.edit("main.go", '\tpanic("no database")\n', "")
    assert zonda.app_pid != pid
    zonda.stop()


def test_handoff_off(mini, start):
    """Stopped, then started, as ever."""
    zonda = start(mini, "--run.handoff=false").ready()
    mark = zonda.mark_here()
    reload(zonda, 1)
    zonda.wait_event("app_ready", after=mark)
    assert order(zonda, mark) == ["app_stopping", "app_exit", "app_started", "app_ready"]
    zonda.stop()


def test_overlap_off(mini, start):
    """Stopped first, but nobody is refused: connections wait."""
    zonda = start(mini, "--run.overlap=false").ready()
    mark = zonda.mark_here()
    with Clients(tcp(zonda), 0, 2) as clients:
        for number in range(5):
            reload(zonda, number)
    assert not clients.bad, clients.count
    assert order(zonda, mark)[:4] == ["app_stopping", "app_exit", "app_started", "app_ready"]
    zonda.stop()


def test_shell(mini, start):
    """Below a shell, which stays as the app's parent."""
    (mini / "zonda.toml").write_text(
        '[build]\ncommand = "go build -o app ."\n[run]\ncommand = "echo starting; ./app; echo ended"\n'
    )
    zonda = start(mini).ready()
    with Clients(tcp(zonda), 2, 2) as clients:
        for number in range(5):
            reload(zonda, number)
    assert not clients.bad, clients.count
    zonda.stop()


def serve_on(mini, listeners):
    """main.go serves on these: Go expressions of (net.Listener, error)."""
    path = mini / "main.go"
    text = path.read_text()
    old = text[text.index("\tgo func() {") : text.index("\tctx, stop :=")]
    new = "".join(
        "\tgo func() {\n"
        f"\t\tlistener, err := {listener}\n"
        "\t\tif err == nil {\n\t\t\terr = server.Serve(listener)\n\t\t}\n"
        "\t\tif !errors.Is(err, http.ErrServerClosed) {\n"
        '\t\t\tfmt.Fprintln(os.Stderr, "mini:", err)\n\t\t\tos.Exit(1)\n\t\t}\n\t}()\n'
        for listener in listeners
    )
    path.write_text(text.replace(old, new + "\n").replace('\t"fmt"\n', '\t"fmt"\n\t"net"\n'))


def test_two_listeners(mini, start):
    other = harness.free_port()
    serve_on(mini, ['net.Listen("tcp", server.Addr)', f'net.Listen("tcp", "127.0.0.1:{other}")'])
    zonda = start(mini).ready()
    both = lambda: http.client.HTTPConnection("127.0.0.1", other, timeout=20)  # noqa: E731
    zonda.served("one")  # the first generation is ready when it listens on something
    with socket.socket() as probe:
        assert harness.until(lambda: probe.connect_ex(("127.0.0.1", other)) == 0)
    with Clients(tcp(zonda), 1, 2) as one, Clients(both, 1, 2) as two:
        for number in range(5):
            reload(zonda, number)
    assert not one.bad and not two.bad, (one.count, two.count)
    zonda.stop()


def test_dual_stack(mini, start):
    serve_on(mini, ['net.Listen("tcp", ":"+os.Getenv("PORT"))'])
    zonda = start(mini).ready()
    with Clients(tcp(zonda), 1, 2) as four, Clients(tcp(zonda, "::1"), 1, 2) as six:
        for number in range(5):
            reload(zonda, number)
    assert not four.bad and not six.bad, (four.count, six.count)
    zonda.stop()


def test_unix_socket(mini, start):
    """Go removes the path when the old version closes; it is put back at once."""
    serve_on(mini, ['net.Listen("unix", "app.sock")', 'net.Listen("tcp", server.Addr)'])
    zonda = start(mini).ready()
    zonda.served("one")  # the first generation is ready when it listens on something
    with Clients(tcp(zonda), 1, 1) as clients:
        for number in range(5):
            mark = zonda.mark_here()
            reload(zonda, number)
            zonda.wait_event("app_exit", after=mark)
            connection = UnixConnection(mini / "app.sock")
            connection.request("GET", "/text")
            assert connection.getresponse().read().decode() == f"version-{number}"
            connection.close()
    assert not clients.bad, clients.count
    assert zonda.stop() == 0
    assert not [name for name in os.listdir(mini) if "sock" in name]


def test_udp(mini, start):
    """A UDP port cannot be handed over: the new version waits for it, and the connections wait too."""
    serve_on(mini, ['net.Listen("tcp", server.Addr)'])
    path = mini / "main.go"
    path.write_text(
        path.read_text().replace(
            "\tserver := &http.Server{",
            '\tudp, err := net.ListenPacket("udp", "127.0.0.1:"+os.Getenv("PORT"))\n'
            "\tif err != nil {\n\t\tpanic(err)\n\t}\n\tdefer udp.Close()\n\tserver := &http.Server{",
        )
    )
    zonda = start(mini).ready()
    with Clients(tcp(zonda), 0, 2) as clients:
        for number in range(5):
            reload(zonda, number)
    assert not clients.bad, clients.count
    told = [event for event in zonda.kinds("notice") if "UDP port" in event.message]
    assert len(told) == 1, zonda.story()
    zonda.stop()


def test_file_lock(mini, start):
    """The new version waits for a lock of the old one, which is seen at once: the old one goes."""
    path = mini / "main.go"
    path.write_text(
        path.read_text().replace(
            "\trouter := gin.Default()\n",
            '\tlock, _ := os.Create("lock")\n\tdefer lock.Close()\n'
            "\tif err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {\n\t\tpanic(err)\n\t}\n"
            "\trouter := gin.Default()\n",
        )
    )
    zonda = start(mini, "--run.ready_timeout=1h").ready()
    with Clients(tcp(zonda), 0, 2) as clients:
        for number in range(3):
            reload(zonda, number)
    assert not clients.bad, clients.count
    zonda.served("version-2")
    told = [event for event in zonda.kinds("notice") if "waits for a lock on lock" in event.message]
    assert len(told) == 1, zonda.story()
    zonda.stop()


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("setpriv"), reason="needs root and setpriv")
def test_without_privileges(start):
    """A user without any capability: the filter is taken with no_new_privs."""
    nobody = 65534
    with tempfile.TemporaryDirectory(prefix="zonda-nobody-") as directory:
        project = pathlib.Path(directory, "plain")
        shutil.copytree(harness.HERE / "projects" / "plain", project)
        for path in [pathlib.Path(directory), project, *project.iterdir()]:
            os.chown(path, nobody, nobody)
        prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all"]
        zonda = start(
            project, prefix=prefix, env={"HOME": directory, "XDG_RUNTIME_DIR": directory}
        ).ready()
        with Clients(tcp(zonda), 0, 2) as clients:
            for number in range(3):
                mark = zonda.mark_here()
                zonda.write("text.txt", f"version-{number}\n")
                zonda.wait_event("app_ready", after=mark)
                came = [kind for kind in order(zonda, mark) if kind != "app_exit"]  # perhaps of an older
                assert came[:2] == ["app_started", "app_stopping"], zonda.story()
        assert not clients.count["refused"], clients.count
        app = next(pid for pid, line in harness.marked(zonda.mark).items() if "app.py" in line)
        with open(f"/proc/{app}/status") as file:
            assert "NoNewPrivs:\t1" in file.read()
        zonda.send(signal.SIGTERM)
        assert zonda.wait_exit() == 0


# Refuses these system calls with EPERM, to zonda and all below it.
REFUSE = """
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
code = [(LOAD, 0, 0, 0)]
for number in sys.argv[1].split(","):
    code += [(EQUAL, 0, 1, int(number)), (RETURN, 0, 0, 0x00050000 | 1)]
code += [(RETURN, 0, 0, 0x7FFF0000)]
filter = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in code))
program = ctypes.create_string_buffer(struct.pack("@HP", len(code), ctypes.addressof(filter)))
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, program, 0, 0) == 0
os.execvp(sys.argv[2], sys.argv[2:])
"""
NUMBERS = {
    "x86_64": {"seccomp": 317, "pidfd_getfd": 438, "process_vm_readv": 310},
    "aarch64": {"seccomp": 277, "pidfd_getfd": 438, "process_vm_readv": 270},
}


def refusing(*names):
    numbers = NUMBERS[os.uname().machine]
    return ["python3", "-c", REFUSE, ",".join(str(numbers[name]) for name in names)]


@pytest.mark.parametrize("listen", ['"tcp", server.Addr', '"tcp", ":"+os.Getenv("PORT")', '"unix", "app.sock"'])
def test_sockets_cannot_be_taken(mini, start, listen):
    """As in a container whose filter refuses what a debugger does: the hand-off works all the same."""
    serve_on(mini, [f"net.Listen({listen})"])
    zonda = start(mini, prefix=refusing("pidfd_getfd", "process_vm_readv")).ready()
    unix = lambda: UnixConnection(mini / "app.sock")  # noqa: E731
    with Clients(unix if "unix" in listen else tcp(zonda), 2, 2) as clients:
        for number in range(5):
            mark = zonda.mark_here()
            reload(zonda, number)
            zonda.wait_event("app_exit", after=mark)
            assert order(zonda, mark)[:2] == ["app_started", "app_stopping"], zonda.story()
    # Go removes the path of its Unix socket, which is put back: for a moment it is not there.
    bad = {what: n for what, n in clients.bad.items() if "FileNotFound" not in what or "unix" not in listen}
    assert not bad, clients.count
    assert not [event for event in zonda.kinds("notice") if "no hand-off" in event.message]
    assert zonda.stop() == 0


def test_refused_by_the_system(mini, start):
    """As in a container that allows no seccomp(2): it is said once, and the old way is gone."""
    zonda = start(mini, prefix=refusing("seccomp")).ready()
    for number in range(2):
        mark = zonda.mark_here()
        reload(zonda, number)
        zonda.wait_event("app_ready", after=mark)
        assert order(zonda, mark) == ["app_stopping", "app_exit", "app_started", "app_ready"]
    told = [event for event in zonda.kinds("notice") if "no hand-off" in event.message]
    assert len(told) == 1 and "not permitted" in told[0].message, zonda.story()
    zonda.stop()
