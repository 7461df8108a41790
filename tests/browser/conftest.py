"""A real Chromium on pages that a real zonda serves. The harness is that of tests/e2e."""
import contextlib
import pathlib
import shutil
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

import zonda as harness  # noqa: E402
from chromium import Browser  # noqa: E402

SHOP = ROOT / "examples" / "shop"


def pytest_configure(config):
    config.addinivalue_line("markers", "crucial: the subset that also runs under sanitizers in a short check")


def pytest_collection_modifyitems(items):
    """The test itself: what a fixture does has a deadline of its own, and the first build of the shop takes minutes."""
    for item in items:
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(3 * harness.WAIT_S, func_only=True))


@pytest.fixture(scope="session")
def warm():
    if shutil.which("go") is None:
        pytest.skip("go is not on PATH")
    subprocess.run(
        ["go", "build", "-ldflags=-w", "-o", "/dev/null", "./cmd/shop"], cwd=SHOP, check=True, timeout=600
    )


class Site:
    """zonda with its ports, in a scratch copy of a project."""

    def __init__(self, project, *args, proxy=True, ports=True, env=None):
        self.dashboard_port = harness.free_port()
        self.livereload_port = harness.free_port()
        self.proxy_port = harness.free_port() if proxy else None
        given = [f"--dashboard.port={self.dashboard_port}", f"--livereload.port={self.livereload_port}"]
        given = given if ports else []
        given += [f"--proxy.port={self.proxy_port}"] if proxy else []
        self.zonda = harness.Zonda(project, *given, *args, env=env)

    def url(self, path="/"):
        return f"http://localhost:{self.proxy_port or self.zonda.port}{path}"

    def dashboard(self, path="/"):
        return f"http://127.0.0.1:{self.dashboard_port}{path}"


def end(site):
    """Gracefully, with browsers still connected; nothing is left behind, and no sanitizer complains."""
    try:
        site.zonda.stop()
    finally:
        site.zonda.cleanup()


@pytest.fixture
def sites():
    running = []

    def begin(project, *args, **options):
        site = Site(project, *args, **options)
        running.append(site)
        return site

    yield begin
    for site in running:
        site.zonda.cleanup()


def copy_shop(target):
    return shutil.copytree(SHOP, target, ignore=shutil.ignore_patterns(".zonda", "tmp", "*.db*", "var"))


@pytest.fixture
def shop(warm, tmp_path, sites):
    """begin(…) starts zonda in a copy of examples/shop, with the proxy before it."""
    copy = copy_shop(tmp_path / "shop")

    def begin(*args, ready=True, **options):
        site = sites(copy, *args, env={"SHOP_DB": str(tmp_path / "shop.db")}, **options)
        if ready:
            site.zonda.ready(4 * harness.WAIT_S)
        return site

    return begin


@pytest.fixture(scope="session")
def running_shop(warm, tmp_path_factory):
    place = tmp_path_factory.mktemp("running")
    site = Site(copy_shop(place / "shop"), env={"SHOP_DB": str(place / "shop.db")})
    try:
        site.zonda.ready(4 * harness.WAIT_S)
        yield site
    finally:
        end(site)


@pytest.fixture
def site(running_shop):
    """One zonda for all tests that need nothing special. Its files are as they were afterwards, and
    what they lead to serves."""
    yield running_shop
    project = running_shop.zonda.project
    for path in sorted(project.rglob("*")):
        before = SHOP / path.relative_to(project)
        if ".zonda" in path.parts or not path.is_file():
            continue
        if not before.exists():
            path.unlink()
        elif before.read_bytes() != path.read_bytes():
            path.write_bytes(before.read_bytes())
    running_shop.zonda.wait()


def begin_plain(project, begin):
    """begin(…, text=…) starts zonda in a project whose build is a copy and whose app is a script."""
    shutil.copytree(HERE.parent / "e2e" / "projects" / "plain", project)

    def start(*args, text="one", ready=True, **options):
        (project / "text.txt").write_text(text + "\n")
        site = begin(project, *args, proxy=False, **options)
        if ready:
            site.zonda.ready()
        return site

    return start


@pytest.fixture
def plain(tmp_path, sites):
    return begin_plain(tmp_path / "plain", sites)


@pytest.fixture(scope="module")
def plain_once(tmp_path_factory):
    """One for all tests that only ask."""
    site = begin_plain(tmp_path_factory.mktemp("once") / "plain", Site)()
    yield site
    end(site)


@pytest.fixture(scope="session")
def chromium():
    with contextlib.closing(Browser()) as browser:
        yield browser


@pytest.fixture
def browser(chromium):
    """A Chromium with one empty tab."""
    chromium.begin()
    yield chromium
    chromium.end()
