"""Where everything lies: folders, ports and names of one checkout's portal and of its test twin."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "config"
PACKAGE = ROOT / "ckanext-opengov" / "ckanext" / "opengov"
DEFAULT_PORT = 5000
# Sockets have paths of at most 107 bytes; a checkout may lie deeper than that.
SOCKET_PATH_LIMIT = 90
LAST_TWIN = 9


@dataclass(frozen=True)
class Layout:
    """The machine-wide part: what the portal and the tests share."""

    root: Path = ROOT
    port: int = DEFAULT_PORT
    # Which test twin: two runs of the tests side by side need one each.
    twin: int = 0

    @classmethod
    def from_environment(cls) -> Layout:
        port, twin = (int(os.environ.get(f"OPENGOV_{name}", "0")) for name in ("PORT", "TWIN"))
        return cls(port=port or DEFAULT_PORT, twin=min(twin, LAST_TWIN))

    @property
    def home(self) -> Path:
        return self.root / ".opengov"

    @property
    def venv(self) -> Path:
        return self.home / "venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def stamps(self) -> Path:
        return self.home / "stamps"

    @property
    def solr_libraries(self) -> Path:
        return self.home / "solr" / "lib"

    @property
    def solr_home(self) -> Path:
        return self.home / "solr" / "home"

    @property
    def languages(self) -> Path:
        return self.home / "i18n"

    @property
    def postgres_data(self) -> Path:
        return self.home / "postgres"

    @property
    def supervisor_config(self) -> Path:
        return self.home / "supervisord.conf"

    @property
    def secrets_file(self) -> Path:
        return self.home / "secrets.json"

    @cached_property
    def run(self) -> Path:
        """Folder of pid files and sockets."""
        own = self.home / "run"
        if len(str(own)) <= SOCKET_PATH_LIMIT:
            return own
        digest = hashlib.sha256(str(self.root).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"opengov-{os.getuid()}-{digest}"

    @property
    def postgres_port(self) -> int:
        return self.port + 2

    @property
    def redis_port(self) -> int:
        return self.port + 3

    @property
    def solr_port(self) -> int:
        return self.port + 4

    @property
    def mail_port(self) -> int:
        return self.port + 5

    @property
    def mail(self) -> Path:
        """Folder of the letters that the portal sent while it had no mail server but ours."""
        return self.home / "mail"

    @property
    def portal(self) -> Instance:
        return Instance(self, "portal", self.home, "", 0, self.port, self.port + 1)

    @property
    def testing(self) -> Instance:
        return self._twin(self.twin)

    @property
    def twins(self) -> list[Instance]:
        """The chosen test twin, and all others that were ever used."""
        numbers = range(LAST_TWIN + 1)
        return [self._twin(n) for n in numbers if n == self.twin or self._twin(n).ini.exists()]

    def _twin(self, number: int) -> Instance:
        mark = str(number) if number else ""
        suffix = f"_{mark}_test" if mark else "_test"
        port = self.port + 10 + 2 * number
        return Instance(self, f"test{mark}", self.home / f"test{mark}", suffix, 1 + number, port, port + 1)


@dataclass(frozen=True)
class Instance:
    """One CKAN with databases, index, queue and files of its own: the portal or its test twin."""

    layout: Layout
    name: str
    folder: Path
    suffix: str
    redis_database: int
    port: int
    web_port: int

    @property
    def ini(self) -> Path:
        return self.folder / "ckan.ini"

    @property
    def live_ini(self) -> Path:
        """The ini of the instance's own processes. The test twin's differs from that of the tests: it is live."""
        return self.folder / "live.ini" if self.suffix else self.ini

    @property
    def base_ini(self) -> Path:
        return CONFIG / ("test.ini" if self.suffix else "ckan.ini")

    @property
    def nginx_config(self) -> Path:
        return self.folder / "nginx.conf"

    @property
    def storage(self) -> Path:
        return self.folder / "storage"

    @property
    def database(self) -> str:
        return f"opengov{self.suffix}"

    @property
    def datastore(self) -> str:
        return f"opengov_datastore{self.suffix}"

    @property
    def core(self) -> str:
        return f"opengov{self.suffix}"

    @property
    def site_id(self) -> str:
        return f"opengov{self.suffix}"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"
