"""Every class of mistake in a configuration: where it is, what it is, what would be right."""
import re

import pytest
from zonda import run_zonda

# id, text of zonda.toml, line:column, what the message or its hint must hold
MISTAKES = [
    ("syntax", "[build\n", "1:", ""),
    ("syntax-value", "[run]\nargs = [1, \n", "", ""),
    ("not-utf8", b"[run]\nargs = ['\xff']\n", "2:", ""),
    ("duplicate-key", '[build]\npackage = "a"\npackage = "a"\n', "3:1", "package"),
    ("duplicate-table", "[run]\n[run]\n", "2:", "run"),
    ("unknown-key", '[build]\ncomand = "x"\n', "2:1", "command"),
    ("unknown-key-hint", "[run]\nstop_timout = '5s'\n", "2:1", "stop_timeout"),
    ("unknown-section", "[biuld]\ncommand = 'x'\n", "1:", "build"),
    ("unknown-root-key", "tmpdir = 'x'\n", "1:1", "tmp_dir"),
    ("key-in-wrong-section", "[run]\nbackend = 'poll'\n", "2:1", "watch"),
    ("section-is-value", "build = 'go build'\n", "1:", "build"),
    ("bool", "[watch]\ngitignore = 'yes'\n", "2:13", "true"),
    ("integer", "[run]\nmax_retries = 'three'\n", "2:15", "whole number"),
    ("integer-range", "[run]\nmax_retries = -1\n", "2:15", ""),
    ("float-for-integer", "[run]\nmax_retries = 1.5\n", "2:15", ""),
    ("duration", "[run]\nstop_timeout = '5 parsecs'\n", "2:16", "5s"),
    ("duration-negative", "[run]\nstop_timeout = '-5s'\n", "2:16", ""),
    ("duration-type", "[run]\nstop_timeout = true\n", "2:16", ""),
    ("size", "[log]\nmax_size = '10 potatoes'\n", "2:12", "MiB"),
    ("string", "[build]\npackage = 7\n", "2:11", "string"),
    ("list", "[build]\nflags = '-race'\n", "2:9", "list"),
    ("list-element", "[build]\nflags = ['-race', 7]\n", "2:19", ""),
    ("choice", "[watch]\nbackend = 'kqueue'\n", "2:11", "poll"),
    ("choice-hint", "[terminal]\ncolor = 'allways'\n", "2:9", "always"),
    ("signal", "[run]\nstop_signal = 'TREM'\n", "2:15", "TERM"),
    ("glob", "[watch]\nexclude = ['ok', '[a']\n", "2:18", ""),
    ("regex", "[watch]\nexclude_regex = ['(']\n", "2:18", ""),
    ("map", "[run]\nenv = ['A=1']\n", "2:7", ""),
    ("map-value", "[run]\nenv = { A = 1 }\n", "2:", ""),
    ("command", "[build]\ncommand = 7\n", "2:11", ""),
    ("command-quote", "[build]\ncommand = \"cp 'a b\"\n", "2:11", "quote"),
    ("level", "[log]\nlevel = 'loud'\n", "2:9", "debug"),
    ("rule-without-match", "[[rule]]\naction = 'build'\n", "1:", "match"),
    ("rule-action", "[[rule]]\nmatch = ['a']\naction = 'rebuild'\n", "3:10", "build"),
    ("rule-signal", "[[rule]]\nmatch = ['a']\naction = 'signal:NOPE'\n", "3:10", ""),
    ("rule-run-without-command", "[[rule]]\nmatch = ['a']\naction = 'run'\n", "", "command"),
    ("rule-except", "[[rule]]\nmatch = ['a']\nexcept = ['[b']\n", "3:11", ""),
    ("rule-regex", "[[rule]]\nmatch = ['a']\nexcept_regex = ['(']\n", "3:17", ""),
    ("rule-glob", "[[rule]]\nmatch = ['[a']\naction = 'build'\n", "2:10", ""),
    ("rule-key", "[[rule]]\nmatch = ['a']\naction = 'build'\nacton = 'x'\n", "4:1", "action"),
    ("rule-is-table", "[rule]\nmatch = ['a']\n", "1:", "[[rule]]"),
    ("root-missing", "root = 'no/such/directory'\n", "1:8", "no/such/directory"),
]


@pytest.mark.crucial
@pytest.mark.parametrize("text, place, word", [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES])
def test_mistake(tmp_path, text, place, word):
    path = tmp_path / "zonda.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = run_zonda(tmp_path, "validate")
    assert done.returncode == 3, done
    first = done.stderr.splitlines()[0]
    assert first.startswith(f"zonda.toml:{place}"), done.stderr
    assert re.match(r"zonda\.toml:\d+:\d+: error: \S", first), done.stderr
    assert word in done.stderr, done.stderr
    # A run refuses it just so, and so do the commands that need it.
    run = run_zonda(tmp_path)
    assert run.returncode == 3 and first in run.stderr, run


@pytest.mark.crucial
def test_all_at_once(tmp_path):
    """One run tells every mistake, in the order of the file."""
    (tmp_path / "zonda.toml").write_text(
        "[build]\ncomand = 'x'\n\n[run]\nstop_timeout = 'soon'\nstop_signal = 'NOPE'\n\n[wach]\n"
    )
    done = run_zonda(tmp_path, "validate")
    lines = [int(number) for number in re.findall(r"^zonda\.toml:(\d+):\d+: error", done.stderr, re.MULTILINE)]
    assert lines == [2, 5, 6, 8], done.stderr


def test_good_file(plain):
    done = run_zonda(plain, "validate")
    assert done.returncode == 0 and not done.stderr, done
    assert run_zonda(plain, "validate", "zonda.toml").returncode == 0


def test_package_that_is_there(mini):
    (mini / "zonda.toml").write_text('[build]\npackage = "./handlers"\n')
    done = run_zonda(mini, "validate")
    assert done.returncode == 0 and not done.stderr and "warning" not in done.stdout, done
    (mini / "zonda.toml").write_text('[build]\npackage = "./static"\n')
    done = run_zonda(mini, "validate")
    assert "zonda.toml:2:11: warning: package ./static has no Go file" in done.stderr, done


@pytest.mark.crucial
def test_missing_file(tmp_path):
    for args in (["validate", "none.toml"], ["-c", "none.toml"], ["validate", "-c", "none.toml"]):
        done = run_zonda(tmp_path, *args)
        assert done.returncode == 3 and "none.toml" in done.stderr, done


def test_several_files(plain, tmp_path):
    (plain / "bad.toml").write_text("[buidl]\n")
    done = run_zonda(plain, "validate", "zonda.toml", "bad.toml")
    assert done.returncode == 3 and "bad.toml:1:" in done.stderr


@pytest.mark.crucial
def test_variable(plain):
    """A variable's mistake names the variable."""
    done = run_zonda(plain, "validate", env={"ZONDA_RUN_STOP_TIMEOUT": "soon"})
    assert done.returncode == 3 and "ZONDA_RUN_STOP_TIMEOUT" in done.stderr, done


@pytest.mark.crucial
def test_flag(plain):
    """A flag's mistake names the flag."""
    done = run_zonda(plain, "validate", "--run.stop_timeout=soon")
    assert done.returncode in (2, 3) and "run.stop_timeout" in done.stderr, done


def test_dangerous_root(tmp_path):
    """The home directory is refused, unless that is asked for."""
    (tmp_path / "go.mod").write_text("module example.com/home\n")
    (tmp_path / "main.go").write_text("package main\n\nfunc main() {}\n")
    done = run_zonda(tmp_path, env={"HOME": str(tmp_path)})
    assert done.returncode == 3 and "allow_dangerous_root" in done.stderr, done
