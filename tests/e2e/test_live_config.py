"""zonda.toml while running: applied; a broken one is reported and the old one stays in force."""
import pytest


def config_events(zonda, after):
    return [event for event in zonda.kinds("config", after)]


@pytest.mark.crucial
def test_applied(plain, start):
    zonda = start(plain).ready()
    mark = zonda.mark_here()
    pid = zonda.app_pid
    version = zonda.status()["config_version"]
    zonda.edit("zonda.toml", "[run]", '[run]\nargs = ["--given"]')
    event = zonda.wait_event("config", after=mark)
    assert "run.args" in event.message and event.level == "info"
    zonda.wait()
    assert zonda.text("/args") == "--given"
    assert zonda.app_pid != pid and zonda.status()["config_version"] > version
    zonda.stop()


@pytest.mark.crucial
def test_broken(plain, start):
    """Its place is told, the old one stays in force, the mend is taken."""
    zonda = start(plain).ready()
    pid = zonda.app_pid
    for text, place in [
        ("[run]\nargs = 7\n", "zonda.toml:2:8"),
        ("[run\n", "zonda.toml:1"),
        ("[run]\nstop_timout = '3s'\n", "zonda.toml:2:1"),
    ]:
        mark = zonda.mark_here()
        good = zonda.read("zonda.toml")
        zonda.write("zonda.toml", text)
        event = zonda.wait_event("config", after=mark)
        assert event.level == "error" and place in event.message + str(event.context), event
        zonda.wait()
        assert zonda.text() == "one" and zonda.app_pid == pid
        mark = zonda.mark_here()
        zonda.write("zonda.toml", good)
        zonda.wait_event("config", after=mark)
    with zonda.one_reload():
        zonda.write("text.txt", "two")
    zonda.stop()


def test_watch_changes(plain, start):
    """What is watched changes without a restart of the app."""
    zonda = start(plain).ready()
    pid = zonda.app_pid
    with zonda.nothing_happens():
        zonda.write("a.special", "x")
    mark = zonda.mark_here()
    zonda.edit("zonda.toml", '["txt", "py"]', '["txt", "py", "special"]')
    zonda.wait_event("config", after=mark)
    zonda.wait()
    assert zonda.app_pid == pid
    with zonda.one_reload(action="build"):
        zonda.write("a.special", "y")
    zonda.stop()


def test_build_command_changes(plain, start):
    zonda = start(plain).ready()
    mark = zonda.mark_here()
    zonda.edit("zonda.toml", '"cp text.txt built.out"', '"echo from-the-new-command > built.out"')
    zonda.wait_event("config", after=mark)
    zonda.served("from-the-new-command")
    zonda.stop()


def test_comment_only(plain, start):
    """A comment changes nothing, and nothing happens."""
    zonda = start(plain).ready()
    pid = zonda.app_pid
    zonda.wait()
    zonda.write("zonda.toml", "# A comment.\n" + zonda.read("zonda.toml"))
    zonda.wait()
    assert zonda.app_pid == pid
    zonda.stop()


def test_appears(mini, start):
    """A zonda.toml written beside a running zonda that had none is taken."""
    zonda = start(mini).ready()
    mark = zonda.mark_here()
    zonda.write("zonda.toml", '[run]\nargs = ["--appeared"]\n')
    zonda.wait_event("config", after=mark)
    zonda.wait()
    assert zonda.text("/args") == "--appeared"
    zonda.stop()


@pytest.mark.crucial
def test_origins(plain, start):
    """Default, file, variable, flag: the last one wins."""
    path = plain / "zonda.toml"
    path.write_text(path.read_text().replace("[run]", '[run]\nargs = ["file"]'))
    for args, env, wanted in [
        ((), {}, "file"),
        ((), {"ZONDA_RUN_ARGS": "variable"}, "variable"),
        (("--run.args=flag",), {"ZONDA_RUN_ARGS": "variable"}, "flag"),
    ]:
        zonda = start(plain, *args, env=env).ready()
        assert zonda.text("/args") == wanted
        zonda.stop()
