"""A real web server on loopback whose answers a test writes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

FILES = Path(__file__).parent / "files"


@dataclass
class Registry:
    """What the server answers: path → status, headers, body. ``asked`` is what it was asked for."""

    address: str
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def put(self, path: str, body: bytes | str, content_type: str = "", status: int = 200, **headers: str) -> str:
        """Answer a path with this, and return its address."""
        body = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if content_type:
            named["Content-Type"] = content_type
        self.pages[path] = (status, named, body)
        return self.address + path

    def put_file(self, path: str, name: str, content_type: str = "") -> str:
        """Answer with a file of the tests, in which HERE stands for this server."""
        body = (FILES / name).read_bytes().replace(b"http://HERE", self.address.encode())
        return self.put(path, body, content_type)


@pytest.fixture
def registry() -> Iterator[Registry]:
    """A server that runs for one test."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            status, headers, body = found.pages.get(self.path.partition("?")[0], (404, {}, b"nothing here"))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 - the name that the server calls

        def log_message(self, *_arguments: Any) -> None:
            """The tests' output is no access log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Registry(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()
