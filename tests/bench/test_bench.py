"""The bench's own arithmetic, and its side of the peers."""
import bench
import pytest


def test_figures():
    served = {"zonda": [1.0, 3.0, 2.0], "air": [4.0, 4.0, 5.0], "floor": [2.0]}
    idle = {"cpu_ms": 0.0, "rss_kib": 4096, "ready_ms": 50.0}
    assert bench.figures(served, {"zonda": [1.0, 9.0, 2.0]}, idle) == {
        "event to build start, ms": 2.0,
        "save to served, of air's": 0.5,
        "save to served, of the floor": 1.0,
        "idle CPU in 20 s, ms": 0.0,
        "idle resident memory, MiB": 4.0,
        "tree watched after, ms": 50.0,
    }
    assert set(bench.figures(served, {}, idle)) < set(bench.TARGETS)


def test_a_missed_target_shows():
    served = {"zonda": [2.0], "air": [2.0]}
    text, met = bench.report(served, {}, None)
    assert not met and "MISSED" in text
    text, met = bench.report({"zonda": [1.0], "air": [2.0]}, {}, None)
    assert met and "MISSED" not in text


@pytest.mark.parametrize(
    "context, wanted",
    [
        ({"times": {"decided": 0.1, "build_start": 0.4}}, 0.4),
        ({"times": {"decided": 0.1}}, None),
        ({}, None),
    ],
)
def test_build_start(context, wanted):
    assert bench.build_start_ms(context) == wanted


def test_tree(tmp_path):
    bench.make_tree(tmp_path / "tree", 50, 120)
    directories = [path for path in (tmp_path / "tree").rglob("*") if path.is_dir()]
    assert len(directories) == 49 and len(list((tmp_path / "tree").rglob("*.txt"))) == 120


def test_own_process():
    import os

    assert bench.cpu_ms(os.getpid()) >= 0 and bench.memory_kib(os.getpid()) > 1000
    assert not bench.children_busy(os.getpid())
