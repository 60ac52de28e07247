"""What the machine must bring: Debian's packages, room on the disk, free ports."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterable

from stack.console import StackError, clean_environment, run
from stack.layout import Layout

BASE_PACKAGES = (
    "ca-certificates",
    "python3-venv",
    "postgresql-15",
    "redis-server",
    "nginx",
    "libnginx-mod-http-cache-purge",
    "openjdk-17-jre-headless",
    "maven",
    "libmagic1",
    "hunspell-kk",
    "hunspell-ru",
    "procps",
    # Transcripts as PDF need a font with all Kazakh letters.
    "fonts-dejavu-core",
)
BROWSER_PACKAGES = ("chromium", "fonts-dejavu-core")
NEEDED_DISK = 3 * 1024**3


def check_disk(layout: Layout) -> None:
    free = shutil.disk_usage(layout.root).free
    if free < NEEDED_DISK and not layout.python.exists():
        raise StackError(
            f"{free / 1024**3:.1f} GiB free on the disk of {layout.root}, {NEEDED_DISK / 1024**3:.0f} GiB are needed",
            "free some space and run ./opengov up again: it goes on where it stopped",
        )


def port_is_taken(port: int) -> bool:
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def check_ports(ports: Iterable[int]) -> None:
    taken = [port for port in ports if port_is_taken(port)]
    if taken:
        raise StackError(
            f"port {', '.join(map(str, taken))} on 127.0.0.1 is taken by another program",
            "stop it, or choose others: OPENGOV_PORT=6000 ./opengov up (the services take the ports after it)",
        )


def missing_packages(packages: Iterable[str]) -> list[str]:
    listing = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n"], capture_output=True, text=True, check=False
    ).stdout
    installed = {line.split()[0] for line in listing.splitlines() if line.endswith(" installed")}
    return [name for name in packages if name not in installed]


def install_packages(layout: Layout, packages: Iterable[str]) -> str | None:
    """Install what is missing by apt; a user who may not is told the one line to run."""
    missing = missing_packages(packages)
    if not missing:
        return "already there"
    line = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0:
        raise StackError(f"these Debian packages are missing: {' '.join(missing)}", f"run this once: sudo {line}")
    # RUNLEVEL=1 keeps Debian from starting its own PostgreSQL, Redis and nginx: the portal brings its own.
    env = clean_environment(DEBIAN_FRONTEND="noninteractive", RUNLEVEL="1")
    hint = "see .opengov/logs/apt.log; check the network and run ./opengov up again"
    run(layout, ["apt-get", "update", "-q"], log="apt", env=env, hint=hint)
    # Another apt (a machine's own upgrade) may hold the lock for a while.
    run(layout, ["apt-get", "-o", "DPkg::Lock::Timeout=300", *line.split()[1:]], log="apt", env=env, hint=hint)
    return None
