"""The Python environment: pinned requirements, then the product itself, editable."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from stack.console import StackError, run
from stack.layout import CONFIG, Layout
from stack.steps import Stamp

RUNTIME = CONFIG / "requirements" / "runtime.txt"
DEVELOPMENT = CONFIG / "requirements" / "development.txt"
HINT = "check the network and run ./opengov up again; see .opengov/logs/python.log"


def system_python() -> str:
    """Debian's own interpreter where it will do: a version manager's shim may change under us."""
    debian = Path("/usr/bin/python3.11")
    return str(debian) if debian.exists() else sys.executable


def create(layout: Layout) -> str | None:
    stamp = Stamp(layout, "python", RUNTIME, layout.root / "setup.py", layout.root / "pyproject.toml", str(layout.root))
    if stamp.fresh and layout.python.exists():
        return "already there"
    if not (layout.venv / "bin" / "pip").exists():
        shutil.rmtree(layout.venv, ignore_errors=True)
        run(layout, [system_python(), "-m", "venv", layout.venv], log="python", hint="apt-get install python3-venv")
    _install(layout, "--no-deps", "-r", RUNTIME)
    _install(layout, "--no-deps", "--no-build-isolation", "-e", layout.root)
    _check_imports(layout)
    stamp.set()
    return None


def add_development(layout: Layout) -> str | None:
    stamp = Stamp(layout, "python-development", DEVELOPMENT)
    if stamp.fresh:
        return "already there"
    _install(layout, "--no-deps", "-r", DEVELOPMENT)
    stamp.set()
    return None


def _install(layout: Layout, *arguments: str | Path) -> None:
    run(layout, [layout.python, "-m", "pip", "install", "-q", "--no-input", *arguments], log="python", hint=HINT)


def _check_imports(layout: Layout) -> None:
    names = "flask, sqlalchemy, ckanext.harvest, ckanext.opengov.civic, ckanext.opengov.schemas"
    try:
        run(layout, [layout.python, "-c", f"import {names}"], log="python")
    except StackError as error:
        raise StackError(f"the Python environment is not whole: {error}", f"rm -r {layout.venv}, then again") from error
