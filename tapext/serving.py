"""The command serve: the service on one port, until Ctrl-C."""

from __future__ import annotations

import gc
import logging
import re
import resource
import signal
import socket
import sys
from contextlib import nullcontext, suppress
from typing import Final

import typer
import uvicorn
from starlette.applications import Starlette

from caomai.database import open_database
from caomai.errors import ParameterError
from caomai.settings import Settings
from tapext.local_worker import working_beside
from tapext.processes import run_processes
from tapext.service import SOFTWARE
from tapext.web.app import create_app
from tapext.web.protocol import limit_waiting

BACKLOG: Final = 2048
GRACE_SECONDS: Final = 5
MOST_FILES: Final = 1 << 16
SPARE_FILES: Final = 100
COLLECTOR_THRESHOLD: Final = 50_000
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def serve(settings: Settings) -> None:
    """Open the database, say where the service is, and serve until it is told to end."""
    # A service manager's SIGTERM ends the process as Ctrl-C does: the embedded database is stopped as well.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    configure_log()
    with suppress(KeyboardInterrupt):
        run(settings)
    typer.echo("Stopped.")


def run(settings: Settings) -> None:
    """Serve over the database of the settings."""
    with listen(settings.host, settings.port) as listener, open_database(settings) as database:
        host, port = listener.getsockname()[:2]
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        url = str(settings.base_url or address).rstrip("/")
        typer.echo(f"Serving {url}/tap (TAP) and {url}/datalink/links. Ctrl-C ends it.")
        sys.stdout.flush()
        config = configure_server(settings, create_app(settings, database))
        spare_collector()
        with working_beside(settings, listener) if settings.worker else nullcontext():
            if settings.processes == 1:
                answer(config, listener)
            else:
                run_processes(settings.processes, lambda: answer(config, listener))


def configure_server(settings: Settings, app: Starlette) -> uvicorn.Config:
    """Describe the HTTP server of a process; more connections than open files are refused with 503."""
    return uvicorn.Config(
        app,
        http=limit_waiting(settings.stall_seconds),
        ws="none",
        limit_concurrency=raise_file_limit() - SPARE_FILES,
        log_config=None,
        access_log=False,
        server_header=False,
        headers=[("Server", SOFTWARE)],
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def answer(config: uvicorn.Config, listener: socket.socket) -> None:
    """Answer requests in this process until it is told to end."""
    uvicorn.Server(config).run(sockets=[listener])


def raise_file_limit() -> int:
    """Allow as many open files, which connections are, as the system lets us, and tell how many."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if most == resource.RLIM_INFINITY else min(most, MOST_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    return wanted


def spare_collector() -> None:
    """Let the collector of reference cycles alone with rows: it took half of the time of a result.

    Rows come and go by the hundred thousand and are never in a cycle; what has been imported stays anyway.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTOR_THRESHOLD)


def listen(host: str, port: int) -> socket.socket:
    """Take a port, or say why it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ParameterError(
            f"Port {port} of {host} cannot be had ({error.strerror}); choose another by --host and --port."
        ) from error


class LineFormatter(logging.Formatter):
    """Keeps an event in one line: clients must not write lines of their own, nor reach the terminal."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- its name in logging
        """Write the message with its control characters escaped."""
        message = super().formatMessage(record)
        return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), message)


def configure_log() -> None:
    """Write one line an event to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    # It warns of each request that is no HTTP.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
