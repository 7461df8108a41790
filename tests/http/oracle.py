#!/usr/bin/env python3
"""The parser of src/http against llhttp, which Node speaks HTTP with.

usage: oracle.py --driver build/tests/http/parse_driver [--httptools DIR] [--cases N] [--seed N]

Both read the same connections: a corpus of ordinary ones and of known attacks, and mutations of
them. What llhttp (in its strict mode, as PyPI's httptools has it) refuses is to be refused, and what
both take is to be the same message, byte for byte. What only src/http refuses is counted by reason.
The last line counts the connections.
"""
import argparse
import collections
import random
import subprocess
import sys

from corpus import REQUESTS, REQUESTS_FINE, RESPONSES, RESPONSES_FINE

US, RS, GS, STX, ETX = "\x1f", "\x1e", "\x1d", "\x02", "\x03"

# llhttp knows a list of methods; RFC 9110 (9.1) allows any token. Another one is tried as POST.
METHODS = set(
    b"DELETE GET HEAD POST PUT CONNECT OPTIONS TRACE COPY LOCK MKCOL MOVE PROPFIND PROPPATCH SEARCH "
    b"UNLOCK BIND REBIND UNBIND ACL REPORT MKACTIVITY CHECKOUT MERGE M-SEARCH NOTIFY SUBSCRIBE "
    b"UNSUBSCRIBE PATCH PURGE MKCALENDAR LINK UNLINK QUERY".split()
)


class Seen:
    """llhttp's callbacks, written as parse_driver writes messages."""

    def __init__(self, kind):
        self.kind, self.messages, self.parser = kind, [], None

    def on_message_begin(self):
        self.url = self.reason = b""
        self.fields, self.trailers, self.body, self.head_done = [], [], b"", False

    def on_url(self, url):
        self.url += url

    def on_status(self, reason):
        self.reason += reason

    def on_header(self, name, value):
        (self.trailers if self.head_done else self.fields).append((name, value.strip(b" \t")))

    def on_headers_complete(self):
        self.head_done = True

    def on_body(self, body):
        self.body += body

    def on_message_complete(self):
        self.messages.append(self.head() + self.body.hex() + STX + self.lines(self.trailers))

    @staticmethod
    def lines(fields):
        return "".join(f"{name.decode('latin-1')}:{(value or b'').decode('latin-1')}{US}" for name, value in fields)

    def head(self):
        if self.kind == "q":
            start = (self.parser.get_method().decode(), self.url.decode("latin-1"))
        else:
            start = (str(self.parser.get_status_code()), self.reason.decode("latin-1"))
        return US.join([*start, self.parser.get_http_version(), ""]) + self.lines(self.fields) + ETX


def llhttp(httptools, kind, data):
    """(complete messages, the head of the one under way or None, how it went on)"""
    seen = Seen(kind)
    make = httptools.HttpRequestParser if kind == "q" else httptools.HttpResponseParser
    seen.parser = make(seen)
    state = "fed"
    try:
        seen.parser.feed_data(data)
    except httptools.HttpParserUpgrade:
        state = "upgrade"
    except httptools.HttpParserError as error:
        state = f"refused: {error}"
    begun = getattr(seen, "head_done", False)
    return seen.messages, seen.head() if begun else None, state


def mutate(rng, data):
    """One to three small damages, of the kinds that parsers differ in."""
    tokens = [b"\r", b"\n", b"\r\n", b" ", b"\t", b"\0", b":", b",", b";", b"0", b"1", b"9" * 20, b"-", b"+", b"x",
              b"\x0b", b"\x0c", b"\x7f", b"\x80", b"\xff", b"#", b"\\", b'"', b"chunked", b"close", b"HTTP/1.1",
              b"Content-Length: 3\r\n", b"Content-Length: 0\r\n", b"Transfer-Encoding: chunked\r\n", b"Host: b\r\n",
              b"Transfer-Encoding: identity\r\n", b" folded\r\n", b"0\r\n\r\n", b"Connection: close\r\n",
              b"GET / HTTP/1.1\r\nHost: c\r\n\r\n"]  # fmt: skip
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(data) + 1)
        what = rng.random()
        if what < 0.35:
            data = data[:at] + rng.choice(tokens) + data[at:]
        elif what < 0.5:
            data = data[:at] + data[at + rng.randint(1, 3) :]
        elif what < 0.65 and at < len(data):
            data = data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
        elif what < 0.75 and at < len(data):
            data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
        else:  # a line: doubled, gone, or moved; or a token in the place of a line's end
            lines = data.split(b"\r\n")
            line = rng.randrange(len(lines))
            if what < 0.83:
                lines.insert(line, lines[line])
            elif what < 0.88:
                del lines[line]
            elif what < 0.93:
                lines.insert(rng.randrange(len(lines)), lines.pop(line))
            else:
                ends = [b"\n", b"\r", b"\r\r\n", b" \r\n", b"\r\n ", b"\r\n\t"]
                parts = [piece + b"\r\n" for piece in lines[:-1]] + [lines[-1]]
                if line < len(lines) - 1:
                    parts[line] = lines[line] + rng.choice(ends)
                data = b"".join(parts)
                continue
            data = b"\r\n".join(lines)
    return data


def known_method(data):
    method, _, rest = data.partition(b" ")
    if method in METHODS or not rest:
        return data
    return b"POST " + rest


def other_method(message, their_state):
    """A later message of the connection, refused there at its method, which llhttp does not know."""
    methodical = their_state in ("refused: Invalid method encountered", "refused: Expected space after method")
    return methodical and message.partition(US)[0].encode("latin-1") not in METHODS


def compare(ours, theirs):
    """What is wrong, or None."""
    messages, _, state = ours.rpartition(GS)
    *whole, partial = messages.split(RS)
    their_whole, their_head, their_state = theirs
    for number, message in enumerate(whole):
        if number < len(their_whole):
            if message != their_whole[number]:
                return f"another message: {message!r} here, {their_whole[number]!r} there"
        elif number == len(their_whole) and other_method(message, their_state):
            return None
        elif their_state != "upgrade" or not message.startswith(their_head or "\0"):
            return f"taken here, there {their_state}: {message!r}"
    # A head that ends in an upgrade, or a body without an end, has been taken too.
    if state in ("upgrade", "until close") and len(whole) >= len(their_whole):
        if other_method(partial, their_state):
            return None
        if their_state.startswith("refused") or (their_head and not their_head.startswith(partial)):
            return f"{state} here, there {their_state}: {partial!r} {their_head!r}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--driver", required=True)
    parser.add_argument("--httptools", help="where pip --target has put it")
    parser.add_argument("--cases", type=int, default=250000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.httptools:
        sys.path.insert(0, options.httptools)
    import httptools

    rng = random.Random(options.seed)
    cases = [("q", text) for text in REQUESTS] + [("r", text) for text in RESPONSES]
    own = list(cases)
    fine = [("q", text) for text in REQUESTS[:REQUESTS_FINE]] + [("r", text) for text in RESPONSES[:RESPONSES_FINE]]
    while len(cases) < options.cases:
        kind, text = rng.choice(fine if rng.random() < 0.6 else own)
        cases.append((kind, mutate(rng, text)))
    cases = [(kind, known_method(data) if kind == "q" else data) for kind, data in cases]

    feed = b"".join(kind.encode() + len(data).to_bytes(4, "little") + data for kind, data in cases)
    ran = subprocess.run([options.driver], input=feed, capture_output=True, check=True)
    lines = ran.stdout.decode("latin-1").split("\n")
    assert len(lines) == len(cases) + 1, "the driver lost records"

    wrong, taken, stricter, both = 0, 0, collections.Counter(), 0
    for (kind, data), ours in zip(cases, lines):
        theirs = llhttp(httptools, kind, data)
        fault = compare(ours, theirs)
        state = ours.rpartition(GS)[2]
        if fault:
            wrong += 1
            if wrong <= 20:
                print(f"{data!r}\n    {fault}")
        elif state in ("end", "close", "upgrade", "until close", "more"):
            taken += 1
        elif theirs[2].startswith("refused"):
            both += 1
        else:
            stricter[state] += 1
    print(f"{taken} taken by both, {both} refused by both, {sum(stricter.values())} refused by src/http alone:")
    for reason, count in stricter.most_common():
        print(f"  {count:6} {reason}")
    print(f"{len(cases) - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
