"""HTTP/1.1 by hand, for tests of what goes over the wire: what was received is what is compared."""
import contextlib
import hashlib
import http.client
import json
import socket

import zonda as harness

# One connection's own, or made anew for each answer.
ITS_OWN = {"connection", "keep-alive", "transfer-encoding", "date", "proxy-connection", "x-asked"}


class Answer:
    def __init__(self, status, reason, fields, body, trailers=()):
        self.status, self.reason, self.fields, self.body = status, reason, list(fields), body
        self.trailers = list(trailers)

    def __getitem__(self, name):
        """All values of a field, joined; None where there is none."""
        values = [value for key, value in self.fields if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)

    def comparable(self):
        """Names in their order and spelling, without what is one connection's own. Content-Length is
        framing, and may stand elsewhere."""
        fields = [(name, value) for name, value in self.fields if name.lower() not in ITS_OWN]
        fields.sort(key=lambda field: field[0].lower() == "content-length")
        return self.status, self.reason, fields, self.body, self.trailers

    def through_the_proxy(self):
        """The same as a client of the proxy is to see it: asked about each time, where it says nothing of that."""
        status, reason, fields, body, trailers = self.comparable()
        kept = status in range(200, 300) or status == 304
        if kept and not any(name.lower() in ("cache-control", "expires") for name, _ in fields):
            at = len(fields) - (bool(fields) and fields[-1][0].lower() == "content-length")
            fields.insert(at, ("Cache-Control", "no-cache"))
        return status, reason, fields, body, trailers


class Wire:
    """One connection, on which requests are sent as bytes and answers are read to their end."""

    def __init__(self, port, timeout=None, tls=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout or harness.WAIT_S)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.stream = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        with contextlib.suppress(OSError):
            self.stream.close()
            self.socket.close()

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def ask(self, method, target, fields=(), body=b"", host="example.test"):
        lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in fields)]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        self.send("\r\n".join([*lines, "", ""]).encode() + body)
        return self.answer(method)

    def head(self):
        """(status, reason, fields) of the next head."""
        line = self.stream.readline().decode("latin-1")
        if not line:
            raise ConnectionError("closed without an answer")
        version, status, reason = (line.rstrip("\r\n").split(" ", 2) + [""])[:3]
        assert version == "HTTP/1.1", line
        return int(status), reason, self.fields()

    def fields(self):
        found = []
        while (line := self.stream.readline().decode("latin-1")) not in {"\r\n", ""}:
            name, value = line.rstrip("\r\n").split(":", 1)
            found.append((name, value.strip()))
        return found

    def exactly(self, count):
        data = self.stream.read(count)
        if len(data) != count:
            raise ConnectionError(f"cut after {len(data)} of {count} bytes")
        return data

    def chunk(self):
        """One chunk's bytes, b"" for the last one."""
        line = self.stream.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("cut between chunks")
        size = int(line.strip().split(b";")[0], 16)
        if size == 0:
            return b""
        data = self.exactly(size)
        assert self.exactly(2) == b"\r\n"
        return data

    def answer(self, method="GET"):
        status, reason, fields = self.head()
        named = {name.lower(): value for name, value in fields}
        body, after = b"", []
        if method == "HEAD" or status in {204, 304} or status < 200:
            pass
        elif named.get("transfer-encoding") == "chunked":
            while data := self.chunk():
                body += data
            after = self.fields()
        elif "content-length" in named:
            body = self.exactly(int(named["content-length"]))
        else:
            body = self.stream.read()
        return Answer(status, reason, fields, body, after)


def ask(port, method, target, fields=(), body=b"", host="example.test", **options):
    with Wire(port, **options) as wire:
        return wire.ask(method, target, fields, body, host)


def digest(port, target):
    """(length, SHA-256) of a body that is too large to keep."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=harness.WAIT_S)
    try:
        connection.request("GET", target)
        answer, total, hashed = connection.getresponse(), 0, hashlib.sha256()
        while data := answer.read(1 << 16):
            total += len(data)
            hashed.update(data)
        return total, hashed.hexdigest()
    finally:
        connection.close()


def memory_kb(pid, what="RssAnon"):
    """VmHWM: the most that it ever was."""
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(what + ":"))


def sanitized():
    """Is zonda built with AddressSanitizer, whose memory is no measure?"""
    with open(harness.binary(), "rb") as file:
        return b"__asan_init" in file.read()
