"""A project of air's runs as it stands."""
import os
import pathlib
import shutil
import subprocess

import pytest
from zonda import run_zonda

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "zonda-bench"

# What `air init` (1.67) writes, without its empty lists.
AIR_INIT = """
root = "."
testdata_dir = "testdata"
tmp_dir = "tmp"

[build]
  args_bin = []
  bin = "./tmp/main"
  cmd = "go build -o ./tmp/main ."
  delay = 1000
  entrypoint = ["./tmp/main"]
  exclude_dir = ["assets", "tmp", "vendor", "testdata"]
  exclude_file = []
  exclude_regex = ["_test.go"]
  exclude_unchanged = false
  follow_symlink = false
  full_bin = ""
  include_dir = []
  include_ext = ["go", "tpl", "tmpl", "html"]
  include_file = []
  kill_delay = "0s"
  log = "build-errors.log"
  poll = false
  poll_interval = 0
  post_cmd = []
  pre_cmd = []
  rerun = false
  rerun_delay = 500
  send_interrupt = false
  stop_on_error = false

[color]
  app = ""
  build = "yellow"
  main = "magenta"
  runner = "green"
  watcher = "cyan"

[log]
  main_only = false
  silent = false
  time = false

[misc]
  clean_on_exit = false

[proxy]
  app_port = 0
  enabled = false
  proxy_port = 0

[screen]
  clear_on_rebuild = false
  keep_scroll = true
"""


@pytest.mark.crucial
def test_project_of_air(mini, start):
    (mini / ".air.toml").write_text(AIR_INIT)
    done = run_zonda(mini, "validate")
    assert done.returncode == 0, done
    zonda = start(mini).ready()
    with zonda.one_reload(action="build"):
        zonda.edit("handlers/handlers.go", '"one"', '"two"')
    assert zonda.text() == "two"
    with zonda.nothing_happens():
        zonda.edit("handlers/handlers_test.go", "Text is empty", "Text is still empty")
    zonda.stop()


def test_real_air_init(mini, start):
    """The same with what the installed air writes."""
    air = shutil.which("air") or shutil.which(str(CACHE / "bin" / "air"))
    if air is None:
        pytest.skip("air is not installed")
    subprocess.run([air, "init"], cwd=mini, check=True, capture_output=True)
    assert run_zonda(mini, "validate", ".air.toml").returncode == 0
    zonda = start(mini).ready()
    with zonda.one_reload(action="build"):
        zonda.edit("handlers/handlers.go", '"one"', '"two"')
    zonda.stop()


def test_arguments_and_environment(mini, start):
    (mini / "more.env").write_text("GREETING=from-air\n")
    text = AIR_INIT.replace("args_bin = []", 'args_bin = ["--from", "air"]')
    (mini / ".air.toml").write_text('env_files = ["more.env"]\n' + text)
    zonda = start(mini, "--", "more").ready()
    assert zonda.text("/args") == "--from|air|more"
    assert zonda.text("/env/GREETING") == "from-air"
    zonda.stop()


def test_rules_of_air(mini, start):
    rule = """
  [[build.rules]]
    name = "styles"
    cmd = "cp styles/a.scss static/made.css"
    include_ext = ["scss"]
"""
    (mini / "styles").mkdir()
    (mini / "styles" / "a.scss").write_text("made-one")
    (mini / ".air.toml").write_text(AIR_INIT.replace("[color]", rule + "\n[color]"))
    zonda = start(mini).ready()
    pid = zonda.app_pid
    (mini / "styles" / "a.scss").write_text("made-two")
    zonda.wait()
    assert zonda.text("/static/made.css") == "made-two" and zonda.app_pid == pid
    zonda.stop()


@pytest.mark.crucial
@pytest.mark.parametrize(
    "text, place",
    [
        ("[build]\n  exclud_dir = []\n", ":2:3"),  # unknown key
        ("exclude_dir = ['a']\n", ":1:1"),  # right key, wrong table
        ("[build]\n  delay = 'soon'\n", ":2:11"),
        ("[build]\n  cmd = 7\n", ":2:9"),
        ("[biuld]\n  cmd = 'x'\n", ":1:"),
    ],
)
def test_mistakes(mini, text, place):
    """validate finds what air ignores."""
    (mini / ".air.toml").write_text(text)
    done = run_zonda(mini, "validate")
    assert done.returncode == 3 and ".air.toml" + place in done.stderr, done


def test_unknown_key_is_a_warning_for_a_run(mini, start):
    (mini / ".air.toml").write_text(AIR_INIT + "\n[unheard]\nof = 1\n")
    zonda = start(mini).ready()
    assert ".air.toml" in zonda.story() and "unheard" in zonda.story()
    zonda.stop()


def test_keys_of_guides(mini):
    """[log] level and max_restarts, which guides show, are understood."""
    (mini / ".air.toml").write_text(AIR_INIT.replace("[log]", '[log]\n  level = "debug"'))
    assert run_zonda(mini, "validate").returncode == 0
