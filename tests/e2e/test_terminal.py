"""What a person at a terminal sees and can press."""
import re

import pytest
import zonda as harness


@pytest.mark.crucial
def test_keys(plain, start):
    zonda = start(plain, tty=True).ready()
    pid, mark = zonda.app_pid, zonda.mark_here()

    zonda.press("r")
    zonda.wait_event("reload_end", after=mark, cause="key", action="restart", outcome="served")
    assert zonda.app_pid != pid and not zonda.kinds("build_begin", mark)

    mark = zonda.mark_here()
    zonda.press("b")
    zonda.wait_event("reload_end", after=mark, cause="key", action="build", outcome="served")
    assert zonda.kinds("build_begin", mark)

    at = len(zonda.screen)
    zonda.press("?")
    zonda.wait_screen(r"restart", after=at)
    zonda.wait_screen(r"quit", after=at)

    zonda.press("c")
    assert harness.until(lambda: b"\x1b[2J" in zonda.output or b"\x1bc" in zonda.output)

    zonda.press("xyz 1\x1b[A")  # stray keys and arrows do nothing
    zonda.press("q")
    assert zonda.wait_exit() == 0
    zonda.check_clean()


@pytest.mark.crucial
def test_line_per_reload(mini, start):
    """One line says what changed, what was done, and how long each phase took."""
    zonda = start(mini, tty=True, level="info").ready()
    at = len(zonda.screen)
    zonda.edit("handlers/handlers.go", '"one"', '"two"')
    zonda.served("two")
    zonda.wait()
    zonda.wait_screen(r"handlers\.go", after=at)
    zonda.wait_screen(r"build \d[\d.,]* ?m?s", after=at)
    zonda.stop()


@pytest.mark.crucial
def test_colours_of_gin(mini, start):
    """The app has a terminal too: gin keeps its colours, and they come through."""
    zonda = start(mini, tty=True).ready()
    zonda.get("/text")
    assert harness.until(lambda: re.search(rb"\x1b\[97;42m 200 \x1b\[0m", bytes(zonda.output))), zonda.story()
    zonda.stop()


def test_no_color(mini, start):
    """NO_COLOR takes zonda's own colours; what the app does is its own affair."""
    zonda = start(mini, "--log.app=false", tty=True, env={"NO_COLOR": "1"}).ready()
    zonda.edit("handlers/handlers.go", '"one"', "oops")
    zonda.wait_screen("undefined: oops")
    zonda.stop()
    assert not re.search(rb"\x1b\[[0-9;]*m", bytes(zonda.output)), bytes(zonda.output)[-500:]


def test_colour_always(plain, start):
    zonda = start(plain, "--terminal.color=always", "--log.format=text", tty=True).ready()
    zonda.stop()
    assert re.search(rb"\x1b\[[0-9;]*m", bytes(zonda.output))


def test_app_has_terminal(plain, start):
    zonda = start(plain, tty=True).ready()
    assert zonda.text("/tty") == "True"
    zonda.stop()


def test_app_has_no_terminal(plain, start):
    zonda = start(plain, "--run.pty=never", tty=True).ready()
    assert zonda.text("/tty") == "False"
    zonda.stop()


def test_terminal_restored(plain, start):
    """Whatever zonda set on the terminal is as it was."""
    import termios

    zonda = start(plain, tty=True)
    before = termios.tcgetattr(zonda.master)
    zonda.ready()
    zonda.press("q")
    zonda.wait_exit()
    after = termios.tcgetattr(zonda.master)
    # Echo and line mode; the rest may be what the driver keeps.
    lflags = termios.ICANON | termios.ECHO | termios.ISIG
    assert after[3] & lflags == lflags, (before, after)


def test_stdin(plain, start):
    """By choice the app gets what is typed; keys are then not zonda's."""
    zonda = start(plain, "--run.stdin=true", tty=True, env={"APP_ECHO_STDIN": "1"}).ready()
    zonda.press("hello there\n")
    zonda.wait_screen("app: heard hello there")
    zonda.press("q\n")
    zonda.wait_screen("app: heard q")
    assert zonda.process.poll() is None
    zonda.stop()


def test_keys_are_left_to_a_pager(plain, start):
    """In zonda | less what is typed is for the pager, though it comes from the same terminal."""
    zonda = start(plain, tty=True, prefix=["sh", "-c", '"$0" "$@" >/dev/null']).ready()
    import termios

    lflags = termios.ICANON | termios.ECHO
    assert termios.tcgetattr(zonda.master)[3] & lflags == lflags
    zonda.stop()


def test_banner_and_address(mini, start):
    """The first lines say what runs and where it listens."""
    zonda = start(mini, tty=True, level="info").ready()
    zonda.wait_screen(r"zonda \d+\.\d+\.\d+")
    zonda.wait_screen(str(zonda.port))
    zonda.stop()


def test_no_escapes_without_terminal(plain, start):
    """Into a pipe: plain text."""
    zonda = start(plain, "--log.format=text")
    assert harness.until(lambda: zonda.broken and any(b"app: serving" in line for line in zonda.broken))
    zonda.process.terminate()
    assert zonda.wait_exit() == 0
    assert not any(b"\x1b" in line for line in zonda.broken), zonda.broken


def test_what_is_not_mended_is_not_fixed(plain, start):
    """r starts the old version again; the build fails as before, and that is said."""
    zonda = start(plain, tty=True).ready()
    (plain / "text.txt").unlink()
    zonda.wait_screen(r"build failed .* the old version keeps serving")
    zonda.press("r")
    zonda.wait_screen(r"the old version, as the build still fails, served in")
    assert "fixed" not in zonda.screen
    zonda.write("text.txt", "two")
    zonda.wait_screen(r"fixed, served in")
    zonda.stop()


def test_key_during_the_first_build(plain, start):
    """The build under way ends in a start anyway: nothing is given up."""
    path = plain / "zonda.toml"
    path.write_text(path.read_text().replace('"cp text.txt built.out"', '"sleep 1; cp text.txt built.out"'))
    zonda = start(plain, tty=True)
    zonda.wait_event("build_begin")
    zonda.press("r")
    end = zonda.wait_event("reload_end")
    assert end["outcome"] == "served" and end["id"] == 1, zonda.story()
    zonda.stop()
