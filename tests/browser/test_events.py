"""/refresh-signal: what an EventSource client gets, who may listen, and 2,000 of them at once."""
import http.client
import json
import os
import pathlib
import signal
import socket
import time

import pytest
from eventsource import EventSource, Failed, Interpreter
from zonda import WAIT_S, until


def ask(port, path="/refresh-signal", method="GET", body=None, **headers):
    """(status, headers, body); of an event stream only the head is read."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_S)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers)
        data = body.encode() if body is not None else None
        if data is not None:
            connection.putheader("Content-Length", str(len(data)))
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders(data)
        answer = connection.getresponse()
        stream = answer.headers.get_content_type() == "text/event-stream"
        return answer.status, answer.headers, b"" if stream else answer.read()
    finally:
        connection.close()


def message(source):
    """The next event of zonda's, as (type, payload, id)."""
    while True:
        kind, data, id_ = source.next()
        if kind == "message":
            told = json.loads(data)
            return told["type"], told["payload"], id_


def hello(source):
    kind, payload, id_ = message(source)
    assert kind == "hello"
    return payload, id_


def told(source, kind):
    """The next event of this type; others before it are passed over."""
    while True:
        found, payload, id_ = message(source)
        if found == kind:
            return payload, id_


@pytest.mark.parametrize("cut", [1, 2, 3, 1000])
def test_the_client_itself(cut):
    """The examples of the specification, in pieces of every size."""
    events = []
    interpreter = Interpreter(lambda *event: events.append(event))
    text = (
        "\ufeffdata: YHOO\ndata: +2\ndata: 10\n\n"
        ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n"
        "data\n\ndata\ndata\n\nretry: 20\r\nretry: x\r\nevent: add\rdata: é\r\rid: a\0\ndata: z\n\ndata:"
    ).encode()
    for at in range(0, len(text), cut):
        interpreter.feed(text[at : at + cut])
    assert events == [
        ("message", "YHOO\n+2\n10", ""),
        ("message", "first event", "1"),
        ("message", "second event", ""),
        ("message", " third event", ""),
        ("message", "", ""),
        ("message", "\n", ""),
        ("add", "é", ""),
        ("message", "z", ""),
    ]
    assert interpreter.retry_ms == 20


def test_refresh_by_hand(plain):
    """zonda trigger --refresh and POST /refresh, with an id; the client is told when to come back."""
    site = plain()
    source = EventSource(site.dashboard_port)
    payload, first = hello(source)
    assert set(payload) == {"age_ms"}
    site.zonda.run("trigger", "--refresh", "cache/products", check=True)
    payload, second = told(source, "refresh")
    assert payload["key"] == "cache/products"
    status, _, body = ask(site.dashboard_port, "/refresh", "POST", '{"key":"ключ"}')
    assert (status, json.loads(body)) == (200, {"v": 1, "ok": True})
    payload, third = told(source, "refresh")
    assert payload["key"] == "ключ"
    run = first.rpartition("-")[0]
    assert all(id_.startswith(run + "-") for id_ in (second, third))
    assert int(third.rpartition("-")[2]) > int(second.rpartition("-")[2])
    assert source.retry_ms == 3000 and source.interpreter.retry_ms == 1000
    source.close()


@pytest.mark.crucial
def test_a_broken_connection_misses_nothing(plain):
    site = plain()
    source = EventSource(site.dashboard_port)
    hello(source)
    site.zonda.run("trigger", "--refresh", "one", check=True)
    told(source, "refresh")
    source.drop()
    # While it waits to come back; css, and of two refreshes the last is what counts.
    for key in ("two", "three"):
        site.zonda.run("trigger", "--refresh", key, check=True)
    payload, _ = told(source, "refresh")
    if payload["key"] == "two":  # it was back that soon
        payload, _ = told(source, "refresh")
    assert payload["key"] == "three"
    assert source.opened == 2
    source.close()


def test_an_id_that_is_not_known(plain):
    """Too old, or of another run of zonda: a plain refresh."""
    site = plain()
    for id_ in ("deadbeef-7", "nonsense", "x" * 500):
        source = EventSource(site.dashboard_port, last_id=id_)
        kind, payload, new = message(source)
        assert (kind, payload) == ("refresh", {"key": "*"})
        assert new and new != id_
        source.close()
    # The same in the address, where a script has to say it.
    source = EventSource(site.dashboard_port, "/refresh-signal?last-event-id=deadbeef-7")
    assert message(source)[0] == "refresh"
    source.close()


def test_nothing_refreshes_before_the_app_serves(plain):
    """A tab of an earlier run comes back while the app is not there yet: it waits for it."""
    site = plain(text="bad", ready=False, env={"APP_CRASH_IF": "bad"})
    site.zonda.wait_event("reload_end", outcome="start_failed")
    source = EventSource(site.dashboard_port, last_id="deadbeef-7")
    kinds = [message(source)[0]]
    site.zonda.write("text.txt", "good\n")
    while kinds[-1] != "refresh":
        kinds.append(message(source)[0])
    assert site.zonda.get("/text") == (200, "good")
    assert kinds[:2] == ["hello", "error"] and "ok" in kinds
    source.close()


def test_a_crash_is_told_with_what_the_app_said(plain):
    site = plain(env={"APP_CRASH_IF": "bad"})
    source = EventSource(site.dashboard_port)
    hello(source)
    site.zonda.write("text.txt", "bad\n")
    payload, _ = told(source, "error")
    assert (payload["kind"], payload["serves"], payload["output"]) == ("start", True, "app: crashing\n")
    site.zonda.write("text.txt", "good\n")
    told(source, "ok")
    told(source, "refresh")
    source.close()


def test_errors_are_told_until_they_are_mended(plain):
    site = plain()
    source = EventSource(site.dashboard_port)
    hello(source)
    site.zonda.edit("zonda.toml", "[build]\n", '[build]\nbefore = ["sh -c \'echo main.go:7:3: it is wrong; exit 1\'"]\n')
    payload, _ = told(source, "error")
    assert payload["kind"] == "build"
    assert [(d["file"], d["line"], d["column"], d["message"]) for d in payload["diagnostics"]] == [
        ("main.go", 7, 3, "it is wrong")
    ]
    assert payload["diagnostics"][0]["open"].endswith("/main.go:7:3")
    # Who comes now is told as well.
    late = EventSource(site.dashboard_port)
    hello(late)
    assert message(late)[:2] == ("error", payload)
    late.close()
    text = site.zonda.read("zonda.toml")
    site.zonda.write("zonda.toml", "".join(l for l in text.splitlines(True) if not l.startswith("before")))
    told(source, "ok")
    told(source, "refresh")
    source.close()


def test_an_app_that_dies_and_comes_back(plain):
    site = plain()
    source = EventSource(site.dashboard_port)
    hello(source)
    os.kill(site.zonda.app_pid, signal.SIGKILL)
    payload, _ = told(source, "error")
    assert (payload["kind"], payload["serves"]) == ("crash", False)
    assert "SIGKILL" in payload["message"] and "app: serving one" in payload["output"]
    told(source, "ok")
    told(source, "refresh")
    assert site.zonda.get("/text") == (200, "one")
    source.close()


# --- who may ask ---


def test_hosts_and_origins(plain):
    site = plain("--dashboard.origins=https://shop.test")
    port = site.dashboard_port
    here = f"http://localhost:{port}"
    allowed = [{}, {"Origin": here, "Host": f"localhost:{port}"}, {"Origin": "http://127.0.0.1:3000"},
               {"Origin": "https://shop.test"}, {"Origin": "http://app.localhost:8080"}]
    for headers in allowed:
        status, answer, _ = ask(port, **headers)
        assert status == 200, headers
        assert answer["Access-Control-Allow-Origin"] == headers.get("Origin")
        assert answer["Cache-Control"].startswith("no-cache")
    refused = [{"Host": "evil.example"}, {"Host": f"evil.example:{port}"}, {"Origin": "https://evil.example"},
               {"Origin": "null"}, {"Origin": "http://shop.test"}, {"Origin": "http://127.0.0.1.evil.example"},
               {"Origin": "https://shop.test.evil.example"}, {"Origin": "http://localhost.evil.example:8080"}]
    for headers in refused:
        status, answer, _ = ask(port, **headers)
        assert status == 403, headers
        assert answer["Access-Control-Allow-Origin"] is None


@pytest.mark.parametrize(
    "path", ["/", "/dashboard.js", "/api/v1/status", "/api/v1/overview", "/api/v1/log", "/api/v1/events"]
)
def test_the_dashboard_is_for_its_own_pages(plain_once, path):
    port = plain_once.dashboard_port
    assert ask(port, path)[0] == 200
    assert ask(port, path, Host=f"127.0.0.1:{port}", Origin=f"http://127.0.0.1:{port}")[0] == 200
    for headers in (
        {"Origin": "http://localhost:3000"},  # another app of this machine
        {"Origin": "https://evil.example"},
        {"Host": "evil.example"},  # DNS rebinding
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"},
    ):
        status, answer, body = ask(port, path, **headers)
        assert status == 403 and answer["Access-Control-Allow-Origin"] is None, headers
        assert json.loads(body)["ok"] is False


def test_what_changes_something_is_for_its_own_pages(plain_once):
    port = plain_once.dashboard_port
    before = plain_once.zonda.status()["reloads"]
    for path in ("/refresh", "/api/v1/trigger"):
        for headers in ({"Origin": "http://localhost:3000"}, {"Host": "evil.example"}, {"Origin": "null"}):
            assert ask(port, path, "POST", '{"key":"x"}', **headers)[0] == 403
        assert ask(port, path)[0] == 405
    for body in ("", "{", "[]", '{"key":7}', '{"key":"\\ud800"}'):
        assert ask(port, "/refresh", "POST", body)[0] == 400, body
    assert ask(port, "/refresh", "POST", json.dumps({"key": "x" * 5000}))[0] == 413
    assert plain_once.zonda.status()["reloads"] == before


def test_answers_carry_what_browsers_need(plain_once):
    port = plain_once.dashboard_port
    _, headers, _ = ask(port, "/")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    for path in ("/", "/dashboard.js", "/__zonda/client.js", "/api/v1/status"):
        assert ask(port, path)[1]["X-Content-Type-Options"] == "nosniff"
    status, headers, body = ask(port, "/dashboard.js")
    assert body and ask(port, "/dashboard.js", If_None_Match=headers["ETag"])[0] == 304
    assert ask(port, "/nothing")[0] == 404 and ask(port, "/", "DELETE")[0] == 405


def test_beyond_this_machine_there_is_a_token(plain):
    site = plain("--dashboard.host=0.0.0.0")
    port = site.dashboard_port
    url = site.zonda.wait_event("notice", where=lambda e: e.message.startswith("dashboard: ")).message
    token = url.partition("?token=")[2]
    assert len(token) == 32
    assert ask(port, "/")[0] == 401 and ask(port, "/api/v1/status")[0] == 401
    assert ask(port, "/?token=" + "0" * 32)[0] == 401
    assert ask(port, "/api/v1/status", Authorization=f"Bearer {token}")[0] == 200
    status, headers, _ = ask(port, "/?token=" + token)
    cookie = headers["Set-Cookie"]
    assert status == 303 and headers["Location"] == "/" and "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert ask(port, "/", Cookie="a=b; " + cookie.partition(";")[0])[0] == 200
    assert ask(port, "/", Cookie="zonda_token=")[0] == 401


# --- many ---


def memory_kib(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith("Pss:")))


def test_two_thousand_listen(plain, record_property):
    """All of them get every event; what each costs is printed."""
    count = 2000
    site = plain()
    pid = site.zonda.process.pid
    one = EventSource(site.dashboard_port)
    hello(one)
    before = memory_kib(pid)
    request = b"GET /refresh-signal HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
    sockets = []
    for _ in range(count):
        client = socket.create_connection(("127.0.0.1", site.dashboard_port), timeout=WAIT_S)
        client.sendall(request)
        sockets.append(client)
    heads = [read_until(client, b'"hello"') for client in sockets]
    assert all(head.startswith(b"HTTP/1.1 200 ") for head in heads)
    after = memory_kib(pid)
    begin = time.monotonic()
    site.zonda.run("trigger", "--refresh", "to-all", check=True)
    for client in sockets:
        read_until(client, b'"key":"to-all"')
    spread = time.monotonic() - begin
    print(f"\n{count} open SSE connections: {(after - before) / count:.2f} KiB each "
          f"({before} -> {after} KiB); one event to all of them in {spread * 1000:.0f} ms")
    for client in sockets:
        client.close()
    # They are gone, and zonda is as before.
    assert until(lambda: open_sockets(pid) < 50)
    site.zonda.run("trigger", "--refresh", "still", check=True)
    while told(one, "refresh")[0]["key"] != "still":
        pass
    one.close()


def read_until(client, wanted):
    data = b""
    while wanted not in data:
        piece = client.recv(65536)
        assert piece, data
        data += piece
    return data


def open_sockets(pid):
    found = 0
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            found += os.readlink(f"/proc/{pid}/fd/{name}").startswith("socket:")
        except OSError:
            pass
    return found


def test_a_client_that_reads_nothing_holds_up_nobody(plain):
    site = plain()
    lazy = socket.create_connection(("127.0.0.1", site.dashboard_port))
    lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    lazy.sendall(b"GET /refresh-signal HTTP/1.1\r\nHost: localhost\r\n\r\n")
    source = EventSource(site.dashboard_port)
    hello(source)
    for round_ in range(40):
        key = f"{round_}" + "k" * 3000
        assert ask(site.dashboard_port, "/refresh", "POST", json.dumps({"key": key}))[0] == 200
        assert told(source, "refresh")[0]["key"] == key
    source.close()
    lazy.close()


def test_no_stream_is_no_stream():
    """The client itself fails for good where it must."""
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(Failed):
            EventSource(server.server_port).next()
        server.shutdown()


def test_of_several_services_the_one_that_died_is_told_of(tmp_path, sites):
    """Its own last words, and whether a version of it still serves; not those of its neighbour."""
    (tmp_path / "app.sh").write_text("echo \"words of $NAME\"\nuntil test -e \"end-$NAME\"; do sleep 0.02; done\nexit 3\n")
    (tmp_path / "zonda.toml").write_text(
        "[run]\nmax_retries = 0\nready_timeout = '1s'\n"
        + "".join(f"[service.{name}.run]\ncommand = ['sh', 'app.sh']\nenv = {{ NAME = '{name}' }}\n" for name in ("one", "two"))
    )
    site = sites(tmp_path, proxy=False)
    for name in ("one", "two"):
        site.zonda.wait_event("app_ready", where=lambda event, name=name: event.service == name)
    source = EventSource(site.dashboard_port)
    hello(source)
    (tmp_path / "end-one").touch()
    payload, _ = told(source, "error")
    assert payload["kind"] == "crash" and not payload["serves"], payload
    assert "words of one" in payload["output"] and "words of two" not in payload["output"]
    source.close()
