"""The dashboard in a real Chromium: every event of a day is seen there, live."""
import json
import re
import urllib.request

import pytest
from selenium.webdriver.common.keys import Keys
from test_pages import VERSION, break_it, mend_it, set_version
from zonda import WAIT_S


def api(site, path, data=None):
    request = urllib.request.Request(site.dashboard(path), data=data and json.dumps(data).encode())
    with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
        return json.load(answer)


def rows(browser):
    """The reloads as they are shown, newest first: [number, …, outcome]."""
    return browser.run(
        "return [...document.querySelectorAll('#reloads .row')].map((row) => [...row.children].map((part) => part.textContent))"
    )


def test_it_shows_each_of_these(site, browser):
    zonda = site.zonda
    browser.open(site.dashboard())
    browser.until(lambda: browser.text("#state") == "serving")
    assert browser.text("#service") == "shop"
    first = int(rows(browser)[0][0][1:])

    # An edit: a row with its phases, a new generation, no navigation.
    browser.mark()
    for count in range(3):
        with zonda.one_reload():
            set_version(zonda, f"v-{count}")
    browser.until(lambda: rows(browser)[0][0] == f"#{first + 3}" and rows(browser)[0][-1] == "served")
    assert VERSION in rows(browser)[0][2]
    browser.until(lambda: browser.text("#t-generation") == str(zonda.status()["generation"]))
    assert {"build", "start"} <= set(
        browser.run(f"return [...document.querySelectorAll('#reload-{first + 3} rect')].map((part) => part.classList[0])")
    )
    with zonda.one_reload("refreshed", "refresh"):
        zonda.write("static/app.css", zonda.read("static/app.css") + "\n/* more */\n")
    browser.until(lambda: rows(browser)[0][-1] == "refreshed")

    # Memory and processor: curves.
    browser.until(lambda: browser.text("#v-memory").endswith("MiB"))
    browser.until(lambda: len(browser.run("return document.querySelectorAll('.chart .curve')")) == 2)
    assert re.fullmatch(r"pid \d+", browser.text("#pid"))

    # By keyboard: the second row's details, the search in the log.
    browser.find("#reloads").click()
    browser.press("j")
    browser.press("j")
    browser.press(Keys.ENTER)
    browser.until(lambda: "is part of the program" in browser.text(".details") or "trace" in browser.text(".details"))
    browser.screen("dashboard-light")
    browser.press("/")
    browser.press("served")
    browser.until(lambda: browser.run("return document.querySelectorAll('#log mark').length") >= 4)
    browser.press(Keys.ESCAPE)

    # Why a file is watched.
    browser.press("w")
    browser.press("internal/report/report.go")
    browser.press(Keys.ENTER)
    browser.until(lambda: browser.text("#why").startswith("ignore"))
    browser.press(Keys.ESCAPE)

    # Broken, in the dark; mended.
    browser.color_scheme("dark")
    line = break_it(zonda)
    browser.until(lambda: browser.text("#state") == "build failed")
    browser.until(lambda: f"{VERSION}:{line}:14" in browser.text("#diagnostics"))
    assert "undefined: undefinedName" in browser.text("#broken")
    browser.screen("dashboard-broken")
    mend_it(zonda)
    browser.until(lambda: browser.text("#state") == "serving")
    assert browser.run("return document.getElementById('broken').hidden")
    browser.screen("dashboard-dark")
    assert browser.marked()

    # A build and a refresh by key.
    before = zonda.status()["reloads"]
    browser.press("b")
    browser.until(lambda: rows(browser)[0][0] == f"#{before + 1}")
    after = zonda.mark_here()
    browser.press("r")
    zonda.wait_event("refresh", after)
    assert not [error for error in browser.errors() if f":{site.dashboard_port}/" in error["message"]]


def test_the_log_is_searched(site, browser):
    browser.open(site.dashboard())
    browser.until(lambda: browser.text("#state") == "serving")
    assert site.zonda.get("/api/products")[0] == 200
    browser.until(lambda: "/api/products" in browser.text("#log"))
    browser.press("/")
    browser.press("/prod.cts/")
    browser.until(lambda: browser.run("return document.querySelectorAll('#log mark').length") >= 1)
    shown = browser.run("return [...document.querySelectorAll('#log .text')].map((line) => line.textContent)")
    assert shown and all(re.search("prod.cts", line) for line in shown)
    browser.press(Keys.ESCAPE)
    browser.until(lambda: "zonda starts" in browser.text("#log"))
    # zonda's own lines are left out by a click; what the app says stays.
    browser.find("#s-zonda").click()
    browser.until(lambda: "zonda starts" not in browser.text("#log"))
    assert "/api/products" in browser.text("#log")


def test_zonda_goes(plain, browser):
    site = plain()
    browser.open(site.dashboard())
    browser.until(lambda: browser.text("#state") == "serving")
    assert site.zonda.stop() == 0
    browser.until(lambda: browser.text("#state") == "zonda is not there")


def test_the_api_is_one_schema(plain_once):
    """What the API says is what the control socket and the JSON log say."""
    site = plain_once
    status = api(site, "/api/v1/status")
    said = json.loads(site.zonda.run("status", "--json", check=True).stdout)
    assert status == said
    overview = api(site, "/api/v1/overview")
    assert overview["v"] == 1 and overview["status"] == status
    assert overview["service"] == "plain"
    assert api(site, "/api/v1/reloads")["reloads"][-1] == {"service": "plain", **status["last"]}
    for line in api(site, "/api/v1/log")["lines"]:
        assert {"timestamp", "level", "service", "trace_id", "message", "context"} <= set(line)
    assert api(site, "/api/v1/error")["error"] is None
    why = api(site, "/api/v1/watched?path=text.txt")
    assert why["watched"] is True and why["action"] == "build" and why["reason"]
    assert api(site, "/api/v1/watched?path=.git%2Fconfig")["watched"] is False
    assert any(root["path"] == "zonda.toml" for root in api(site, "/api/v1/watched")["roots"])


def test_samples_come(plain_once):
    from eventsource import EventSource

    source = EventSource(plain_once.dashboard_port, "/api/v1/events")
    while True:
        line = json.loads(source.next()[1])
        if line["context"]["kind"] == "sample" and line["context"]["processes"]:
            break
    assert 1 << 20 < line["context"]["memory_bytes"] < 1 << 30
    source.close()
    assert api(plain_once, "/api/v1/samples")["samples"]


@pytest.mark.crucial
def test_a_build_by_post(plain):
    site = plain()
    before = site.zonda.status()["reloads"]
    assert api(site, "/api/v1/trigger", {}) == {"v": 1, "ok": True}
    site.zonda.wait()
    assert site.zonda.status()["reloads"] == before + 1
