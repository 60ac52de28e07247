"""Random secrets of this checkout, made once, readable by their owner only, never committed."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from stack.layout import Layout

NAMES = (
    "secret_key",
    "token_secret",
    "database_password",
    "datastore_reader_password",
    "redis_password",
    "supervisor_password",
    "admin_password",
    "person_key",
    "journal_key",
)


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(text)
    part.replace(path)


def load(layout: Layout) -> dict[str, str]:
    """The secrets; a name that is new in this version gets its value here."""
    known: dict[str, str] = json.loads(layout.secrets_file.read_text()) if layout.secrets_file.exists() else {}
    missing = [name for name in NAMES if name not in known]
    if missing:
        known |= {name: secrets.token_urlsafe(32) for name in missing}
        write_private(layout.secrets_file, json.dumps(known, indent=1))
    return known
