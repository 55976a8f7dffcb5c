# SPDX-License-Identifier: Apache-2.0
"""`antigone serve`: the pages, for this computer only."""

from __future__ import annotations

import contextlib
import os
import socket
import webbrowser

import click

from antigone.cli.database import bring_up_to_date
from antigone.cli.job_process import jobs_worked_on
from antigone.terms.errors import AntigoneError, gettext_noop

HOST = "127.0.0.1"
FIRST_PORT = 8600
PORTS_TRIED = 40
_THREADS = 4


class NoFreePort(AntigoneError):
    """Every port that may be used is taken."""

    code = "cli.no-free-port"
    message = gettext_noop(
        "No free port was found from %(first)d to %(last)d. Stop a server that you no longer "
        "need, or name another port: antigone serve --port N."
    )


class PortTaken(AntigoneError):
    """The port that was asked for is taken."""

    code = "cli.port-taken"
    message = gettext_noop(
        "Port %(port)d is taken by another program. Name another one, or none: then a free one is "
        "found."
    )


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port; without it a free one.")
@click.option("--open", "open_browser", is_flag=True, help="Open the browser as well.")
@click.option(
    "--worker/--no-worker", default=True, help="Do the work in the background here (default)."
)
def serve(port: int | None, open_browser: bool, worker: bool) -> None:
    """Show the cases of this installation in the browser, to whoever has an account.

    The pages answer this computer only (127.0.0.1); an institution puts a proxy with HTTPS in
    front. Where nobody can sign in yet, a set-up code for the first administrator is printed.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "antigone.site.settings")
    listener = _listener(port)
    application = _application()
    address = f"http://{HOST}:{listener.getsockname()[1]}/"
    click.echo(address)
    click.echo(
        f"Antigone answers at {address} and on this computer only. Stop it with Ctrl+C.", err=True
    )
    _say_how_to_begin(address)
    if open_browser:
        webbrowser.open(address)
    with jobs_worked_on(worker):
        _answer(application, listener)


def _listener(port: int | None) -> socket.socket:
    """A socket on `port`, or on the first free one; taken before the slow start."""
    if port is not None:
        found = _bound(port)
        if found is None:
            raise PortTaken(port=port)
        return found
    for candidate in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        found = _bound(candidate)
        if found is not None:
            return found
    raise NoFreePort(first=FIRST_PORT, last=FIRST_PORT + PORTS_TRIED - 1)


def _bound(port: int) -> socket.socket | None:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere the option would let two programs share a port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(64)
    except OSError:
        listener.close()
        return None
    return listener


def _application() -> object:
    """The pages, over a database that has been brought up to date."""
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    bring_up_to_date()
    _finish_erasures()
    return application


def _finish_erasures() -> None:
    """An erasure that a power cut interrupted is completed before anybody reads."""
    from antigone.records.erasing import complete_erasures

    if left := complete_erasures():
        click.echo(f"Erasures completed: {len(left)}.", err=True)


def _say_how_to_begin(address: str) -> None:
    """Where nobody can sign in yet: the code that opens the first account, on this terminal."""
    from django.conf import settings

    from antigone.records.one_time import SetUpCode
    from antigone.records.queries import accounts

    code = SetUpCode(settings.ANTIGONE_HOME)
    if not accounts.nobody_signs_in():
        code.withdraw()
        return
    click.echo(
        f"Nobody can sign in yet. Open {address}set-up/ and give this code, which holds until "
        f"Antigone is started again:\n\n    {code.renew()}\n",
        err=True,
    )


def _answer(application: object, listener: socket.socket) -> None:
    from waitress import serve as answer

    set_nothing_aside_in_the_clear()
    with contextlib.closing(listener):
        answer(
            application, sockets=[listener], threads=_THREADS, ident="antigone", **_behind_a_proxy()
        )


def set_nothing_aside_in_the_clear() -> None:
    """Let the server keep what it cannot hold of requests and answers in enciphered files."""
    from waitress.buffers import TempfileBasedBuffer

    from antigone.records.scratch import ScratchFile

    TempfileBasedBuffer.newfile = lambda _buffer: ScratchFile()


def _behind_a_proxy() -> dict[str, object]:
    """Whom to believe about the browser's address: a proxy of this machine, with HTTPS alone."""
    from django.conf import settings

    if not settings.HTTPS:
        return {}
    return {
        "trusted_proxy": HOST,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
    }
