"""Serve a folder on this machine as a web host would: compressed, and with the host's page for unknown addresses."""

from __future__ import annotations

import gzip
import mimetypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

COMPRESSED = frozenset({".html", ".css", ".js", ".svg", ".txt", ".xml", ".json"})


@lru_cache(maxsize=64)
def compressed(body: bytes) -> bytes:
    """Compress as web hosts do; what every page loads is compressed once."""
    return gzip.compress(body, 6, mtime=0)


class SiteHandler(BaseHTTPRequestHandler):
    """Answer with the files of one folder."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: object, root: Path) -> None:
        self.root = root
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Send a file, or the page for addresses that lead nowhere."""
        file = self.root / unquote(urlsplit(self.path).path).lstrip("/")
        file = file / "index.html" if file.is_dir() else file
        found = file.is_file()
        if not found:
            file = self.root / "404.html"
        body = file.read_bytes() if file.is_file() else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", mimetypes.guess_type(file.name)[0] or "application/octet-stream")
        if file.suffix in COMPRESSED:
            body = compressed(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing of each request."""


class QuietServer(ThreadingHTTPServer):
    """A server that says nothing of browsers that close a connection early."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report what went wrong, unless the browser has only gone."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def served(root: Path) -> Iterator[str]:
    """Serve a folder until the block ends; the address ends with a slash."""
    server = QuietServer(("127.0.0.1", 0), partial(SiteHandler, root=root))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
