"""Findings and receipts in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opengov.data.service.finding import Finding

_PLAIN = ("resource_id", "state", "mode", "dry_run", "accept_valid", "number", "digest", "bytes")
_COUNTS = ("rows", "changed", "same", "deleted", "rejected", "cleaned")


def sentence(stored: Mapping[str, Any]) -> str:
    """A finding, with its place before it."""
    message = stored["text"]
    text = tk._(message).format_map(Known(stored.get("values") or {}))
    place, line, column = (stored.get(name) for name in ("place", "line", "column"))
    if line and column:
        return tk._("Line {line}, field {column}: {text}").format(line=line, column=column, text=text)
    if line:
        return tk._("Line {line}: {text}").format(line=line, text=text)
    return f"{place}: {text}" if place else text


class Known(dict[str, Any]):
    """Values of a message; what is not known is a dash."""

    def __missing__(self, _key: str) -> str:
        return "—"


def sentences(findings: Iterable[Finding]) -> list[str]:
    """Findings for an error."""
    return [sentence(one.as_dict()) for one in findings]


def states() -> dict[str, str]:
    """What each state of a push means."""
    return {
        "running": tk._("The push is under way. Ask again in a moment."),
        "done": tk._("The rows are in the table."),
        "rejected": tk._("Nothing was changed. Correct what is listed and send the whole content again."),
        "failed": tk._("Nothing was changed: the portal failed. Send the same content again later."),
        "interrupted": tk._("Nothing was changed: the push was interrupted. Send the same content again."),
    }


def receipt(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A receipt as the action API shows it."""
    told = states()[stored["state"]]
    if stored["dry_run"] and stored["state"] == "done":
        told = tk._("Rehearsed: all is right, and nothing was changed.")
    return {
        "id": stored["id"],
        **{name: stored[name] for name in _PLAIN},
        **{name: stored[name] for name in _COUNTS},
        "new": stored["added"],
        "idempotency_key": stored["idempotency_key"],
        "message": told,
        "rejections": [_rejection(one) for one in stored["findings"]],
        "diff": stored["difference"] or {},
        "started_at": stored["started_at"].isoformat(),
        "finished_at": stored["finished_at"].isoformat() if stored["finished_at"] else None,
    }


def _rejection(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one.get(name) for name in ("line", "column", "value")} | {"message": sentence(one)}
