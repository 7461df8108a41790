"""Pages of examples/shop in a real Chromium, through zonda's proxy and, by hand, beside it."""
import json
import re
import time
import urllib.request

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from zonda import WAIT_S

CSS = "static/app.css"
VERSION = "internal/version/version.go"
HANDLER = "internal/web/pages.go"


def set_version(zonda, text):
    source = zonda.read(VERSION)
    zonda.write(VERSION, re.sub(r'(Text\s*=\s*)"[^"]*"', rf'\1"{text}"', source, count=1))


def version(browser):
    return browser.text("[data-version]")


def break_it(zonda):
    """A mistake in the program; the line on which the compiler finds it."""
    text = zonda.read(VERSION)
    zonda.write(VERSION, text + "\nvar broken = undefinedName\n")
    return len(text.splitlines()) + 2


def mend_it(zonda):
    zonda.edit(VERSION, "\nvar broken = undefinedName\n", "")


def connected(browser):
    """The page hears live events: its script has been told where things stand."""
    return browser.until(lambda: browser.run("return window.__zonda && document.readyState === 'complete'"))


@pytest.mark.crucial
def test_a_day(site, browser):
    """Edit Go, CSS, a template; break, look, dismiss, mend: one page through all of it."""
    zonda = site.zonda
    browser.open(site.url("/login"))
    connected(browser)
    browser.screen("page")

    # Go: the page is loaded anew once the new version serves, and keeps what was typed.
    browser.find("input[name=user]").send_keys("gopher")
    browser.mark()
    set_version(zonda, "v-go")
    browser.until(lambda: version(browser) == "v-go" and not browser.marked())
    assert browser.run("return document.querySelector('input[name=user]').value") == "gopher"

    # CSS: the colour changes in the same document.
    browser.mark()
    zonda.write(CSS, zonda.read(CSS) + "\nh1 { color: rgb(1, 2, 3) !important; }\n")
    browser.until(lambda: browser.color("h1") == "rgb(1, 2, 3)")
    assert browser.marked()
    assert browser.run("return document.querySelector('input[name=user]').value") == "gopher"
    assert browser.run("return document.querySelectorAll('link[rel=stylesheet]').length") == 1

    # A template: loaded anew.
    zonda.edit("templates/login.html", "<h1>", "<h1>Changed: ")
    browser.until(lambda: browser.text("h1").startswith("Changed: "))
    assert not browser.marked()

    # Broken: the overlay with file, line and source; the old version is still behind it.
    browser.mark()
    line = break_it(zonda)
    browser.until(lambda: f"{VERSION}:{line}:14" in browser.overlay())
    shown = browser.overlay()
    assert "The build failed" in shown and "undefined: undefinedName" in shown
    assert f"> {line} | var broken = undefinedName" in " ".join(shown.split())
    assert "keeps serving" in shown
    browser.screen("overlay-light")
    browser.color_scheme("dark")
    browser.screen("overlay-dark")
    browser.color_scheme("light")

    # Another edit of something else does not take it away; Esc does, a sign stays, and brings it back.
    zonda.write(CSS, zonda.read(CSS) + "\nh1 { color: rgb(4, 5, 6) !important; }\n")
    browser.until(lambda: browser.color("h1") == "rgb(4, 5, 6)")
    assert "undefinedName" in browser.overlay()
    browser.press(Keys.ESCAPE)
    browser.until(lambda: not browser.overlay())
    browser.until(lambda: ("button", "The build failed") in browser.accessible())
    assert browser.marked()

    # A tab that is opened now shows it as well.
    first = browser.driver.current_window_handle
    browser.tab()
    browser.open(site.url("/"))
    browser.until(lambda: f"{VERSION}:{line}" in browser.overlay())
    browser.to(first)

    # Mended: gone by itself, in both.
    mend_it(zonda)
    browser.until(lambda: ("button", "The build failed") not in browser.accessible())
    for handle in browser.driver.window_handles:
        browser.to(handle)
        browser.until(lambda: not browser.overlay())
    assert not [e for e in browser.errors() if "client.js" in e["message"]]


def test_the_overlay_by_keyboard(site, browser):
    site.zonda.write("zonda.toml", site.zonda.read("zonda.toml") + '\n[dashboard]\neditor = "nvim"\n')
    site.zonda.wait()
    browser.open(site.url("/"))
    connected(browser)
    line = break_it(site.zonda)
    browser.until(lambda: f"{VERSION}:{line}:14" in browser.overlay())
    # The focus is in the dialog, the page behind it cannot be reached, and Enter on Dismiss closes it.
    host = "document.activeElement.localName"
    assert browser.run(f"return {host}") == "zonda-overlay"
    for _ in range(6):
        browser.press(Keys.TAB)
        assert browser.run(f"return {host}") in ("zonda-overlay", "body")
    shown = browser.accessible()
    assert {("alertdialog", "The build failed"), ("heading", "The build failed")} <= set(shown)
    # A terminal's editor: its command is copied.
    assert ("button", f"{VERSION}:{line}:14") in shown
    browser.press(Keys.ESCAPE)
    browser.until(lambda: not browser.overlay())
    mend_it(site.zonda)


def test_a_panic(site, browser):
    """A version that does not come up: its panic with the place, and the old one goes on."""
    browser.open(site.url("/"))
    connected(browser)
    main = site.zonda.read("cmd/shop/main.go")
    broken = re.sub(r"(func main\(\) \{\n)", r"\1\tvar none []int\n\t_ = none[len(os.Args)+5]\n", main, count=1)
    assert broken != main and '"os"' in main
    line = broken[: broken.index("_ = none")].count("\n") + 1
    site.zonda.write("cmd/shop/main.go", broken)
    browser.until(lambda: f"cmd/shop/main.go:{line}" in browser.overlay())
    shown = browser.overlay()
    assert "did not start" in shown and "index out of range" in shown and "goroutine 1" in shown
    browser.screen("overlay-panic")
    assert site.zonda.get("/")[0] == 200
    site.zonda.write("cmd/shop/main.go", main)
    browser.until(lambda: not browser.overlay())


def test_escaping(site, browser):
    """What a compiler says is text, whatever it looks like."""
    browser.open(site.url("/"))
    connected(browser)
    text = site.zonda.read(VERSION)
    evil = "<img src=x onerror=window.pwned=1><script>window.pwned=1</script>"
    site.zonda.write(VERSION, text + f"\nvar broken int = `{evil}`\n")
    browser.until(lambda: "onerror" in browser.overlay())
    assert browser.run("return window.pwned === undefined")
    assert evil in browser.overlay()
    site.zonda.write(VERSION, text)
    browser.until(lambda: not browser.overlay())


def test_three_tabs_share_one_connection(site, browser):
    handles = [browser.first, browser.tab(), browser.tab()]
    for handle in handles:
        browser.to(handle)
        browser.open(site.url("/login"))
        connected(browser)
    set_version(site.zonda, "v-three")
    for handle in handles:
        browser.to(handle)
        browser.until(lambda: version(browser) == "v-three")
    # The worker ends with the last page that has it, and comes again with the first: soon there is one.
    browser.until(lambda: connections(site) == 1)
    browser.to(handles[0])
    browser.mark()
    site.zonda.run("trigger", "--refresh", "again", check=True)
    browser.until(lambda: not browser.marked())
    assert connections(site) <= 1


def connections(site):
    with urllib.request.urlopen(site.dashboard("/api/v1/browsers"), timeout=WAIT_S) as answer:
        return json.load(answer)["connections"]


def test_a_page_that_is_opened_during_a_rebuild(shop, browser):
    """It waits, and shows the new version; with the old one stopped nothing else can answer."""
    site = shop("--run.overlap=false")
    zonda = site.zonda
    browser.open(site.url("/"))
    connected(browser)
    handle = browser.tab()
    after = zonda.mark_here()
    set_version(zonda, "v-held")
    zonda.wait_event("build_begin", after)
    browser.open(site.url("/"))
    browser.until(lambda: version(browser) == "v-held")
    browser.to(browser.first)
    browser.until(lambda: version(browser) == "v-held")
    browser.to(handle)


def test_a_page_opened_before_the_first_build(shop, browser):
    site = shop(ready=False)
    site.zonda.wait_event("watching")
    browser.open(site.url("/"))
    browser.until(lambda: version(browser) != "")
    assert "Gopher Goods" in browser.driver.title


def test_websocket_and_events_go_on(site, browser):
    """The shop's own chat and ticks pass through the proxy, and come back after a new version."""
    browser.open(site.url("/live"))
    connected(browser)
    for part in ("chat", "events"):
        browser.until(lambda part=part: browser.text(f"[data-{part}-state]") == "connected")
    browser.find("#chat-text").send_keys("hello through the proxy", Keys.ENTER)
    browser.until(lambda: "hello through the proxy" in browser.text("[data-chat-log]"))
    browser.until(lambda: len(browser.driver.find_elements(By.CSS_SELECTOR, "[data-events-log] li")) >= 3)
    browser.screen("live")
    set_version(site.zonda, "v-live")
    browser.until(lambda: version(browser) == "v-live")
    browser.until(lambda: browser.text("[data-chat-state]") == "connected")
    browser.find("#chat-text").send_keys("and again", Keys.ENTER)
    browser.until(lambda: "and again" in browser.text("[data-chat-log]"))
    browser.until(lambda: "v-live" in browser.text("[data-events-log]"))


# The first page hears at once what its worker says, the next one a second later.
BUSY = """
sessionStorage.loads = Number(sessionStorage.loads || 0) + 1;
const Made = window.SharedWorker, late_ms = (sessionStorage.loads - 1) * 1000;
window.SharedWorker = function (...given) {
  const worker = new Made(...given);
  const port = {
    set onmessage(heard) { worker.port.onmessage = (event) => setTimeout(heard, late_ms, event); },
    postMessage: (message) => worker.port.postMessage(message),
  };
  return { port };
};
"""


def test_a_busy_page_is_loaded_once(site, browser):
    """What is told late is no later change."""
    run = browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": BUSY})
    browser.open(site.url("/login"))
    connected(browser)
    loads = lambda: browser.run("return Number(sessionStorage.loads)")  # noqa: E731
    assert loads() == 1
    site.zonda.edit("templates/login.html", "<h1>", "<h1>Busy: ")
    browser.until(lambda: browser.text("h1").startswith("Busy: "))
    # What comes later is heard later: the page has dealt with all that it was told first.
    site.zonda.write(CSS, site.zonda.read(CSS) + "\nh1 { color: rgb(9, 8, 7) !important; }\n")
    site.zonda.wait()
    browser.run("document.addEventListener('zonda:css', () => { window.heard = true })")
    site.zonda.write(CSS, site.zonda.read(CSS) + "\nh1 { color: rgb(7, 8, 9) !important; }\n")
    browser.until(lambda: browser.color("h1") == "rgb(7, 8, 9)" and browser.run("return window.heard === true"))
    assert loads() == 2
    browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", run)


IMAGE = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}"><rect width="9" height="9"/></svg>'


def test_images_are_swapped(site, browser):
    """img, srcset and backgrounds, in the same document."""
    zonda = site.zonda
    zonda.write("static/dot.svg", IMAGE.format(11))
    zonda.write(CSS, zonda.read(CSS) + "\n.dotted { background-image: url(dot.svg); }\n")
    zonda.edit(
        "templates/login.html",
        "<h1>",
        '<img id="a" src="/static/dot.svg" alt=""><img id="b" srcset="/static/dot.svg 1x" alt="">'
        '<p class="dotted" id="c" style="background-image: url(/static/dot.svg)"></p><p class="dotted" id="d"></p><h1>',
    )
    zonda.wait()
    browser.open(site.url("/login"))
    connected(browser)
    width = lambda name: browser.run(f"return document.getElementById('{name}').naturalWidth")  # noqa: E731
    browser.until(lambda: (width("a"), width("b")) == (11, 11))
    browser.mark()
    zonda.write("static/dot.svg", IMAGE.format(22))
    browser.until(lambda: (width("a"), width("b")) == (22, 22))
    assert "zonda=" in browser.color("#c", "backgroundImage") and "zonda=" in browser.color("#d", "backgroundImage")
    assert browser.marked()


def test_an_imported_stylesheet_is_swapped(site, browser):
    zonda = site.zonda
    zonda.write("static/colors.css", "h1 { color: rgb(10, 10, 10) !important; }\n")
    zonda.write(CSS, '@import "colors.css";\n' + zonda.read(CSS))
    zonda.wait()
    browser.open(site.url("/login"))
    connected(browser)
    browser.until(lambda: browser.color("h1") == "rgb(10, 10, 10)")
    browser.mark()
    zonda.write("static/colors.css", "h1 { color: rgb(20, 20, 20) !important; }\n")
    browser.until(lambda: browser.color("h1") == "rgb(20, 20, 20)")
    assert browser.marked()


def test_what_is_kept_over_a_refresh_and_what_never(site, browser):
    zonda = site.zonda
    zonda.edit(
        "templates/login.html",
        '{{template "foot" .}}',
        '<form id="test"><textarea name="note"></textarea><input type="checkbox" name="yes">'
        '<select name="size"><option>S<option>L</select><input name="csrf_token"><input name="plain">'
        '<input type="password" name="word"></form><p style="height: 3000px">tall</p>{{template "foot" .}}',
    )
    zonda.wait()
    browser.open(site.url("/login"))
    connected(browser)
    browser.run(
        """
        const form = document.getElementById("test").elements;
        form.note.value = "two\\nlines"; form.yes.checked = true; form.size.value = "L";
        form.csrf_token.value = "t"; form.plain.value = "kept"; form.word.value = "secret";
        scrollTo(0, 700);
        """
    )
    browser.mark()
    zonda.run("trigger", "--refresh", "anything", check=True)
    browser.until(lambda: not browser.marked() and browser.run("return document.readyState") == "complete")
    values = browser.run(
        """
        const form = document.getElementById("test").elements;
        return [form.note.value, form.yes.checked, form.size.value, form.csrf_token.value, form.plain.value, form.word.value];
        """
    )
    assert values == ["two\nlines", True, "L", "", "kept", ""]
    assert browser.run("return scrollY") == 700
    assert browser.run("return sessionStorage.getItem('zonda:page')") is None


def test_a_page_may_deal_with_a_key_itself(site, browser):
    """A published key stands for an entry of a cache: the page drops it, and is not loaded anew."""
    browser.open(site.url("/"))
    connected(browser)
    browser.run(
        "window.keys = []; document.addEventListener('zonda:refresh', (e) => { keys.push(e.detail.key); e.preventDefault(); })"
    )
    browser.mark()
    site.zonda.run("trigger", "--refresh", "cache/products", check=True)
    browser.until(lambda: browser.run("return window.keys") == ["cache/products"])
    assert browser.marked()


def test_by_hand_without_the_proxy(shop, browser):
    """The page includes the script from zonda's own port: another origin."""
    site = shop(proxy=False, ready=False)
    zonda = site.zonda
    zonda.edit(
        "templates/layout.html", "</head>", f'<script src="{site.dashboard("/__zonda/client.js")}"></script></head>'
    )
    zonda.ready(4 * WAIT_S)
    browser.open(site.url("/login"))
    connected(browser)
    browser.tab()
    browser.open(site.url("/login"))
    connected(browser)
    for handle in browser.driver.window_handles:
        browser.to(handle)
        browser.mark()
    zonda.write(CSS, zonda.read(CSS) + "\nh1 { color: rgb(7, 8, 9) !important; }\n")
    for handle in browser.driver.window_handles:
        browser.to(handle)
        browser.until(lambda: browser.color("h1") == "rgb(7, 8, 9)")
        assert browser.marked()
    set_version(zonda, "v-hand")
    for handle in browser.driver.window_handles:
        browser.to(handle)
        browser.until(lambda: version(browser) == "v-hand")


def test_latency_of_a_static_refresh(site, browser):
    """Save to event in the page, as both see the same clock. Printed; only the order is checked."""
    browser.open(site.url("/login"))
    connected(browser)
    browser.run(
        "window.heard = []; document.addEventListener('zonda:refresh', (e) => { heard.push(performance.timeOrigin + performance.now()); e.preventDefault(); })"
    )
    page = site.zonda.read("templates/login.html")
    took = []
    for count in range(1, 21):
        begin = time.time() * 1000
        site.zonda.write("templates/login.html", page + "\n" * count)
        browser.until(lambda: len(browser.run("return window.heard")) == count)
        took.append(browser.run("return window.heard.at(-1)") - begin)
    took.sort()
    print(f"\nstatic refresh, save to event in the browser: median {took[10]:.1f} ms, slowest {took[-1]:.1f} ms")
    assert all(ms > 0 for ms in took)
