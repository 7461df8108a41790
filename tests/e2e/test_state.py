"""What goes from one version of the app to the next: the environment, files, logins."""
import http.cookiejar
import os
import re
import shutil
import signal
import subprocess
import urllib.parse
import urllib.request

import pytest
from test_shop import SHOP, begin, shop  # noqa: F401  a fixture
from zonda import until

OVERLAP = pytest.mark.parametrize("overlap", ["true", "false"])


def reload(zonda, text):
    with zonda.one_reload() as box:
        zonda.write("text.txt", text)
    return box[0]


def env(zonda, name):
    return zonda.text(f"/env/{name}")


@pytest.mark.crucial
def test_the_environment(plain, start):
    zonda = start(plain, env={"TRACEPARENT": "00-" + "1" * 32 + "-" + "2" * 16 + "-00"}).ready()
    seen = set()
    for number in range(1, 4):
        if number > 1:
            reload(zonda, f"text {number}\n")
        last = zonda.status()["last"]
        version, trace, span, flags = env(zonda, "TRACEPARENT").split("-")
        assert (version, flags) == ("00", "01")
        assert trace == last["trace_id"]
        assert span == last["span_ids"]["start"]
        assert re.fullmatch("[0-9a-f]{32}", trace) and re.fullmatch("[0-9a-f]{16}", span)
        assert env(zonda, "ZONDA_GENERATION") == str(number) == str(last["generation"])
        seen.add(trace)
        log = [event for event in zonda.kinds("reload_end") if event["id"] == last["id"]]
        assert log[0].trace_id == trace and log[0]["span_id"] == last["span_id"]
    assert len(seen) == 3
    assert zonda.stop() == 0


def test_a_started_again_app_is_of_the_same_reload(plain, start):
    zonda = start(plain, "--run.restart_delay=1ms").ready()
    trace = env(zonda, "TRACEPARENT")
    pid = zonda.app_pid
    position = zonda.mark_here()
    os.kill(pid, signal.SIGKILL)
    zonda.wait_event("app_ready", position, generation=2)
    assert env(zonda, "TRACEPARENT") == trace
    assert env(zonda, "ZONDA_GENERATION") == "2"
    assert zonda.stop() == 0


SCRIPT = """\
n=$(cat "$ZONDA_STATE_IN")
n=$((n + 1))
echo "this is version $n"
trap 'echo $n >"$ZONDA_STATE_OUT"; kill $!; exit 0' TERM
python3 -m http.server --bind 127.0.0.1 $PORT 2>/dev/null &
wait
"""


@OVERLAP
def test_a_shell_script_counts(plain, start, overlap):
    """It reads before it listens: overlapping, the old one is stopped for it, and nobody is refused."""
    (plain / "run.sh").write_text(SCRIPT)
    zonda = start(plain, "--run.command=sh run.sh", f"--run.overlap={overlap}").ready()
    for number in range(2, 5):
        reload(zonda, f"text {number}\n")
        assert until(lambda: [e for e in zonda.events if e.message == f"this is version {number}"])  # noqa: B023
    said = [event for event in zonda.kinds("notice") if "reads what the old one leaves" in event.message]
    assert len(said) == (overlap == "true")
    states = list((plain / ".zonda").glob("state-*"))
    assert len(states) == 1 and states[0].stat().st_mode & 0o777 == 0o700
    assert zonda.stop() == 0
    assert not list((plain / ".zonda").glob("state-*"))


class Browser:
    """Keeps cookies and follows redirects, as browsers do."""

    def __init__(self, zonda):
        self.base = f"http://127.0.0.1:{zonda.port}"
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )

    def get(self, path, form=None):
        data = urllib.parse.urlencode(form).encode() if form else None
        with self.opener.open(self.base + path, data, timeout=60) as answer:
            return answer.read().decode()

    def log_in(self):
        assert "Hello, gopher" in self.get("/login", {"user": "gopher", "password": "gopher"})
        return self

    @property
    def is_in(self):
        page = self.get("/account")
        assert ("Hello, gopher" in page) != ("<title>Log in" in page)
        return "Hello, gopher" in page

    def process(self):
        """The one that was logged in to, and the one that answers."""
        return tuple(map(int, re.search(r"in process (\d+).*?process (\d+)", self.get("/account"), re.S).groups()))


@pytest.mark.timeout(600)
@OVERLAP
def test_the_shop_stays_logged_in(shop, start, overlap):  # noqa: F811
    zonda = begin(start, shop, args=[f"--run.overlap={overlap}"])
    visitor, other = Browser(zonda).log_in(), Browser(zonda)
    first = visitor.process()
    assert first[0] == first[1] == zonda.app_pid
    source = shop / "internal/version/version.go"

    def reload_shop(text):
        with zonda.one_reload(action="build"):
            source.write_text(re.sub(r'(Text\s*=\s*)"[^"]*"', rf'\1"{text}"', source.read_text(), count=1))

    for number in range(3):
        reload_shop(f"version {number}")
        assert visitor.is_in and not other.is_in
        assert visitor.process() == (first[0], zonda.app_pid) != first
    # Versions that nobody with a session asked hand on what they were given.
    for number in range(3):
        reload_shop(f"unseen {number}")
    assert visitor.is_in
    visitor.get("/logout", {"x": "y"})
    reload_shop("logged out")
    assert not visitor.is_in
    assert not [event for event in zonda.kinds("notice") if "state" in event.message]
    assert zonda.stop() == 0


@pytest.mark.timeout(600)
def test_the_shop_after_a_crash(shop, start):  # noqa: F811
    """Promised is what the last version that ended in order has left."""
    zonda = begin(start, shop, args=["--run.restart_delay=1ms"])
    before = Browser(zonda).log_in()
    with zonda.one_reload("served", "restart"):
        (shop / ".env").write_text((shop / ".env").read_text() + "ADDED=1\n")
    since = Browser(zonda).log_in()
    assert before.is_in and since.is_in
    position = zonda.mark_here()
    os.kill(zonda.app_pid, signal.SIGKILL)
    zonda.wait_event("app_ready", position)
    assert before.is_in
    assert not since.is_in
    assert zonda.stop() == 0


@pytest.mark.skipif(shutil.which("go") is None, reason="go is not on PATH")
@pytest.mark.timeout(600)
def test_zondastate_itself(warm):
    done = subprocess.run(
        ["go", "test", "./zondastate/"], cwd=SHOP, capture_output=True, text=True, timeout=500
    )
    assert done.returncode == 0, done.stdout + done.stderr
