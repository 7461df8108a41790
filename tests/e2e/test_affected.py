"""[test] on_reload = "affected": the tests that a change can reach, after its version serves."""
import re

import pytest
from zonda import marked, until

FAILING = """package handlers

import "testing"

func TestText(t *testing.T) {
	if Text != "one" {
		t.Errorf("Text is %q", Text)
	}
}
"""
# While the file HELD is there: says that it runs, and goes on until it is killed.
HOLDING = """package handlers

import (
	"os"
	"testing"
)

func TestHeld(t *testing.T) {
	if _, err := os.Stat(os.Getenv("HELD")); err != nil {
		return
	}
	if err := os.WriteFile(os.Getenv("HELD")+".runs", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	select {}
}
"""
PASSING = "package {0}\n\nimport \"testing\"\n\nfunc TestIt(t *testing.T) {{}}\n"


@pytest.fixture
def tested(mini):
    """mini with tests in handlers, in main and in a package that nobody imports."""
    (mini / "zonda.toml").write_text('[test]\non_reload = "affected"\n')
    (mini / "handlers/handlers_test.go").write_text(FAILING)
    (mini / "main_test.go").write_text(PASSING.format("main"))
    (mini / "unrelated/unrelated_test.go").write_text(PASSING.format("unrelated"))
    return mini


def running_tests(zonda):
    return [line for line in marked(zonda.mark).values() if re.search(r"^go (test|list) |\.test ", line)]


@pytest.mark.crucial
def test_a_failing_test_is_told_and_mended(tested, start):
    zonda = start(tested, tty=True).ready()
    assert zonda.status()["tests"] is None
    here = zonda.mark_here()
    with zonda.one_reload():
        zonda.edit("handlers/handlers.go", 'Text = "one"', 'Text = "two"')
    begin = zonda.wait_event("tests_begin", after=here)
    assert begin["packages"] == 2, zonda.story()  # handlers and main; unrelated is not reached
    end = zonda.wait_event("tests_end", after=here)
    assert (end["outcome"], end["packages"], end["failed"]) == ("failed", 2, 1), zonda.story()
    place = end["diagnostics"][0]
    assert place["file"] == str(tested / "handlers/handlers_test.go")
    assert (place["line"], place["message"]) == (7, 'Text is "two"')
    zonda.wait_screen(r'handlers_test\.go:7: Text is "two"')
    zonda.wait_screen(r"✗ tests: 1 of 2 packages failed · \d")
    assert zonda.text() == "two"  # it serves all the same
    assert zonda.status()["tests"]["outcome"] == "failed"

    # A test file alone: no reload, but a run of its own package.
    here = zonda.mark_here()
    with zonda.nothing_happens():
        zonda.edit("handlers/handlers_test.go", '"one"', '"two"')
    end = zonda.wait_event("tests_end", after=here)
    assert (end["outcome"], end["packages"], end["failed"]) == ("passed", 1, 0), zonda.story()
    zonda.wait_screen(r"✓ tests: 1 package · \d")
    tests = zonda.status()["tests"]
    assert (tests["outcome"], tests["diagnostics"]) == ("passed", [])


def test_a_test_that_does_not_compile(tested, start):
    zonda = start(tested).ready()
    here = zonda.mark_here()
    zonda.edit("handlers/handlers_test.go", "t.Errorf(", "t.Oops(")
    end = zonda.wait_event("tests_end", after=here)
    assert (end["outcome"], end["failed"]) == ("failed", 1)
    assert end["diagnostics"][0]["file"] == str(tested / "handlers/handlers_test.go")
    assert "t.Oops undefined" in end["diagnostics"][0]["message"]


def test_only_what_the_change_reaches(tested, start):
    zonda = start(tested).ready()
    for name, packages in [("unrelated/unrelated.go", 1), ("unrelated/unrelated_test.go", 1), ("main.go", 1)]:
        here = zonda.mark_here()
        zonda.write(name, zonda.read(name) + "\n// A word.\n\nvar _ = 0\n")
        assert zonda.wait_event("tests_end", after=here)["packages"] == packages, zonda.story()
    assert all(event["outcome"] == "passed" for event in zonda.kinds("tests_end"))


@pytest.fixture
def held(tested, tmp_path):
    """A run of handlers' tests that ends only by being killed, while the file held is there."""
    (tested / "handlers/handlers_test.go").write_text(HOLDING)
    file = tmp_path / "held"
    file.write_text("")
    return file


def hold(zonda, held):
    here = zonda.mark_here()
    zonda.edit("handlers/handlers.go", 'Text = "one"', 'Text = "two"')
    zonda.wait_event("tests_begin", after=here)
    assert until(held.with_suffix(".runs").exists), zonda.story()
    assert running_tests(zonda)


@pytest.mark.crucial
def test_a_newer_save_kills_the_run(tested, held, start):
    zonda = start(tested, env={"HELD": str(held)}).ready()
    hold(zonda, held)
    assert zonda.wait()["outcome"] == "served"  # wait does not wait for tests
    held.unlink()
    here = zonda.mark_here()
    zonda.edit("main.go", "main-one", "main-two")
    assert zonda.wait_event("tests_end", after=here)["outcome"] == "obsolete"
    end = zonda.wait_event("tests_end", after=here, outcome="passed")
    assert end["packages"] == 2, zonda.story()  # those of the run that was killed, too
    assert zonda.text("/main") == "main-two"
    assert not running_tests(zonda)


@pytest.mark.crucial
def test_quitting_leaves_nothing(tested, held, start):
    zonda = start(tested, env={"HELD": str(held)}).ready()
    hold(zonda, held)
    assert zonda.stop() == 0  # and nobody is left


def test_off_does_nothing(tested, held, start):
    zonda = start(tested, "--test.on_reload=off", env={"HELD": str(held)}).ready()
    with zonda.one_reload():
        zonda.edit("handlers/handlers.go", 'Text = "one"', 'Text = "two"')
    with zonda.nothing_happens():
        zonda.write("handlers/handlers_test.go", FAILING)
    assert zonda.status()["tests"] is None
    assert not running_tests(zonda)
    assert zonda.stop() == 0
    assert not zonda.kinds("tests_begin") and not zonda.kinds("tests_end")


def test_the_configuration_applies(tested, held, start):
    zonda = start(tested, env={"HELD": str(held)}).ready()
    hold(zonda, held)
    here = zonda.mark_here()
    zonda.edit("zonda.toml", '"affected"', '"off"')
    assert zonda.wait_event("tests_end", after=here)["outcome"] == "obsolete"
    assert until(lambda: not running_tests(zonda))
    here = zonda.mark_here()
    zonda.edit("zonda.toml", '"off"', '"affected"')
    zonda.wait_event("config", after=here)
    held.unlink()
    zonda.edit("main.go", "main-one", "main-two")
    end = zonda.wait_event("tests_end", after=here)
    assert (end["outcome"], end["packages"]) == ("passed", 1), zonda.story()


def test_a_failed_build_is_not_tested(tested, start):
    zonda = start(tested).ready()
    here = zonda.mark_here()
    with zonda.one_reload(outcome="build_failed"):
        zonda.edit("handlers/handlers.go", 'Text = "one"', "Text = nothing")
    with zonda.one_reload(outcome="unchanged"):  # the version that serves has them now
        zonda.edit("handlers/handlers.go", "Text = nothing", 'Text = "one" + ""')
    end = zonda.wait_event("tests_end", after=here)
    assert (end["outcome"], end["packages"]) == ("passed", 2), zonda.story()
    assert len(zonda.kinds("tests_begin")) == 1
