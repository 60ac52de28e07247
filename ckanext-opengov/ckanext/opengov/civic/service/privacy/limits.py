"""How much is read of what strangers send."""

from __future__ import annotations

MEBIBYTE = 1024 * 1024

MAX_SCANNED_TEXT = 1 * MEBIBYTE
MAX_FILE = 50 * MEBIBYTE
MAX_PICTURE = 20 * MEBIBYTE
MAX_PIXELS = 50_000_000
MAX_TEXT = 10 * MEBIBYTE
MAX_ATTACHMENTS = 1_000
# An archive inside a document: what it becomes unpacked, altogether and against its own size.
MAX_UNPACKED = 100 * MEBIBYTE
MAX_RATIO = 100
MAX_MEMBERS = 10_000
# Small parts may be packed very tightly without being a bomb.
RATIO_MATTERS_FROM = 1 * MEBIBYTE
MAX_PAGES = 5_000
MAX_CELLS = 5_000_000
MAX_SECONDS = 60.0
