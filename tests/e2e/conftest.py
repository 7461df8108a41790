"""Fixtures: scratch copies of projects, and a factory that starts zonda in them and takes it down."""
import fcntl
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest
import zonda as harness

HERE = pathlib.Path(__file__).resolve().parent


def pytest_configure(config):
    config.addinivalue_line("markers", "crucial: the subset that also runs under sanitizers in a short check")


def pytest_sessionstart(session):
    if not os.access(harness.binary(), os.X_OK):
        pytest.exit(f"there is no {harness.binary()}: build it, or name one by ZONDA=path", 2)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(240))


@pytest.fixture(scope="session")
def warm(tmp_path_factory):
    """Every package of the Gin fixture is in Go's build cache, so that a test waits for its own
    package and the linker only. Once for all workers."""
    if shutil.which("go") is None:
        pytest.skip("go is not on PATH")
    with open(pathlib.Path(tempfile.gettempdir()) / f"zonda-e2e-warm-{os.getuid()}", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(
            ["go", "build", "-ldflags=-w", "-o", os.devnull, "."],
            cwd=HERE / "projects" / "mini",
            check=True,
            timeout=600,
        )


def copy(source, target):
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(".zonda", "tmp"))
    return target


@pytest.fixture
def mini(warm, tmp_path):
    """A small Gin project."""
    return copy(HERE / "projects" / "mini", tmp_path / "mini")


@pytest.fixture
def plain(tmp_path):
    """A project whose build is a copy and whose app is a script: where Go is not the point."""
    return copy(HERE / "projects" / "plain", tmp_path / "plain")


@pytest.fixture
def start():
    """start(project, *args, …) runs zonda; whatever the test does, nothing of it stays."""
    running = []

    def begin(project, *args, **options):
        zonda = harness.Zonda(project, *args, **options)
        running.append(zonda)
        return zonda

    yield begin
    for zonda in running:
        zonda.cleanup()
