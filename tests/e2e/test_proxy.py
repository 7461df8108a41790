"""The proxy: what goes through it arrives as it was sent, and nothing is lost while the app is away.

The app is a real Gin server (projects/wire), behind a real zonda; the client writes bytes.
"""
import contextlib
import gzip
import hashlib
import itertools
import os
import re
import shutil
import signal
import socket
import ssl
import threading

import pytest
import zonda as harness
from conftest import HERE, copy
from wires import Wire, ask, digest, memory_kb, sanitized

BROWSER = [("Sec-Fetch-Dest", "document"), ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")]
SCRIPT = b'<script src="/__zonda/client.js" async></script>'
PAGE = b"<!doctype html>\n<html><head><title>x</title></head><body><p>hello</p></body></html>\n"
INJECTED = PAGE.replace(b"<head>", b"<head>" + SCRIPT)
GROWTH_KB = 24 << 10  # what any number of large bodies may cost zonda
BROTLI_PAGE = (
    "1b5300208cd462cd9c0ed43c0a3e78eb05ce0d0e34502849d36cb268f0189e72bb568a95136b26e4f4e863dfdc1dc0a8e600"
)


@pytest.fixture
def wire(warm, tmp_path):
    return copy(HERE / "projects" / "wire", tmp_path / "wire")


@pytest.fixture
def proxied(wire, start):
    """begin(*args) starts zonda with a proxy before projects/wire; its port is in .proxy."""

    def begin(*args, ready=True, env=None, project=wire):
        port = harness.free_port()
        zonda = start(project, f"--proxy.port={port}", *args, env=env)
        zonda.proxy = port
        return zonda.ready() if ready else zonda

    return begin


@pytest.fixture
def open_gate():
    """open_gate(zonda, name): lets one who waits in the app go on."""
    return lambda zonda, name: ask(zonda.port, "POST", f"/gate/{name}")


def store(zonda, name, head, body):
    """What the app answers at /answer/NAME from now on."""
    raw = "\r\n".join(["HTTP/1.1 200 OK", *head, f"Content-Length: {len(body)}", "", ""]).encode() + body
    assert ask(zonda.port, "POST", f"/answer/{name}", body=raw).status == 204


# --- as it was sent ---


@pytest.mark.crucial
def test_answers_pass_byte_for_byte(proxied):
    zonda = proxied()
    requests = [
        ("GET", "/bytes/0", []),
        ("GET", "/bytes/1", []),
        ("GET", "/bytes/300000", []),
        ("GET", "/bytes/300000?chunked=1", []),
        ("HEAD", "/bytes/300000", []),
        ("HEAD", "/bytes/10?chunked=1", []),
        ("GET", "/file", []),
        ("HEAD", "/file", []),
        ("GET", "/file", [("Range", "bytes=10-19")]),
        ("GET", "/file", [("Range", "bytes=-5"), ("If-Range", '"file-1"')]),
        ("GET", "/file", [("Range", "bytes=99999-")]),
        ("GET", "/file", [("If-None-Match", '"file-1"')]),
        ("HEAD", "/file", [("If-None-Match", '"file-1"')]),
        ("GET", "/file", [("If-Modified-Since", "Sun, 01 Nov 2026 12:00:00 GMT")]),
        ("GET", "/nothing/here", []),
        ("GET", "/trailers", []),
        ("OPTIONS", "/file", []),
    ]
    with Wire(zonda.port) as direct, Wire(zonda.proxy) as through:
        for method, target, fields in requests:
            expected = direct.ask(method, target, fields)
            seen = through.ask(method, target, fields)
            assert seen.comparable() == expected.through_the_proxy(), (method, target, fields)
    several = [("Range", "bytes=0-4,100-104")]  # its boundary is random
    expected, seen = (ask(port, "GET", "/file", several) for port in (zonda.port, zonda.proxy))
    assert seen.status == expected.status == 206 and len(seen.body) == len(expected.body)


@pytest.mark.crucial
def test_requests_pass_as_they_are(proxied):
    zonda = proxied()
    fields = [
        ("X-One", "a"),
        ("x-one", "b"),
        ("Cookie", "a=b; c=d"),
        ("Accept-Encoding", "gzip, br"),
        ("Connection", "keep-alive, X-Mine"),
        ("X-Mine", "of this connection"),
        ("TE", "trailers"),
        ("Keep-Alive", "timeout=5"),
        ("Proxy-Connection", "keep-alive"),
    ]
    target = "/echo/a%2Fb/..%2f//c;d=e?q=%20+&&x=1?"
    seen = ask(zonda.proxy, "PUT", target, fields, b"\0\xff" * 100, host="shop.test:1234").json()
    assert (seen["method"], seen["uri"], seen["host"]) == ("PUT", target, "shop.test:1234")
    assert seen["length"] == 200 and seen["sha256"] == hashlib.sha256(b"\0\xff" * 100).hexdigest()
    got = seen["fields"]
    assert got["X-One"] == ["a", "b"] and got["Cookie"] == ["a=b; c=d"] and got["Accept-Encoding"] == ["gzip, br"]
    assert not {"Connection", "X-Mine", "Te", "Keep-Alive", "Proxy-Connection"} & set(got)
    assert got["X-Forwarded-For"] == ["127.0.0.1"]
    assert got["X-Forwarded-Host"] == ["shop.test:1234"] and got["X-Forwarded-Proto"] == ["http"]
    before = [("X-Forwarded-For", "10.0.0.9"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "outside.test")]
    got = ask(zonda.proxy, "GET", "/echo", before).json()["fields"]
    assert got["X-Forwarded-For"] == ["10.0.0.9, 127.0.0.1"]  # another proxy of this machine is believed
    assert got["X-Forwarded-Proto"] == ["https"] and got["X-Forwarded-Host"] == ["outside.test"]


def test_bodies_of_requests(proxied):
    zonda = proxied()
    empty = ask(zonda.proxy, "POST", "/echo", [("Content-Length", "0")]).json()
    assert empty["length"] == 0 and empty["count"] == 0
    with Wire(zonda.proxy) as wire:
        wire.send(
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
            "3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nX-Sum: 42\r\n\r\n"
        )
        seen = wire.answer().json()
        assert seen["coding"] == ["chunked"] and seen["count"] == 5
        assert seen["trailers"] == {"X-Sum": ["42"]}
        assert wire.ask("GET", "/echo").status == 200  # the connection goes on


@pytest.mark.crucial
def test_large_bodies_cost_no_memory(proxied, open_gate):
    """Up, while the app does not read, and down, to a client that does not read."""
    zonda = proxied()
    size = 48 << 20
    digest(zonda.proxy, "/bytes/1000000")
    before = memory_kb(zonda.process.pid, "VmHWM")

    block = os.urandom(1 << 16)
    expected = hashlib.sha256(block * (size // len(block))).hexdigest()
    with Wire(zonda.proxy) as wire:
        wire.send(f"POST /upload?gate=up HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n")
        sender = threading.Thread(target=lambda: [wire.send(block) for _ in range(size // len(block))])
        sender.start()
        open_gate(zonda, "up")
        sender.join()
        seen = wire.answer().json()
    assert seen["count"] == size and seen["sha256"] == expected

    with Wire(zonda.proxy) as slow:  # reads the head and nothing else, until the app is stuck
        slow.send(f"GET /bytes/{size} HTTP/1.1\r\nHost: a\r\n\r\n")
        assert slow.head()[0] == 200
        assert digest(zonda.proxy, f"/bytes/{size}") == digest(zonda.port, f"/bytes/{size}")
        taken = slow.exactly(size)
    assert hashlib.sha256(taken).hexdigest() == digest(zonda.port, f"/bytes/{size}")[1]
    grown = memory_kb(zonda.process.pid, "VmHWM") - before
    assert grown < GROWTH_KB or sanitized(), grown


def test_interim_answers(proxied, open_gate):
    zonda = proxied()
    with Wire(zonda.proxy) as wire:
        wire.send(
            "POST /upload?gate=c HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
        )
        open_gate(zonda, "c")  # only now does the app read, and ask for the body by that
        assert wire.head()[0] == 100
        wire.send("body")
        assert wire.answer().json()["count"] == 4
    with Wire(zonda.proxy) as wire:
        wire.send("POST /unread HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        assert wire.answer().status == 413  # without 100
    with Wire(zonda.proxy) as wire:
        wire.send("GET /early HTTP/1.1\r\nHost: a\r\n\r\n")
        status, _, fields = wire.head()
        assert status == 103 and ("Link", "</style.css>; rel=preload") in fields
        assert wire.answer().text == "late"


def test_connections_are_kept(proxied):
    zonda = proxied()
    with Wire(zonda.proxy) as wire:
        ports = {wire.ask("GET", "/echo").json()["remote"] for _ in range(5)}
    assert len(ports) == 1  # one connection to the app for all five
    with Wire(zonda.proxy) as wire:
        wire.send("GET /version HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert wire.answer()["connection"] == "close" and wire.stream.read() == b""
    with Wire(zonda.proxy) as wire:  # pipelined
        wire.send("GET /bytes/5 HTTP/1.1\r\nHost: a\r\n\r\nGET /version HTTP/1.1\r\nHost: a\r\n\r\n")
        assert len(wire.answer().body) == 5 and wire.answer().text == "one"
    with contextlib.closing(socket.create_connection(("127.0.0.1", zonda.proxy))) as old:
        old.sendall(b"GET /bytes/5?chunked=1 HTTP/1.0\r\n\r\n")
        answer = b"".join(iter(lambda: old.recv(65536), b""))
    assert b"\r\n\r\n" in answer and len(answer.split(b"\r\n\r\n", 1)[1]) == 5  # no chunks for 1.0


def test_upgrades_are_tunnels(proxied):
    zonda = proxied()
    with Wire(zonda.proxy) as wire:
        wire.send("GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo/1\r\n\r\nearly ")
        status, _, fields = wire.head()
        assert status == 101
        assert ("Upgrade", "echo/1") in fields and ("X-Answer", "yes") in fields
        assert wire.exactly(12) == b"hello early "
        block = os.urandom(1 << 20)
        sender = threading.Thread(target=wire.send, args=(block,))
        sender.start()
        assert wire.exactly(len(block)) == block
        sender.join()
        wire.socket.shutdown(socket.SHUT_WR)  # one way only
        assert wire.stream.read() == b" bye"
    answer = ask(zonda.proxy, "GET", "/version", [("Connection", "Upgrade"), ("Upgrade", "none/1")])
    assert answer.status == 200 and answer.text == "one"  # the app may ignore it


def test_events_come_as_they_are_sent(proxied, open_gate):
    zonda = proxied()
    with Wire(zonda.proxy) as wire:
        wire.send("GET /events?gate=e HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n")
        assert wire.head()[0] == 200
        for number in range(1, 4):  # each one is here before the next one is made
            assert wire.chunk() == f"id: {number}\ndata: event {number}\n\n".encode()
            open_gate(zonda, "e")
        assert wire.chunk().startswith(b"id: 4")


def test_what_is_no_request_for_the_app(proxied):
    zonda = proxied()
    for request, status in [
        ("CONNECT example.test:443 HTTP/1.1\r\nHost: example.test:443\r\n\r\n", 501),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("GET /__zonda/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    ]:
        with Wire(zonda.proxy) as wire:
            wire.send(request)
            assert wire.answer().status == status, request
    seen = ask(zonda.proxy, "GET", "http://other.test?a=b").status
    assert seen == 404  # the app's, for its path /
    seen = ask(zonda.proxy, "GET", "http://other.test:81/echo/x?a=b").json()
    assert (seen["uri"], seen["host"]) == ("/echo/x?a=b", "other.test:81")


# --- an app that breaks off ---


def test_retries(proxied):
    """Once, and only what may be sent twice."""
    zonda = proxied()
    assert ask(zonda.proxy, "GET", "/drop/get").text == "2"
    assert ask(zonda.proxy, "PUT", "/drop/put", body=b"x" * 1000).text == "2"
    lost = ask(zonda.proxy, "POST", "/drop/post", body=b"x")
    assert lost.status == 502 and "may have been carried out" in lost.text
    assert ask(zonda.port, "GET", "/drop/post?count=1").text == "2"  # it came once
    assert ask(zonda.proxy, "PUT", "/drop/large", body=b"x" * 200000).status == 502  # not kept


def test_a_cut_answer_is_cut(proxied):
    zonda = proxied()
    with Wire(zonda.proxy) as wire:
        wire.send("GET /half HTTP/1.1\r\nHost: a\r\n\r\n")
        status, _, fields = wire.head()
        assert status == 200 and ("Content-Length", "10") in fields
        with pytest.raises(ConnectionError, match="cut after 4"):
            wire.exactly(10)


# --- an app that is away ---


@pytest.mark.crucial
def test_requests_wait_for_the_first_build(proxied):
    zonda = proxied(ready=False)
    zonda.wait_event("build_begin")
    answers = {}

    def request(name, *args):
        answers[name] = ask(zonda.proxy, *args)

    threads = [
        threading.Thread(target=request, args=("get", "GET", "/version")),
        threading.Thread(target=request, args=("post", "POST", "/echo", [], b"p" * 50000)),
        threading.Thread(target=request, args=("large", "POST", "/echo", [], b"q" * (1 << 20))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers["get"].text == "one"
    assert answers["post"].json()["sha256"] == hashlib.sha256(b"p" * 50000).hexdigest()
    assert answers["large"].json()["count"] == 1 << 20


def test_requests_wait_for_a_restart(proxied):
    zonda = proxied("--run.overlap=false", "--run.restart_delay=100ms")
    os.kill(zonda.app_pid, signal.SIGKILL)
    zonda.wait_event("app_exit")
    assert ask(zonda.proxy, "POST", "/echo", body=b"x").status == 200


@pytest.mark.parametrize("overlap", ["true", "false"])
def test_nothing_is_lost_in_a_reload(proxied, wire, overlap):
    """Requests on kept and on fresh connections, all through reloads."""
    zonda = proxied(f"--run.overlap={overlap}")
    over, lost, counts = threading.Event(), [], [0, 0]

    def seen(sort, method, answer):
        counts[sort] += 1
        if answer.status != 200:
            lost.append((method, answer.status, answer.text))

    def kept():
        with Wire(zonda.proxy) as client:
            while not over.is_set():
                for method, body in (("GET", b""), ("PUT", b"x"), ("POST", b"x")):
                    seen(0, method, client.ask(method, "/echo", body=body))

    def fresh():
        while not over.is_set():
            for method, body in (("PUT", b"y"), ("POST", b"y")):
                seen(1, method, ask(zonda.proxy, method, "/echo", body=body))

    def guarded(work):
        try:
            work()
        except (OSError, ValueError) as error:
            lost.append(repr(error))

    threads = [threading.Thread(target=guarded, args=(work,)) for work in (kept, kept, fresh)]
    for thread in threads:
        thread.start()
    for number in range(5):
        with zonda.one_reload(action="build"):
            text = (wire / "main.go").read_text()
            (wire / "main.go").write_text(re.sub(r'version = ".*"', f'version = "v{number}"', text))
    over.set()
    for thread in threads:
        thread.join()
    assert not lost, lost[:5]
    assert min(counts) > 0
    assert ask(zonda.proxy, "GET", "/version").text == "v4"


@pytest.mark.crucial
@pytest.mark.parametrize("overlap", ["true", "false"])
def test_each_post_arrives_once(proxied, wire, tmp_path, overlap):
    """Bodies on kept and on fresh connections, all through reloads: none fails, none comes twice."""
    (wire / "zonda.toml").write_text('[[rule]]\nmatch = ["again.txt"]\naction = "restart"\n')
    (wire / "again.txt").touch()
    notes = tmp_path / "notes"
    zonda = proxied(f"--run.overlap={overlap}", env={"NOTES": str(notes)})
    over, bad, sent = threading.Event(), [], []

    def post(client, note):
        sent.append(note)
        answer = client.ask("POST", "/note", body=note.encode())
        if answer.status != 204:
            bad.append((note, answer.status, answer.text))

    def kept(name):
        with Wire(zonda.proxy) as client:
            for number in itertools.takewhile(lambda _: not over.is_set(), itertools.count()):
                post(client, f"kept {name} {number}")

    def fresh(name):
        for number in itertools.takewhile(lambda _: not over.is_set(), itertools.count()):
            with Wire(zonda.proxy) as client:
                post(client, f"fresh {name} {number}")

    def guarded(work, name):
        try:
            work(name)
        except (OSError, ValueError) as error:
            bad.append((work.__name__, repr(error)))

    works = [(kept, name) for name in range(3)] + [(fresh, 0)]
    threads = [threading.Thread(target=guarded, args=work) for work in works]
    for thread in threads:
        thread.start()
    for number in range(25):
        with zonda.one_reload(action="restart"):
            (wire / "again.txt").write_text(f"{number}")
    over.set()
    for thread in threads:
        thread.join()
    assert not bad, (len(bad), bad[:5])
    assert sorted(notes.read_text().split("\n")[:-1]) == sorted(sent) and len(sent) > 500
    assert zonda.stop() == 0


def test_a_failed_build_is_told(proxied, wire):
    (wire / "main.go").write_text((wire / "main.go").read_text() + "\nfunc broken() int { return nothing }\n")
    zonda = proxied(ready=False)
    zonda.wait_event("reload_end", outcome="build_failed")
    plain = ask(zonda.proxy, "GET", "/version")
    assert plain.status == 503 and plain["retry-after"] == "1" and plain["cache-control"] == "no-store"
    assert plain["content-type"].startswith("text/plain") and re.search(r"main\.go:\d+:\d+: .*nothing", plain.text)
    page = ask(zonda.proxy, "GET", "/version", BROWSER)
    assert page.status == 503 and page["content-type"].startswith("text/html")
    assert SCRIPT in page.body and b"undefined: nothing" in page.body
    problem = ask(zonda.proxy, "GET", "/version", [("Accept", "application/json")])
    assert problem.status == 503 and problem["content-type"] == "application/problem+json"
    assert problem.json()["status"] == 503
    assert "nothing" in problem.json()["reload"]["diagnostics"][0]["message"]
    with zonda.one_reload(action="build"):
        text = (wire / "main.go").read_text()
        (wire / "main.go").write_text(text.replace("return nothing", "return 1"))
    assert ask(zonda.proxy, "GET", "/version").text == "one"


def test_hold_timeout(proxied, wire, tmp_path):
    """A build that does not end before the request gives up waiting."""
    os.mkfifo(tmp_path / "gate")
    (wire / "zonda.toml").write_text(f'[build]\nbefore = ["cat {tmp_path}/gate"]\n')
    zonda = proxied("--proxy.hold_timeout=200ms", ready=False)
    zonda.wait_event("build_begin")
    answer = ask(zonda.proxy, "GET", "/version", [("Accept", "application/json")])
    assert answer.status == 503 and answer["retry-after"] == "1"
    assert "within 200 ms" in answer.json()["detail"]
    gone = Wire(zonda.proxy)  # one that goes away while it waits
    gone.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
    gone.close()
    (tmp_path / "gate").write_text("")
    zonda.ready()
    assert ask(zonda.proxy, "GET", "/version").text == "one"


def test_too_many_requests_wait(proxied, wire, tmp_path):
    """Past a bound they are told so at once; those that wait are served."""
    os.mkfifo(tmp_path / "gate")
    (wire / "zonda.toml").write_text(f'[build]\nbefore = ["cat {tmp_path}/gate"]\n')
    zonda = proxied(ready=False)
    zonda.wait_event("build_begin")
    with contextlib.ExitStack() as stack:
        waiting = [stack.enter_context(Wire(zonda.proxy)) for _ in range(1024)]
        for client in waiting:
            client.send("GET /version HTTP/1.1\r\nHost: a\r\n\r\n")
        late = [ask(zonda.proxy, "GET", "/version") for _ in range(3)]
        assert [answer.status for answer in late] == [503] * 3 and "Too many" in late[0].text
        (tmp_path / "gate").write_text("")
        assert {client.answer().text for client in waiting} == {"one"}


def test_an_app_that_ends_for_good(proxied):
    zonda = proxied("--run.restart=never")
    os.kill(zonda.app_pid, signal.SIGKILL)
    zonda.wait_event("app_down")
    answer = ask(zonda.proxy, "GET", "/version")
    assert answer.status == 503 and "does not run" in answer.text


# --- pages ---


def test_pages_get_the_script(proxied):
    zonda = proxied()
    store(zonda, "plain", ["Content-Type: text/html", 'ETag: "v1"', "Accept-Ranges: bytes",
                           "Last-Modified: Sun, 01 Nov 2026 12:00:00 GMT"], PAGE)  # fmt: skip
    seen = ask(zonda.proxy, "GET", "/answer/plain", BROWSER)
    assert seen.body == INJECTED
    assert re.fullmatch(r'W/"v1;zonda-[0-9a-f]{16}s"', seen["etag"])
    assert not seen["accept-ranges"] and not seen["last-modified"] and not seen["content-length"]
    head = ask(zonda.proxy, "HEAD", "/answer/plain", BROWSER)
    names = {"date", "x-asked", "transfer-encoding"}
    assert [field for field in head.fields if field[0].lower() not in names] == [
        field for field in seen.fields if field[0].lower() not in names
    ]
    again = ask(zonda.proxy, "GET", "/answer/plain", [*BROWSER, ("If-None-Match", seen["etag"])])
    assert again.status == 304 and again["etag"] == seen["etag"] and again.body == b""
    other = ask(zonda.proxy, "GET", "/answer/plain", [*BROWSER, ("If-None-Match", '"v1"')])
    assert other.status == 200 and other.body == INJECTED  # that one is the page without the script


def test_coded_pages_get_the_script(proxied):
    """An app that codes although it was asked not to."""
    zonda = proxied()
    large = PAGE.replace(b"hello", b"<!-- x -->" * 500000)
    store(zonda, "gzip", ["Content-Type: text/html; charset=utf-8", "Content-Encoding: gzip"], gzip.compress(large))
    seen = ask(zonda.proxy, "GET", "/answer/gzip", BROWSER)
    assert seen.body == large.replace(b"<head>", b"<head>" + SCRIPT) and not seen["content-encoding"]
    # brotli -c of PAGE
    head = ask(zonda.proxy, "HEAD", "/answer/gzip", BROWSER)
    assert head.status == 200 and not head["content-encoding"] and not head["content-length"]
    store(zonda, "empty", ["Content-Type: text/html", "Content-Encoding: gzip"], b"")
    assert ask(zonda.proxy, "GET", "/answer/empty", BROWSER).body == b""
    store(zonda, "br", ["Content-Type: text/html", "Content-Encoding: br"], bytes.fromhex(BROTLI_PAGE))
    assert ask(zonda.proxy, "GET", "/answer/br", BROWSER).body == INJECTED
    store(zonda, "bad", ["Content-Type: text/html", "Content-Encoding: gzip"], b"no gzip at all")
    with pytest.raises(ConnectionError):
        ask(zonda.proxy, "GET", "/answer/bad", BROWSER)
    for coding in ("zstd", "gzip, br"):
        store(zonda, "other", ["Content-Type: text/html", f"Content-Encoding: {coding}"], b"coded bytes")
        seen = ask(zonda.proxy, "GET", "/answer/other", BROWSER)
        assert seen.body == b"coded bytes" and seen["content-encoding"] == coding


@pytest.mark.crucial
def test_what_is_no_page_stays_as_it_is(proxied):
    zonda = proxied()
    html = "Content-Type: text/html"
    store(zonda, "page", [html, 'ETag: "v1"'], PAGE)
    for fields in (
        [],
        [("Accept", "*/*")],
        [("Sec-Fetch-Dest", "empty"), ("Accept", "text/html")],
        [*BROWSER, ("HX-Request", "true")],
        [*BROWSER, ("Turbo-Frame", "cart")],
        [*BROWSER, ("X-Requested-With", "XMLHttpRequest")],
        [*BROWSER, ("Range", "bytes=0-10")],
    ):
        expected = ask(zonda.port, "GET", "/answer/page", fields)
        assert ask(zonda.proxy, "GET", "/answer/page", fields).comparable() == expected.through_the_proxy(), fields
    for head, body in (
        (["Content-Type: text/plain"], PAGE),
        (["Content-Type: application/xhtml+xml"], PAGE),
        ([html, "Content-Disposition: attachment; filename=a.html"], PAGE),
        ([html, "Cache-Control: public, no-transform"], PAGE),
        (["Content-Type: text/html; charset=utf-16le"], PAGE.decode().encode("utf-16le")),
    ):
        store(zonda, "other", head, body)
        expected = ask(zonda.port, "GET", "/answer/other", BROWSER)
        assert ask(zonda.proxy, "GET", "/answer/other", BROWSER).comparable() == expected.through_the_proxy(), head
    store(zonda, "fragment", [html], b"<div>one</div>")
    assert ask(zonda.proxy, "GET", "/answer/fragment", BROWSER).body == b"<div>one</div>"
    quiet = proxied("--proxy.inject=false")
    store(quiet, "page", [html], PAGE)
    assert ask(quiet.proxy, "GET", "/answer/page", BROWSER).body == PAGE


def test_policies_allow_the_script(proxied):
    zonda = proxied()

    def asked(*policies):
        head = ["Content-Type: text/html", *(f"Content-Security-Policy: {policy}" for policy in policies)]
        store(zonda, "csp", head, PAGE)
        seen = ask(zonda.proxy, "GET", "/answer/csp", BROWSER)
        return [value for name, value in seen.fields if name == "Content-Security-Policy"], seen.text

    policies, text = asked("default-src 'none'", "script-src 'self'")
    assert policies == ["default-src 'none'; script-src 'self'; connect-src 'self'", "script-src 'self'"]
    assert " nonce=" not in text
    policies, text = asked("script-src 'nonce-YWJj' 'strict-dynamic'")
    assert policies == ["script-src 'nonce-YWJj' 'strict-dynamic'"]
    assert '<script src="/__zonda/client.js" async nonce="YWJj"></script>' in text
    policies, text = asked("script-src 'strict-dynamic' 'sha256-abc='")
    nonce = re.search(r' nonce="([0-9a-f]{16})"', text).group(1)
    assert policies == [f"script-src 'strict-dynamic' 'sha256-abc=' 'nonce-{nonce}'"]


# --- where it listens, and to whom it speaks ---


def test_https(proxied, wire, tmp_path):
    zonda = proxied("--proxy.https=true")
    made = wire / ".zonda" / "tls"
    assert (made / "key.pem").stat().st_mode & 0o777 == 0o600
    trusted = ssl.create_default_context(cafile=made / "cert.pem")
    seen = ask(zonda.proxy, "GET", "/echo", tls=trusted).json()
    assert seen["fields"]["X-Forwarded-Proto"] == ["https"]
    assert ask(zonda.proxy, "GET", "/bytes/300000", tls=trusted).body == ask(zonda.port, "GET", "/bytes/300000").body
    zonda.wait_event("notice", where=lambda event: f"https://localhost:{zonda.proxy}/" in event.message)
    shutil.copytree(made, tmp_path / "given")
    given = [f"--proxy.cert={tmp_path}/given/cert.pem", f"--proxy.key={tmp_path}/given/key.pem"]
    again = proxied("--proxy.https=true", *given)
    assert ask(again.proxy, "GET", "/version", tls=trusted).text == "one"


def test_a_unix_socket(proxied, tmp_path):
    path = tmp_path / "app.sock"
    zonda = proxied(f"--proxy.app_socket={path}", env={"SOCKET": str(path)})
    assert ask(zonda.proxy, "GET", "/version").text == "one"


def test_an_app_of_ipv6_only(proxied):
    zonda = proxied(env={"HOST": "::1"})
    assert ask(zonda.proxy, "GET", "/version").text == "one"


def test_an_app_that_zonda_does_not_see(proxied, wire):
    """It listens elsewhere, on a port that only the configuration knows, and later than zonda thinks."""
    port = harness.free_port()
    (wire / "zonda.toml").write_text('[build]\ncommand = "true"\n[run]\ncommand = "sleep 1000"\n')
    zonda = proxied(f"--proxy.app_port={port}", "--run.ready_timeout=100ms")
    waiting = Wire(zonda.proxy)
    waiting.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    with contextlib.closing(socket.create_server(("127.0.0.1", port))) as app, waiting:
        connection, _ = app.accept()
        with connection:
            assert connection.recv(65536).startswith(b"GET / HTTP/1.1\r\n")
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")
            assert waiting.answer().text == "late"


def test_a_port_that_is_taken(wire, start):
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        zonda = start(wire, f"--proxy.port={taken.getsockname()[1]}").ready()
        zonda.wait_event("notice", where=lambda event: event.level == "error" and "in use" in event.message)
        assert zonda.get("/version")[1] == "one"  # the rest goes on


def test_the_configuration_changes(wire, start):
    first, second = harness.free_port(), harness.free_port()
    (wire / "zonda.toml").write_text(f"[proxy]\nport = {first}\n")
    zonda = start(wire).ready()
    assert ask(first, "GET", "/version").text == "one"
    (wire / "zonda.toml").write_text(f"[proxy]\nport = {second}\ninject = false\n")
    zonda.wait_event("notice", where=lambda event: f":{second}/" in event.message)
    assert ask(second, "GET", "/version").text == "one"
    with pytest.raises(OSError):
        ask(first, "GET", "/version")
    mark = zonda.mark_here()
    (wire / "zonda.toml").write_text("")
    zonda.wait_event("config", after=mark)
    zonda.wait()
    with pytest.raises(OSError):
        ask(second, "GET", "/version")
    (wire / "zonda.toml").write_text(f"[proxy]\nport = {first}\n")  # while the app serves
    assert harness.until(lambda: not refused(first), 30)
    assert ask(first, "GET", "/version").text == "one"


def refused(port):
    with contextlib.suppress(OSError):
        Wire(port).close()
        return False
    return True


def test_open(wire, start, tmp_path):
    """The browser's command gets the URL once the app serves, and goes on without zonda."""
    os.mkfifo(tmp_path / "told")
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/told\n')
    browser.chmod(0o755)
    zonda = start(wire, "--open", env={"BROWSER": f"{browser} --new %s:other"})
    url = re.fullmatch(r"--new (http://localhost:(\d+)/)\n", (tmp_path / "told").read_text())
    assert url, "no URL was given"
    assert ask(int(url.group(2)), "GET", "/version").text == "one"
    zonda.wait_event("notice", where=lambda event: url.group(1) in event.message)
