"""The LiveReload server, by a client of the specification and by zonda's own livereload.js."""
import http.client
import json

import pytest
import websocket
from livereload import OFFICIAL_7, Client, ProtocolError
from test_events import ask
from zonda import WAIT_S


@pytest.mark.crucial
def test_what_a_stock_client_hears(plain):
    """hello, then only reload commands: a path for a stylesheet, one reload for everything else."""
    site = plain()
    client = Client(site.livereload_port)
    assert client.server.startswith("zonda ")
    site.zonda.run("trigger", "--refresh", "by-hand", check=True)
    assert client.command() == {"command": "reload", "path": "/", "liveCSS": True, "liveImg": True}
    site.zonda.write("static/a.css", "a {}")
    assert client.command()["path"] == "static/a.css"
    site.zonda.write("text.txt", "two\n")
    assert client.command()["path"] == "/"
    client.say({"command": "url", "url": "http://localhost:3000/other"})
    site.zonda.run("trigger", "--refresh", "still", check=True)
    assert client.command()["path"] == "/"
    client.close()


def test_errors_are_not_told_on_this_socket(plain):
    site = plain(env={"APP_CRASH_IF": "bad"})
    client = Client(site.livereload_port)
    site.zonda.write("text.txt", "bad\n")
    site.zonda.wait_event("reload_end", outcome="start_failed")
    site.zonda.write("text.txt", "good\n")
    assert client.command()["command"] == "reload"
    client.close()


@pytest.mark.parametrize(
    "first",
    [
        {"command": "hello", "protocols": ["http://livereload.com/protocols/official-6"]},
        {"command": "hello"},
        {"command": "info"},
        {"no": "command"},
        [],
        "x" * 20000,
    ],
)
def test_who_does_not_speak_it_is_let_go(plain_once, first):
    socket = websocket.create_connection(f"ws://127.0.0.1:{plain_once.livereload_port}/livereload", timeout=WAIT_S)
    socket.send(json.dumps(first))
    with pytest.raises((websocket.WebSocketConnectionClosedException, ProtocolError)):
        if not socket.recv():
            raise ProtocolError("closed")
    socket.close()


def test_who_may_connect(plain_once):
    port = plain_once.livereload_port
    Client(port, origin="http://app.localhost:8080").close()
    for origin in ("https://evil.example", "null"):
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            Client(port, origin=origin)
        assert refused.value.status_code == 403
    status, headers, body = ask(port, "/livereload.js")
    assert status == 200 and OFFICIAL_7.encode() in body
    assert headers.get_content_type() == "text/javascript"
    assert ask(port, "/livereload.js", Host="evil.example")[0] == 403
    assert ask(port, "/livereload")[0] in (400, 426)
    assert ask(port, "/")[0] == 404


def test_livereload_js_in_a_page(plain, browser):
    """A stylesheet is swapped in the same document, anything else loads it anew."""
    import threading
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    site = plain()
    root = site.zonda.project

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args, **options):
            super().__init__(*args, directory=str(root), **options)

        def end_headers(self):
            self.send_header("Cache-Control", "no-store")  # its Last-Modified knows seconds only
            super().end_headers()

        def log_message(self, *_):
            pass

    site.zonda.write("static/a.css", "h1 { color: rgb(1, 1, 1); }")
    script = f"http://localhost:{site.livereload_port}/livereload.js?snipver=1"
    page = f'<!doctype html><link rel=stylesheet href=static/a.css><h1>one</h1><script src="{script}"></script>'
    site.zonda.write("page.html", page)
    site.zonda.wait()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser.open("about:blank")
        browser.driver.execute_cdp_cmd(
            "Page.addScriptToEvaluateOnNewDocument",
            {"source": "document.addEventListener('LiveReloadConnect', () => { window.connectedByTest = true })"},
        )
        browser.open(f"http://localhost:{server.server_port}/page.html")
        browser.until(lambda: browser.run("return window.connectedByTest"))
        browser.mark()
        site.zonda.write("static/a.css", "h1 { color: rgb(2, 2, 2); }")
        browser.until(lambda: browser.color("h1") == "rgb(2, 2, 2)")
        assert browser.marked()
        site.zonda.write("page.html", page.replace("one", "two"))
        browser.until(lambda: browser.text("h1") == "two")
        assert not browser.marked()
        server.shutdown()


def test_an_old_browser_of_another_protocol_gets_an_answer(plain_once):
    connection = http.client.HTTPConnection("127.0.0.1", plain_once.livereload_port, timeout=WAIT_S)
    connection.request("GET", "/livereload", headers={"Connection": "Upgrade", "Upgrade": "h2c"})
    assert connection.getresponse().status in (400, 426)
    connection.close()
