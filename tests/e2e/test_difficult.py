"""A real app that is hard to replace (projects/difficult): bbolt's file lock, UDP, a listener for
profiles that comes first, TLS, a Unix socket, and migrations of 3 s."""
import http.client
import socket

import pytest
import zonda as harness
from clients import Clients, UnixConnection, reload, tcp, tls
from conftest import HERE, copy


@pytest.fixture
def difficult(warm, tmp_path):
    return copy(HERE / "projects" / "difficult", tmp_path / "difficult")


def ask_udp(port):
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.settimeout(10)
        probe.sendto(b"hello", ("127.0.0.1", port))
        return probe.recv(100).decode()


@pytest.mark.timeout(400)
@pytest.mark.parametrize("first", ["lock first", "migrations first"])
def test_reloads(difficult, start, first):
    """No connection is refused on TCP and TLS. With the migrations first the old version serves
    meanwhile; with the lock first connections wait for all that comes behind it."""
    ports = {name: harness.free_port() for name in ("PPROF_PORT", "UDP_PORT", "TLS_PORT")}
    env = {name: str(port) for name, port in ports.items()}
    env |= {"MIGRATE": "3s", "MIGRATE_FIRST": "1" if first == "migrations first" else "", "GIN_MODE": "release"}
    # A ready_timeout would hide what is not noticed.
    zonda = start(difficult, "--run.ready_timeout=1h", "--log.app=true", env=env).ready(400)
    zonda.served("one")
    with Clients(tcp(zonda), 2, 2) as plain, Clients(tls(ports["TLS_PORT"]), 1, 1) as secure:
        for number in range(3):
            reload(zonda, number, "text.go")
            zonda.served(f"version-{number}")
            assert ask_udp(ports["UDP_PORT"]) == f"version-{number} hello"
            connection = UnixConnection(difficult / "app.sock")
            connection.request("GET", "/boots")
            assert connection.getresponse().read().decode() == str(number + 2)
            connection.close()
    assert not plain.bad and not secure.bad, (plain.count, secure.count)
    assert plain.count["answered"] > 1000 and secure.count["answered"] > 100
    profiles = http.client.HTTPConnection("127.0.0.1", ports["PPROF_PORT"], timeout=20)
    profiles.request("GET", "/debug/pprof/cmdline")
    assert profiles.getresponse().status == 200
    profiles.close()
    told = [event.message for event in zonda.kinds("notice") if "stopped before" in event.message]
    assert len(told) == 1 and "a lock on app.db" in told[0], zonda.story()
    assert not [event for event in zonda.kinds("app_exit") if not event["expected"]], zonda.story()
    assert zonda.stop() == 0
