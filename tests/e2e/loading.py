"""What the tests of `zonda load` share: the run, a real Go server whose behaviour is known, and
strict fakes for what no proper server does (rubbish, silence, resets)."""
import contextlib
import json
import pathlib
import socket
import struct
import subprocess
import threading
import time
import urllib.request

import zonda as harness

TARGET = pathlib.Path(__file__).resolve().parent / "projects" / "target"


class Done:
    """A run that is over."""

    def __init__(self, status, stdout, stderr, peak_kib):
        self.status, self.stdout, self.stderr = status, stdout, stderr
        self.peak_kib = peak_kib  # the most memory that was seen resident

    @property
    def json(self):
        return json.loads(self.stdout)

    def task(self, name):
        return next(task for task in self.json["tasks"] if task["name"] == name)


class Run:
    """zonda load in directory, with the scenario written there."""

    def __init__(self, directory, scenario, *args, json_out=True):
        self.file = directory / "load.toml"
        self.file.write_text(scenario)
        self.outputs = [open(directory / name, "w+") for name in ("load.out", "load.err")]
        command = [harness.binary(), "load", "load.toml", *(["-j"] if json_out else []), *args]
        self.process = subprocess.Popen(
            command, cwd=directory, stdin=subprocess.DEVNULL, stdout=self.outputs[0], stderr=self.outputs[1]
        )

    def wait(self):
        deadline, peak_kib = harness.Deadline(harness.WAIT_S * 2), 0
        while self.process.poll() is None:
            if deadline.over:
                self.process.kill()
            with contextlib.suppress(OSError, StopIteration):
                status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
                peak_kib = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
            time.sleep(0.05)
        texts = []
        for output in self.outputs:
            output.seek(0)
            texts.append(output.read())
            output.close()
        return Done(self.process.returncode, *texts, peak_kib)


def load(directory, scenario, *args, **options):
    return Run(directory, scenario, *args, **options).wait()


class Target:
    """The Go server of projects/target."""

    def __init__(self, binary, *args):
        self.process = subprocess.Popen(
            [binary, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.address = self.process.stdout.readline().strip()
        self.url = ("https://" if "-tls" in args else "http://") + self.address

    def requests(self):
        """How many have come so far, by method and path."""
        with urllib.request.urlopen(self.url + "/seen", timeout=harness.WAIT_S) as answer:
            return json.load(answer)

    def seen(self):
        """Ends it, and tells what it has seen."""
        out, _ = self.process.communicate(timeout=harness.WAIT_S)
        return json.loads(out)

    def cleanup(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def fake(answer):
    """A listener on loopback; answer(socket) has each connection in a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)

    def accept():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    def serve(connection):
        with contextlib.suppress(OSError), connection:
            answer(connection)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def read_request(connection):
    """The bytes of one request without a body; b"" at the end."""
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        piece = connection.recv(65536)
        if not piece:
            return b""
        data += piece
    return data


def reset(connection):
    read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang(connection):
    while connection.recv(65536):
        pass


def rubbish(connection):
    read_request(connection)
    connection.sendall(b"220 mail.example.com ESMTP\r\n\r\n")
    hang(connection)


def cut(connection):
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")


def one_each(connection):
    """Keeps the connection, as it says, but closes it when the next request comes."""
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    read_request(connection)
