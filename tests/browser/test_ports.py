"""zonda's own ports while the configuration changes, and where one cannot be had."""
import socket

import zonda as harness
from test_events import ask


def set_ports(zonda, **ports):
    sections = "".join(f"\n[{name}]\nport = {port}\n" for name, port in ports.items())
    text = zonda.read("zonda.toml").partition("\n[dashboard]")[0].partition("\n[livereload]")[0]
    zonda.write("zonda.toml", text + sections)


def refused(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_on_elsewhere_and_off(plain):
    """A port that is configured while zonda runs is listened on; the app is left alone."""
    site = plain(ports=False)
    zonda = site.zonda
    assert refused(site.dashboard_port)
    before = zonda.app_pid
    set_ports(zonda, dashboard=site.dashboard_port, livereload=site.livereload_port)
    zonda.wait_event("notice", where=lambda e: str(site.dashboard_port) in e.message)
    assert ask(site.dashboard_port, "/")[0] == 200 and ask(site.livereload_port, "/livereload.js")[0] == 200
    other, after = harness.free_port(), zonda.mark_here()
    set_ports(zonda, dashboard=other, livereload=site.livereload_port)
    zonda.wait_event("notice", after, where=lambda e: str(other) in e.message)
    assert ask(other, "/api/v1/status")[0] == 200 and refused(site.dashboard_port)
    set_ports(zonda)
    assert harness.until(lambda: refused(other) and refused(site.livereload_port))
    assert zonda.app_pid == before and zonda.get("/text") == (200, "one")


def test_a_port_that_is_taken(plain):
    """It is said, with its number and a hint; the rest goes on, and the old port with it."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        site = plain("--livereload.port", str(taken))
        said = site.zonda.wait_event("notice", where=lambda e: str(taken) in e.message)
        assert said.level == "error" and "[livereload] port" in said["hint"]
        assert site.zonda.get("/text") == (200, "one") and ask(site.dashboard_port, "/")[0] == 200


def test_a_host_that_is_none(plain):
    site = plain("--dashboard.host=shop.example")
    said = site.zonda.wait_event("notice", where=lambda e: "shop.example" in e.message)
    assert said.level == "error"
    assert site.zonda.get("/text") == (200, "one")
