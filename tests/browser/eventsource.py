"""An EventSource client, written against WHATWG HTML, "Server-sent events", and nothing else.

It knows no event of zonda's. A stream is read by the grammar of "Parsing an event stream", fields
are dealt with as in "Interpreting an event stream", and a connection that ends is made again after
the reconnection time, with Last-Event-ID.
"""
import codecs
import http.client
import queue
import re
import threading
import time

from zonda import WAIT_S


class Failed(Exception):
    """The connection failed for good: the answer is no event stream."""


class Interpreter:
    """Text in pieces to events; 9.2.6."""

    def __init__(self, dispatch):
        self.dispatch = dispatch
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.text = ""
        self.first = True
        self.data, self.event = [], ""
        self.id_buffer = ""
        self.last_id = ""
        self.retry_ms = None
        self.comments = []

    def feed(self, piece):
        self.text += self.decoder.decode(piece)
        if self.first and self.text:
            self.first = False
            self.text = self.text.removeprefix("\ufeff")
        while True:
            found = re.search(r"\r\n|\n|\r(?!$)", self.text)
            if not found:  # a CR at the end may be the half of a CRLF
                return
            line, self.text = self.text[: found.start()], self.text[found.end() :]
            self.line(line)

    def line(self, line):
        if not line:
            self.blank()
        elif line.startswith(":"):
            self.comments.append(line[1:])
        else:
            name, _, value = line.partition(":")
            self.field(name, value.removeprefix(" "))

    def field(self, name, value):
        if name == "event":
            self.event = value
        elif name == "data":
            self.data.append(value)
        elif name == "id":
            if "\0" not in value:
                self.id_buffer = value
        elif name == "retry":
            if value.isascii() and value.isdigit():
                self.retry_ms = int(value)

    def blank(self):
        self.last_id = self.id_buffer
        data, event = self.data, self.event
        self.data, self.event = [], ""
        if data:
            self.dispatch(event or "message", "\n".join(data), self.last_id)


class EventSource:
    """new EventSource(url), in a thread of its own; what it dispatches is taken with next."""

    def __init__(self, port, path="/refresh-signal", origin=None, last_id=""):
        self.port, self.path, self.origin = port, path, origin
        self.events = queue.Queue()
        self.interpreter = Interpreter(lambda *event: self.events.put(event))
        self.interpreter.last_id = self.interpreter.id_buffer = last_id
        self.retry_ms = 3000
        self.opened = 0
        self.headers = None
        self.failed = None
        self.closed = False
        self.connection = None
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.closed and not self.failed:
            try:
                self.once()
            except Failed as failure:
                self.failed = failure
                self.events.put(None)
                return
            except (OSError, http.client.HTTPException, ValueError, AttributeError):
                pass  # it ended, or could not be made: again
            if self.interpreter.retry_ms is not None:
                self.retry_ms = self.interpreter.retry_ms
            time.sleep(self.retry_ms / 1000)

    def once(self):
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        if self.interpreter.last_id:
            headers["Last-Event-ID"] = self.interpreter.last_id
        if self.origin:
            headers["Origin"] = self.origin
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
        self.connection.request("GET", self.path, headers=headers)
        answer = self.connection.getresponse()
        self.headers = answer.headers
        kind = answer.headers.get_content_type()
        if answer.status != 200 or kind != "text/event-stream":
            raise Failed(f"{answer.status} {kind}")
        if self.origin and answer.headers["Access-Control-Allow-Origin"] not in (self.origin, "*"):
            raise Failed("no Access-Control-Allow-Origin")
        # What belonged to the connection before is gone; the last id stays.
        old = self.interpreter
        self.interpreter = Interpreter(old.dispatch)
        self.interpreter.last_id = self.interpreter.id_buffer = old.last_id
        self.interpreter.comments = old.comments
        self.opened += 1
        while piece := answer.read1(65536):
            self.interpreter.feed(piece)

    def next(self, timeout=WAIT_S):
        """(type, data, last event id) of the next event."""
        event = self.events.get(timeout=timeout)
        if event is None:
            raise self.failed
        return event

    def drop(self):
        """The network breaks."""
        import socket

        if self.connection and self.connection.sock:
            self.connection.sock.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.closed = True
        self.drop()
