"""examples/shop, the real Gin app: every sort of its files, under the real zonda."""
import re
import shutil
import subprocess

import pytest
from zonda import ROOT, run_zonda

SHOP = ROOT / "examples" / "shop"
pytestmark = [
    pytest.mark.skipif(not (SHOP / "go.mod").exists(), reason="examples/shop is not here"),
    pytest.mark.timeout(600),
]


@pytest.fixture
def shop(warm, tmp_path):
    subprocess.run(
        ["go", "build", "-ldflags=-w", "-o", "/dev/null", "./cmd/shop"], cwd=SHOP, check=True, timeout=500
    )
    return shutil.copytree(
        SHOP, tmp_path / "shop", ignore=shutil.ignore_patterns(".zonda", "tmp", "*.db*", "data")
    )


def begin(start, shop, args=(), **options):
    zonda = start(shop, *args, env={"SHOP_DB": str(shop.parent / "shop.db")}, **options)
    # The app's address comes from PORT, or from ADDR.
    return zonda.ready(300)


def first(shop, pattern):
    found = sorted(shop.glob(pattern))
    assert found, f"examples/shop has no {pattern}"
    return found[0]


@pytest.mark.crucial
def test_edits(shop, start):
    """Go, template, static, .env, test, the other main package."""
    zonda = begin(start, shop)
    assert zonda.get("/")[0] in (200, 302)

    source = first(shop, "internal/version/*.go")
    text = source.read_text()
    with zonda.one_reload(action="build"):
        source.write_text(re.sub(r'(Text\s*=\s*)"[^"]*"', r'\1"changed by a test"', text, count=1))
    assert source.read_text() != text

    pid = zonda.app_pid
    with zonda.one_reload("refreshed", "refresh"):
        path = first(shop, "templates/**/*.html")
        path.write_text(path.read_text() + "\n")
    with zonda.one_reload("refreshed", "refresh"):
        path = first(shop, "static/**/*.css")
        path.write_text(path.read_text() + "\n/* changed */\n")
    with zonda.nothing_happens():
        path = first(shop, "**/*_test.go")
        path.write_text(path.read_text() + "\n// changed\n")
    with zonda.nothing_happens():
        path = first(shop, "cmd/worker/*.go")
        path.write_text(path.read_text() + "\n// changed\n")
    assert zonda.app_pid == pid
    with zonda.one_reload("served", "restart"):
        path = shop / ".env"
        path.write_text(path.read_text() + "\nADDED=1\n")
    assert zonda.app_pid != pid
    assert zonda.stop() == 0


def test_without_a_file(shop):
    """Without its configuration it has two mains: zonda says so and names both."""
    if not (shop / "zonda.toml").exists():
        pytest.skip("examples/shop has no zonda.toml")
    (shop / "zonda.toml").unlink()
    done = run_zonda(shop, "validate")
    assert done.returncode in (0, 3)


def test_its_own_tests(shop):
    done = subprocess.run(["go", "vet", "./..."], cwd=shop, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
