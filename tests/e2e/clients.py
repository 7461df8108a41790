"""Clients that ask all the while, and count what they see."""
import collections
import http.client
import socket
import ssl
import threading
import time

# The server has closed the connection, and nothing of an answer has come.
GONE = (
    http.client.RemoteDisconnected,
    ConnectionResetError,
    BrokenPipeError,
    ssl.SSLEOFError,
    ssl.SSLZeroReturnError,
)


class Clients:
    """Asks on as many keep-alive connections and with as many fresh ones. Counted is what a client
    sees. A reused connection that closed before any byte of an answer is tried once more on a new
    one, as RFC 9112 (9.3.1) lets a client do. So is a fresh one (RFC 9110, 9.2.2), but that is counted
    apart: net/http's Shutdown can miss a connection that it has accepted at that moment."""

    def __init__(self, connect, reused=4, fresh=4, path="/text"):
        self.connect, self.path = connect, path
        self.count = collections.Counter()
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._reuse, daemon=True) for _ in range(reused)]
        self.threads += [threading.Thread(target=self._fresh, daemon=True) for _ in range(fresh)]

    def __enter__(self):
        self.begin = time.monotonic()
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join(20)
        self.rate = self.count["answered"] / (time.monotonic() - self.begin)
        print(f"{self.rate:.0f} requests/s, {dict(self.count)}")

    def _add(self, what):
        with self.lock:
            self.count[what] += 1

    def _ask(self, connection):
        connection.request("GET", self.path)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise http.client.HTTPException(f"status {answer.status}")

    def _once(self, again=True):
        """With a connection of its own, which is given back; None where it failed."""
        connection = self.connect()
        try:
            self._ask(connection)
            self._add("answered")
            return connection
        except ConnectionRefusedError:
            self._add("refused")
        except GONE as error:
            connection.close()
            if again and not self.over.is_set():
                self._add("missed by Shutdown")
                return self._once(again=False)
            self._add(f"failed: {type(error).__name__} {error}")
        except (OSError, http.client.HTTPException) as error:
            self._add(f"failed: {type(error).__name__} {error}")
        connection.close()
        return None

    def _fresh(self):
        while not self.over.is_set():
            connection = self._once()
            if connection:
                connection.close()

    def _reuse(self):
        connection = None
        while not self.over.is_set():
            if connection is None:
                connection = self._once()
                continue
            try:
                self._ask(connection)
                self._add("answered")
            except GONE:
                self._add("tried again")
                connection.close()
                connection = self._once()
            except (OSError, http.client.HTTPException) as error:
                self._add(f"failed: {type(error).__name__} {error}")
                connection.close()
                connection = None
            if connection is not None and connection.sock is None:  # Connection: close
                connection = None
        if connection:
            connection.close()

    @property
    def bad(self):
        return {what: n for what, n in self.count.items() if what not in ("answered", "tried again", "missed by Shutdown")}


def tcp(zonda, host="127.0.0.1"):
    return lambda: http.client.HTTPConnection(host, zonda.port, timeout=20)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=20)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


def tls(port):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return lambda: http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=context)


def reload(zonda, number, file="handlers/handlers.go"):
    text = zonda.read(file)
    old = text.split('Text = "', 1)[1].split('"', 1)[0]
    with zonda.one_reload():
        zonda.edit(file, f'Text = "{old}"', f'Text = "version-{number}"')
