"""The frameworks that ship: YAML files beside this package. Pure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[1] / "frameworks"


def names() -> list[str]:
    """Which there are."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def text(name: str) -> str:
    """A framework as it stands in its file.

    :raises KeyError: when there is none of that name
    """
    if name not in names():
        raise KeyError(name)
    return (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


def data(name: str) -> Any:
    """A framework as data.

    :raises KeyError: when there is none of that name
    """
    return yaml.safe_load(text(name))
