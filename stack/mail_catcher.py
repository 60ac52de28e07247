"""The mail server of the local stack: takes every letter on loopback and keeps it as a file; nothing leaves here.

    python -m stack.mail_catcher PORT FOLDER

The folder is a Maildir, so mail programmes open it too.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
# A letter with attachments, and then some.
LARGEST = 64 * 1024 * 1024


class Keeper:
    """Writes each letter to ``tmp`` and moves it to ``new``, so that nobody reads half of one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        name = f"{time.time_ns()}.{os.getpid()}_{next(self._numbers)}.eml"
        part = self._folder / "tmp" / name
        # The line on top says whom the server was told to give it to; the header may name others.
        to = "".join(f"Delivered-To: {address}\r\n" for address in envelope.rcpt_tos)
        part.write_bytes(to.encode() + (envelope.original_content or b""))
        part.rename(self._folder / "new" / name)
        return "250 kept"


async def serve(port: int, folder: Path) -> None:
    """Take letters until stopped."""
    keeper = Keeper(folder)
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stopped.set)
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="localhost", data_size_limit=LARGEST, enable_SMTPUTF8=True), HOST, port
    )
    async with server:
        await stopped.wait()


if __name__ == "__main__":
    # Letters hold links that open accounts.
    os.umask(0o077)
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
