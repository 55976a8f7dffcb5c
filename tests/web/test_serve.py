# SPDX-License-Identifier: Apache-2.0
"""`antigone serve`: a fresh installation answers on this computer only, styles included."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from antigone.cli import serve


@pytest.fixture
def server(tmp_path):
    """A server over an empty installation, and its address."""
    env = os.environ | {"ANTIGONE_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": ""}
    env.pop("DJANGO_SETTINGS_MODULE")
    running = subprocess.Popen(
        [sys.executable, "-c", "from antigone.cli import main; main()", "serve"],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield running.stdout.readline().strip(), running
    finally:
        running.terminate()
        running.wait(60)
        running.stdout.close()
        running.stderr.close()


def test_a_fresh_installation_answers(server):
    address, running = server
    assert address.startswith("http://127.0.0.1:")
    assert "this computer only" in running.stderr.readline()
    said = [running.stderr.readline() for _line in range(3)]
    assert f"{address}set-up/" in said[0]
    assert re.fullmatch(r"    ([A-Z2-9]{4}-){4}[A-Z2-9]{4}\n", said[2])
    with urllib.request.urlopen(address) as answer:
        assert answer.url == f"{address}sign-in/?next=/"
    with urllib.request.urlopen(f"{address}set-up/") as answer:
        assert "Set-up code" in answer.read().decode()
    with urllib.request.urlopen(f"{address}static/web/antigone.css") as answer:
        assert answer.headers["Content-Type"].startswith("text/css")
        assert "--paper" in answer.read().decode()
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(urllib.request.Request(address, headers={"Host": "evil.example"}))


def test_a_free_port_is_found_and_a_taken_one_refused():
    with serve._listener(None) as first, serve._listener(None) as second:
        ports = [one.getsockname() for one in (first, second)]
        assert {host for host, _port in ports} == {"127.0.0.1"}
        assert ports[0][1] != ports[1][1]
        with pytest.raises(serve.PortTaken):
            serve._listener(ports[0][1])


def test_without_a_free_port_it_refuses(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(serve, "FIRST_PORT", taken.getsockname()[1])
        monkeypatch.setattr(serve, "PORTS_TRIED", 1)
        with pytest.raises(serve.NoFreePort):
            serve._listener(None)
