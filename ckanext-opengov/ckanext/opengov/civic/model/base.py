"""What every table of the civic kit uses."""

from __future__ import annotations

import datetime as dt


def utc_now() -> dt.datetime:
    """The time now, with its zone."""
    return dt.datetime.now(dt.UTC)
