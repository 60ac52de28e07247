"""A real SMTP server in a process of its own: what it accepts it writes to a file, one JSON line a letter."""

from __future__ import annotations

import base64
import json
import select
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

SERVER = """
import asyncio, base64, json, ssl, sys
from aiosmtpd.smtp import SMTP

options = json.loads(sys.argv[1])
seen = open(options["file"], "ab", buffering=0)
refusals = list(options["refuse"])

class Handler:
    count = 0

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        if self.count in options["think"]:
            # A worker that is killed now was not told that its letter was taken, and it was not.
            print("thinking", flush=True)
            await asyncio.sleep(options["pause"])
        if refusals:
            return refusals.pop(0)
        row = {"to": envelope.rcpt_tos, "tls": session.ssl is not None}
        row["content"] = base64.b64encode(envelope.original_content).decode()
        seen.write(json.dumps(row).encode() + b"\\n")
        if options["dawdle"]:
            # Taken, and the answer is slow: nobody can tell this from the case above.
            print("thinking", flush=True)
            await asyncio.sleep(options["pause"])
        return "250 accepted"

context = None
if options["certificate"]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options["certificate"], options["key"])

async def main():
    loop = asyncio.get_running_loop()
    handler = Handler()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="mail.test", tls_context=context), "127.0.0.1", 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


@dataclass
class MailServer:
    """Where it listens, and what it took."""

    port: int
    file: Path
    process: subprocess.Popen[str] = field(repr=False)

    @property
    def address(self) -> str:
        return f"localhost:{self.port}"

    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.read_bytes().splitlines()] if self.file.exists() else []

    def letters(self) -> list[EmailMessage]:
        contents = [base64.b64decode(row["content"]) for row in self.rows()]
        return [message_from_bytes(content, policy=default) for content in contents]  # pyright: ignore

    def wait_until_it_thinks(self) -> None:
        assert self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], 120)
        assert ready, "the worker sent nothing"
        assert self.process.stdout.readline() == "thinking\n"


@contextmanager
def mail_server(
    folder: Path,
    *,
    pause: float = 0,
    think: Collection[int] = (),
    dawdle: bool = False,
    refuse: tuple[str, ...] = (),
    certificate: Path | None = None,
    key: Path | None = None,
) -> Iterator[MailServer]:
    """Run the server for a test.

    :param pause: seconds that it thinks before it accepts the letters with the numbers ``think``
    :param dawdle: it thinks after it took a letter, before it says so
    :param refuse: what it answers to the first letters instead
    """
    file = folder / "letters.jsonl"
    options = {"file": str(file), "pause": pause, "think": list(think), "dawdle": dawdle, "refuse": list(refuse)}
    options |= {"certificate": str(certificate or ""), "key": str(key or "")}
    command = [sys.executable, "-c", SERVER, json.dumps(options)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield MailServer(int(process.stdout.readline()), file, process)
        finally:
            process.kill()
