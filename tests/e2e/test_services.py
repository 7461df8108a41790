"""Several services in one zonda.toml: examples/orders, three Gin programs of one module, under the real zonda."""
import json
import pathlib
import shutil
import signal
import urllib.request

import pytest
import zonda as harness
from zonda import ROOT, free_port, run_zonda, until

ORDERS = ROOT / "examples" / "orders"
NAMES = ["api", "web", "worker"]
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def orders(warm, tmp_path):
    """A copy with ports of its own."""
    project = shutil.copytree(ORDERS, tmp_path / "orders", ignore=shutil.ignore_patterns(".zonda"))
    path = project / "zonda.toml"
    api, web = free_port(), free_port()
    path.write_text(path.read_text().replace("8091", str(api)).replace("8092", str(web)))
    (tmp_path / "ports").write_text(f"{api} {web}")
    return project


def ports(project):
    return [int(port) for port in (project.parent / "ports").read_text().split()]


def get(port, path="/", method="GET"):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return answer.read().decode()


def of(service):
    return lambda event: event.service == service


def served(zonda, service, after=0):
    return zonda.wait_event("reload_end", after=after, outcome="served", where=of(service))


def all_served(zonda, names=NAMES):
    for name in names:
        served(zonda, name)
    return zonda


def all_planned(zonda, names=NAMES):
    """From now on an edit is built directly."""
    for name in names:
        zonda.wait_event("notice", where=lambda event: event.service == name and "the next build is direct" in event.message)
    return zonda


def at(zonda, kind, service, after=0):
    """Where in the log the service's first such event is."""
    with zonda.changed:
        for number, event in enumerate(zonda.events[after:]):
            if event.kind == kind and event.service == service:
                return number
    raise AssertionError(f"no {kind} of {service}" + zonda.story())


def by_name(zonda):
    return {service["name"]: service for service in zonda.status()["services"]}


def reloads(zonda):
    return {name: service["reloads"] for name, service in by_name(zonda).items()}


def packages(zonda, after):
    return sum(event["packages"] for event in zonda.kinds("build_end", after))


@pytest.mark.crucial
def test_start_by_readiness(orders, start):
    """What depends on the api is built beside it, and started when it is ready."""
    gate = orders.parent / "gate"
    path = orders / "zonda.toml"
    hold = f"before = [\"sh -c 'until [ -e {gate} ]; do sleep 0.05; done'\"]"
    path.write_text(path.read_text().replace("[service.api.build]\n", f"[service.api.build]\n{hold}\n"))
    zonda = start(orders)
    for name in ("web", "worker"):
        zonda.wait_event("notice", where=lambda event, name=name: event.service == name and "when api is ready" in event.message)
        assert by_name(zonda)[name]["state"] == "waiting"
    assert not zonda.kinds("app_started")
    gate.touch()
    all_served(zonda)
    for name in ("web", "worker"):
        assert at(zonda, "app_ready", "api") < at(zonda, "app_started", name)
    api, web = ports(orders)
    get(api, "/orders/kite", "POST")
    assert until(lambda: json.loads(get(api, "/orders"))[0]["packed"] == "worker, order 1: kite")
    assert "order 1: kite" in get(web)
    zonda.stop()


@pytest.mark.crucial
def test_only_importers_reload(orders, start):
    """A shared package: all that import it, compiled once. Another one: its only importer."""
    zonda = all_planned(all_served(start(orders)))
    zonda.wait()
    before, mark = reloads(zonda), zonda.mark_here()
    zonda.edit("order/order.go", '"order %d: %s"', '"no. %d: %s"')
    zonda.wait()
    assert reloads(zonda) == {name: count + 1 for name, count in before.items()}
    # Title is inlined, so its importers are compiled, too: order, stock, packing and three mains, each of them once.
    assert packages(zonda, mark) == 6, "what is shared was compiled more than once"
    assert get(ports(orders)[0], "/sample") == "no. 1: sample"

    before, mark = reloads(zonda), zonda.mark_here()
    pids = {name: service["app_pid"] for name, service in by_name(zonda).items()}
    zonda.edit("packing/packing.go", '"worker, "', '"packer, "')
    zonda.wait()
    after = {name: service["app_pid"] for name, service in by_name(zonda).items()}
    assert reloads(zonda) == {**before, "worker": before["worker"] + 1}
    assert [name for name in NAMES if pids[name] != after[name]] == ["worker"]

    before = reloads(zonda)
    zonda.edit("stock/stock.go", "maxOrders = 1000", "maxOrders = 2000")
    zonda.wait()
    assert reloads(zonda) == {**before, "api": before["api"] + 1}
    zonda.stop()


@pytest.mark.crucial
def test_a_failing_build_leaves_the_others(orders, start):
    zonda = all_served(start(orders))
    mark = zonda.mark_here()
    good = zonda.read("packing/packing.go")
    zonda.write("packing/packing.go", good.replace('"worker, "', "7"))
    done = zonda.run("wait")
    assert done.returncode == 1 and "worker: reload" in done.stderr and "packing.go" in done.stderr, done
    failed = zonda.wait_event("reload_end", after=mark, outcome="build_failed")
    assert failed.service == "worker"
    states = by_name(zonda)
    assert [states[name]["state"] for name in NAMES] == ["ready"] * 3, "the old worker goes on"
    assert zonda.run("wait", "api").returncode == 0
    zonda.edit("stock/stock.go", "maxOrders = 1000", "maxOrders = 3000")
    assert zonda.run("wait", "api").returncode == 0
    assert zonda.run("wait").returncode == 1, "the worker's build still fails"
    zonda.write("packing/packing.go", good.replace('"worker, "', '"mended, "'))
    assert zonda.run("wait").returncode == 0
    zonda.stop()


def test_a_crash_leaves_the_others(orders, start):
    zonda = all_served(start(orders))
    before, mark = by_name(zonda), zonda.mark_here()
    harness.os.kill(before["worker"]["app_pid"], signal.SIGKILL)
    zonda.wait_event("app_ready", after=mark, where=of("worker"))
    after = by_name(zonda)
    assert after["worker"]["app_pid"] != before["worker"]["app_pid"]
    for name in ("api", "web"):
        assert after[name]["app_pid"] == before[name]["app_pid"]
    zonda.stop()


def test_it_waits_for_what_fails(orders, start):
    """A dependency that does not start: the others wait, and say so; mended, they start."""
    good = (orders / "stock/stock.go").read_text()
    (orders / "stock/stock.go").write_text(good + "func {\n")
    zonda = start(orders)
    zonda.wait_event("reload_end", outcome="build_failed", where=of("api"))
    for name in ("web", "worker"):
        zonda.wait_event("build_end", ok=True, where=of(name))
    done = zonda.run("wait")
    assert done.returncode == 1 and "web: it waits for a service" in done.stderr, done
    assert by_name(zonda)["web"]["state"] == "waiting"
    assert "waiting" in zonda.run("status", check=True).stdout
    zonda.write("stock/stock.go", good)
    all_served(zonda)
    assert zonda.run("wait").returncode == 0
    zonda.stop()


@pytest.mark.crucial
def test_stop_order(orders, start):
    """^C: what depends on others stops before them."""
    zonda = all_served(start(orders))
    zonda.wait()
    mark = zonda.mark_here()
    assert zonda.stop(signal.SIGINT) == 0
    api = at(zonda, "app_stopping", "api", mark)
    for name in ("web", "worker"):
        assert at(zonda, "app_exit", name, mark) < api


def test_stopped_while_it_waits(orders, start):
    (orders / "stock/stock.go").write_text("package stock\n\nfunc {\n")
    zonda = start(orders)
    zonda.wait_event("build_end", ok=True, where=of("web"))
    assert zonda.stop() == 0


@pytest.mark.crucial
def test_part(orders, start):
    """zonda run NAME starts it and what it depends on."""
    zonda = start(orders, "run", "web")
    all_served(zonda, ["api", "web"])
    assert sorted(by_name(zonda)) == ["api", "web"]
    with pytest.raises(AssertionError):
        at(zonda, "build_begin", "worker")
    zonda.stop()
    done = run_zonda(orders, "run", "wbe")
    assert done.returncode == 3 and "there is no service wbe" in done.stderr and "did you mean web?" in done.stderr
    done = run_zonda(orders, "run", "--", "-x")
    assert done.returncode == 3 and "arguments for an app need one service" in done.stderr


def test_arguments_for_one(orders, start):
    zonda = start(orders, "run", "api", "--", "one", "two")
    served(zonda, "api")
    command = pathlib.Path(f"/proc/{by_name(zonda)['api']['app_pid']}/cmdline").read_bytes()
    assert command.split(b"\0")[1:3] == [b"one", b"two"]
    zonda.stop()


def test_status_and_trigger(orders, start):
    zonda = all_served(start(orders))
    zonda.wait()
    api, web = ports(orders)
    status = zonda.status()
    assert status["state"] == "ready" and sorted(status["ports"]) == sorted([api, web])
    services = by_name(zonda)
    assert services["web"]["depends_on"] == ["api"] and services["web"]["ports"] == [web]
    assert services["worker"]["ports"] == [] and services["api"]["last"]["outcome"] == "served"
    one = json.loads(zonda.run("status", "web", "--json", check=True).stdout)
    assert one["service"] == "web" and one["ports"] == [web] and "services" not in one
    text = zonda.run("status", check=True).stdout
    assert f"api     ready: generation 1, pid {services['api']['app_pid']}, port {api}" in text, text
    assert zonda.run("status", "wbe").returncode == 1

    before = reloads(zonda)
    zonda.run("trigger", "web", check=True)
    assert zonda.run("wait", "web").returncode == 0
    assert reloads(zonda) == {**before, "web": before["web"] + 1}
    before = reloads(zonda)
    zonda.run("trigger", check=True)
    assert zonda.run("wait").returncode == 0
    assert reloads(zonda) == {name: count + 1 for name, count in before.items()}
    ids = [event["id"] for event in zonda.kinds("reload_end")]
    assert len(set(ids)) == len(ids), "an id was given twice"
    zonda.stop()


def test_without_a_run(orders):
    """explain, doctor, validate and init know services."""
    done = run_zonda(orders, "explain", "order/order.go", "packing/packing.go", "--json")
    found = {(one["service"], pathlib.Path(one["file"]).name): one["action"] for one in json.loads(done.stdout)["files"]}
    assert all(found[name, "order.go"] == "build" for name in NAMES)
    assert [found[name, "packing.go"] for name in NAMES] == ["ignore", "ignore", "build"]
    assert "worker: build: packing/packing.go" in run_zonda(orders, "explain", "packing/packing.go").stdout
    done = run_zonda(orders, "doctor")
    assert "web: go build ./cmd/web" in done.stdout, done
    assert run_zonda(orders, "validate").stdout == "zonda.toml: ok\n"
    text = (orders / "zonda.toml").read_text()
    (orders / "zonda.toml").write_text(text.replace('["api"]', '["api", "web"]'))
    done = run_zonda(orders, "validate")
    assert done.returncode == 3 and "web waits for web" in done.stderr, done
    (orders / "zonda.toml").write_text(text.replace("./cmd/api", "./cmd/nothing"))
    done = run_zonda(orders, "validate")
    assert "package ./cmd/nothing is no directory" in done.stderr, done
    run_zonda(orders, "init", "--force")
    assert "[service.worker.build]" in (orders / "zonda.toml").read_text()
    assert run_zonda(orders, "validate").returncode == 0


def test_prefixes(orders, start):
    """One log: the app's lines and zonda's have the name of their service before them."""
    zonda = start(orders, tty=True, level="info", env={"LC_ALL": "C.UTF-8"})
    # A progress line may stand before, which the terminal has taken away.
    zonda.wait_screen(r"api    │ taking orders on 127")
    zonda.wait_screen(r"worker │ ready to pack")
    zonda.wait_screen(r"web    │ zonda  ↻ first start .* served in")
    zonda.wait_screen(r"zonda .* · api, web, worker · zonda.toml")
    all_served(zonda)
    mark = zonda.mark_here()
    zonda.press("r")
    for name in NAMES:
        zonda.wait_event("reload_end", after=mark, cause="key", outcome="served", where=of(name))
    zonda.press("q")
    zonda.wait_screen(r"api    │ closed")
    assert zonda.wait_exit() == 0
    colours = {name: harness.re.search(rb"\x1b\[0;(\d+)m" + name.encode() + rb" *", zonda.output).group(1) for name in NAMES}
    assert len(set(colours.values())) == 3, colours
    lines = [event for event in zonda.kinds("app_output") if event.message == "ready to pack"]
    assert lines and all(event.service == "worker" for event in lines)


@pytest.mark.crucial
def test_live_config(orders, start):
    """Only what changed begins anew: one changed, one new, one gone, and all into one."""
    zonda = all_served(start(orders))
    before = by_name(zonda)
    good = zonda.read("zonda.toml")

    mark = zonda.mark_here()
    zonda.write("zonda.toml", good.replace("[service.worker.run]\n", '[service.worker.run]\nargs = ["-x"]\n'))
    event = zonda.wait_event("config", after=mark)
    assert event.message == "service.worker.run.args", event
    served(zonda, "worker", mark)
    after = by_name(zonda)
    assert after["worker"]["app_pid"] != before["worker"]["app_pid"]
    assert [after[name]["app_pid"] for name in ("api", "web")] == [before[name]["app_pid"] for name in ("api", "web")]

    mark = zonda.mark_here()
    web = good[good.index("[service.web]"):]
    port = free_port()
    more = web.replace("service.web", "service.shop").replace(str(ports(orders)[1]), str(port))
    zonda.write("zonda.toml", good[: good.index("[service.web]")] + more)
    message = zonda.wait_event("config", after=mark).message
    assert "service.web is gone" in message and "service.shop is new" in message, message
    served(zonda, "shop", mark)
    assert zonda.run("wait").returncode == 0
    assert sorted(by_name(zonda)) == ["api", "shop", "worker"]
    assert by_name(zonda)["api"]["app_pid"] == before["api"]["app_pid"]
    assert "0 orders" in get(port)
    with pytest.raises(OSError):
        get(ports(orders)[1])

    mark = zonda.mark_here()
    zonda.write("zonda.toml", good.replace('["api"]', '["apu"]'))
    event = zonda.wait_event("config", after=mark)
    assert event.level == "error" and "there is no service apu" in event.message
    assert zonda.run("wait").returncode == 0 and by_name(zonda)["api"]["app_pid"] == before["api"]["app_pid"]

    mark = zonda.mark_here()
    zonda.write("zonda.toml", '[build]\npackage = "./cmd/api"\n[run]\nenv = { ADDR = "127.0.0.1:%d" }\n' % ports(orders)[0])
    zonda.wait_event("config", after=mark)
    served(zonda, "api", mark)  # as the only one is called, by its package
    assert zonda.run("wait").returncode == 0
    assert "services" not in zonda.status() and get(ports(orders)[0], "/health") == "ok"
    mark = zonda.mark_here()
    zonda.write("zonda.toml", good)
    for name in NAMES:
        served(zonda, name, mark)
    zonda.stop()


def test_many(plain, start):
    """Twelve services: some are built at a time, all are served, and a change of one reloads that one."""
    log = plain.parent / "builds"
    text = "[run]\nready_timeout = '200ms'\ncommand = ['sleep', '1000']\n"
    for number in range(12):
        (plain / f"s{number}").mkdir()
        (plain / f"s{number}" / "in.txt").write_text("one")
        text += f"[service.s{number}]\nroot = 's{number}'\n[service.s{number}.watch]\nextensions = ['txt']\n"
        text += f"[service.s{number}.build]\ncommand = \"echo + >> {log}; sleep 0.3; cp in.txt out.bin; echo - >> {log}\"\noutput = 'out.bin'\n"
    (plain / "zonda.toml").write_text(text)
    zonda = start(plain)
    all_served(zonda, [f"s{number}" for number in range(12)])
    signs = log.read_text().split()
    most = running = 0
    for sign in signs:
        running += 1 if sign == "+" else -1
        most = max(most, running)
    assert signs.count("+") == 12 and running == 0
    assert 1 < most <= max(4, harness.os.cpu_count()), most
    assert zonda.run("wait").returncode == 0
    before = reloads(zonda)
    zonda.write("s7/in.txt", "two")
    assert zonda.run("wait").returncode == 0
    assert reloads(zonda) == {**before, "s7": before["s7"] + 1}
    zonda.run("trigger", check=True)
    assert zonda.run("wait").returncode == 0
    assert all(count > before[name] for name, count in reloads(zonda).items())
    zonda.stop()


def test_roots_of_their_own(orders, start):
    """Each service in a module of its own, with a shared one beside them (replace)."""
    for name in ("api", "web"):
        home = orders / "services" / name
        home.mkdir(parents=True)
        shutil.copy(orders / "go.sum", home / "go.sum")
        text = (orders / "go.mod").read_text().replace("example.com/orders", f"example.com/{name}", 1)
        (home / "go.mod").write_text(text.replace("require (", "require example.com/orders v0.0.0\n\nreplace example.com/orders => ../..\n\nrequire (", 1))
        shutil.copy(orders / "cmd" / name / "main.go", home / "main.go")
    text = (orders / "zonda.toml").read_text()
    text = text[: text.index("# It takes orders")] + text[text.index("[service.web]"):]
    for name in ("api", "web"):
        text = text.replace(f'[service.{name}.build]\npackage = "./cmd/{name}"\n', "")
    text = text.replace("[service.api.run]", '[service.api]\nroot = "services/api"\n\n[service.api.run]')
    text = text.replace('[service.web]\n', '[service.web]\nroot = "services/web"\n')
    (orders / "zonda.toml").write_text(text)
    zonda = all_planned(all_served(start(orders), ["api", "web"]), ["api", "web"])
    zonda.wait()
    before, mark = reloads(zonda), zonda.mark_here()
    zonda.edit("order/order.go", '"order %d: %s"', '"no. %d: %s"')
    assert zonda.run("wait").returncode == 0
    assert reloads(zonda) == {name: count + 1 for name, count in before.items()}
    assert get(ports(orders)[0], "/sample") == "no. 1: sample"
    assert packages(zonda, mark) == 4  # order, stock and two mains
    before = reloads(zonda)
    zonda.edit("services/web/main.go", "%d orders", "%d orders in all")
    assert zonda.run("wait").returncode == 0
    assert reloads(zonda) == {**before, "web": before["web"] + 1}
    zonda.stop()
