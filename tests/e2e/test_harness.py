"""The harness itself: it notices what it is there to notice. A script stands in for zonda."""
import stat

import pytest
import zonda as harness

FAKE = """#!/usr/bin/env python3
import json, os, subprocess, sys, time
def tell(kind, **context):
    line = {"timestamp": "", "level": "info", "service": "s", "trace_id": "", "message": kind}
    print(json.dumps({**line, "context": {"kind": kind, **context}}), flush=True)
tell("watching")
%s
tell("reload_end", outcome="served")
"""


@pytest.fixture
def fake(tmp_path, monkeypatch):
    def make(body):
        path = tmp_path / "zonda"
        path.write_text(FAKE % body)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("ZONDA", str(path))
        return tmp_path

    return make


def test_events(fake, start):
    zonda = start(fake("")).ready()
    assert zonda.wait_event("watching") and zonda.wait_exit() == 0
    zonda.check_clean()
    with pytest.raises(AssertionError, match="no event nothing"):
        zonda.wait_event("nothing")


def test_left_behind(fake, start):
    """A daemon of another session is found by the mark, and swept by cleanup."""
    zonda = start(fake("subprocess.Popen(['sleep', '1000'], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)"))
    zonda.ready()
    with pytest.raises(AssertionError, match="left behind.*sleep"):
        zonda.stop()
    zonda.cleanup()
    assert harness.until(lambda: not harness.marked(zonda.mark), 5)


def test_sanitizer_report(fake, start):
    zonda = start(fake("open(os.environ['ASAN_OPTIONS'].split('log_path=')[1].split(':')[0] + '.1', 'w').write('leak')"))
    zonda.ready()
    with pytest.raises(AssertionError, match="sanitizer report"):
        zonda.stop()


def test_line_that_is_not_json(fake, start):
    zonda = start(fake("print('oops', flush=True)")).ready()
    with pytest.raises(AssertionError, match="not JSON"):
        zonda.stop()


def test_terminal(fake, start, monkeypatch):
    """With a terminal the events come from the file, the rest is the screen."""
    project = fake(
        "log = [a for a in sys.argv if a.startswith('--log.file=')][0].split('=')[1]\n"
        "print('\\x1b[31mred\\x1b[0m', sys.stdin.isatty())\n"
        "line = {'timestamp': '', 'level': 'info', 'service': '', 'trace_id': '', 'message': 'x', 'context': {'kind': 'x'}}\n"
        "open(log, 'w').write(json.dumps(line) + '\\n')\n"
        "key = os.read(0, 1)\n"
    )
    zonda = start(project, tty=True)
    zonda.wait_screen("red True")
    zonda.wait_event("x")
    zonda.press("q\n")
    assert zonda.wait_exit() == 0
    zonda.check_clean()
