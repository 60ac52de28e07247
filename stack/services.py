"""The services as a table, rendered for supervisor, and talking to supervisor."""

from __future__ import annotations

import os
import shutil
import smtplib
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from stack import postgres, secrets
from stack.console import StackError, clean_environment, run
from stack.layout import CONFIG, Instance, Layout

WORKERS = 2
THREADS = 4
# Seconds; supervisor stops one service after the other.
STOPPING = 180


@dataclass(frozen=True)
class Service:
    name: str
    command: str
    healthy: Callable[[], bool]
    user: str | None = None
    stop_signal: str = "TERM"
    # Seconds that a stop may take before the process is killed.
    patience: int = 20

    def render(self, layout: Layout) -> str:
        lines = [
            f"[program:{self.name}]",
            f"command={self.command}",
            f"directory={layout.root if self.user is None else '/'}",
            "autostart=false",
            "autorestart=true",
            "startsecs=1",
            "startretries=5",
            f"stopsignal={self.stop_signal}",
            f"stopwaitsecs={self.patience}",
            "stopasgroup=false",
            "killasgroup=true",
            "redirect_stderr=true",
            f"stdout_logfile={layout.logs}/{self.name}.log",
            "stdout_logfile_maxbytes=10MB",
            "stdout_logfile_backups=2",
        ]
        if self.user:
            lines.append(f"user={self.user}")
        return "\n".join(lines)


def servers(layout: Layout) -> list[Service]:
    """What the portal and the tests share: the three stores."""
    return [
        Service(
            "postgres",
            f"{postgres.BINARIES}/postgres -D {postgres.data_folder(layout)}",
            lambda: postgres.ready(layout),
            user=postgres.system_user(),
            stop_signal="INT",
        ),
        Service("redis", f"/usr/bin/redis-server {layout.home}/redis.conf", lambda: _redis_answers(layout)),
        # It writes what it holds in memory before it ends.
        Service("solr", _solr_command(layout), lambda: _solr_answers(layout), patience=90),
    ]


def mail(layout: Layout) -> Service:
    """The server that keeps the portal's letters; the tests have one of their own."""
    command = f"{layout.python} -m stack.mail_catcher {layout.mail_port} {layout.mail}"
    return Service("mail", command, lambda: _mail_answers(layout.mail_port))


def programs(layout: Layout, instance: Instance) -> list[Service]:
    """CKAN's own processes for one instance."""
    ckan = f"{layout.venv}/bin/ckan -c {instance.live_ini}"
    prefix = f"{instance.name}-" if instance.suffix else ""
    web = (
        f"{layout.venv}/bin/gunicorn --bind 127.0.0.1:{instance.web_port} --workers {WORKERS} --threads {THREADS}"
        # Longer than the front keeps an idle connection: else it sends a form into one that was closed this moment.
        f" --keep-alive 75 --no-control-socket"
        f" --worker-class gthread --timeout 120 --graceful-timeout 15 --max-requests 20000"
        f" --max-requests-jitter 2000 --forwarded-allow-ips 127.0.0.1 --worker-tmp-dir /dev/shm"
        f" --env OPENGOV_INI={instance.live_ini} --pythonpath {layout.root} stack.wsgi:application"
    )

    def alive(name: str) -> Callable[[], bool]:
        return lambda: states(layout).get(name) == "RUNNING"

    return [
        Service(f"{prefix}web", web, lambda: answers(instance.web_port, "/api/3/action/status_show")),
        Service(f"{prefix}worker", f"{ckan} opengov worker default priority bulk", alive(f"{prefix}worker")),
        Service(f"{prefix}gather", f"{ckan} harvester gather-consumer", alive(f"{prefix}gather")),
        Service(f"{prefix}fetch", f"{ckan} harvester fetch-consumer", alive(f"{prefix}fetch")),
        Service(f"{prefix}clock", f"{ckan} opengov clock", alive(f"{prefix}clock")),
        Service(
            f"{prefix}nginx",
            f"/usr/sbin/nginx -p {instance.folder} -c {instance.nginx_config} -g 'daemon off;'",
            lambda: answers(instance.port, "/api/3/action/status_show"),
            stop_signal="QUIT",
        ),
    ]


def _solr_command(layout: Layout) -> str:
    source = CONFIG / "solr"
    properties = {
        "jetty.port": layout.solr_port,
        "solr.solr.home": layout.solr_home,
        "solr.install.dir": layout.home / "solr",
        "solr.log.dir": layout.logs,
        "opengov.solr.webapp": source / "webapp",
        "log4j2.configurationFile": source / "log4j2.xml",
        "solr.sharedLib": "",
        "user.timezone": "UTC",
        "log4j2.formatMsgNoLookups": "true",
    }
    words = " ".join(f"-D{key}={value}" for key, value in properties.items())
    return (
        f"/usr/bin/java -Xms256m -Xmx768m {words} -cp {layout.solr_libraries}/*"
        f" org.eclipse.jetty.xml.XmlConfiguration {source / 'jetty.xml'}"
    )


def _redis_answers(layout: Layout) -> bool:
    password = secrets.load(layout)["redis_password"]
    try:
        with socket.create_connection(("127.0.0.1", layout.redis_port), timeout=2) as link:
            link.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            time.sleep(0.02)
            return b"PONG" in link.recv(200)
    except OSError:
        return False


def _mail_answers(port: int) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=2) as line:
            return line.noop()[0] == 250
    except OSError:
        return False


def _solr_answers(layout: Layout) -> bool:
    return answers(layout.solr_port, "/solr/admin/info/system")


def answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status == 200
    except (OSError, urllib.error.HTTPError):
        return False


def write_configuration(layout: Layout) -> None:
    """Render supervisor's, Redis' and both instances' nginx files from ``config/``."""
    for folder in (layout.run, layout.logs, layout.home / "redis"):
        folder.mkdir(parents=True, exist_ok=True)
    layout.run.chmod(0o700)
    instances = [layout.portal, *layout.twins]
    services = [*servers(layout), mail(layout)]
    services += [service for instance in instances for service in programs(layout, instance)]
    values = {
        "logs": layout.logs,
        "run": layout.run,
        "programs": "\n\n" + "\n\n".join(service.render(layout) for service in services),
    }
    secrets.write_private(layout.supervisor_config, fill("supervisord.conf", values))
    redis = {
        "port": layout.redis_port,
        "folder": layout.home / "redis",
        "password": secrets.load(layout)["redis_password"],
    }
    secrets.write_private(layout.home / "redis.conf", fill("redis.conf", redis))
    for instance in instances:
        _write_nginx(layout, instance)


def _write_nginx(layout: Layout, instance: Instance) -> None:
    temp = instance.folder / "nginx"
    temp.mkdir(parents=True, exist_ok=True)
    values = {
        "user": "user root;" if os.geteuid() == 0 else "",
        "name": instance.name,
        "suffix": instance.suffix,
        "run": layout.run,
        "logs": layout.logs,
        "temp": temp,
        "config": CONFIG,
        "port": instance.port,
        "web_port": instance.web_port,
    }
    instance.nginx_config.write_text(fill("nginx/nginx.conf", values))


def fill(template: str, values: dict[str, object]) -> str:
    text = (CONFIG / template).read_text()
    for key, value in values.items():
        text = text.replace("{{" + key + "}}", str(value))
    if "{{" in text:
        raise StackError(f"config/{template} has a name that nothing fills: {text[text.index('{{') :][:40]}")
    return text


def _control(layout: Layout, *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(layout.venv / "bin" / "supervisorctl"), "-c", str(layout.supervisor_config), *words]
    return subprocess.run(command, capture_output=True, text=True, env=clean_environment(), check=False)


def supervisor_runs(layout: Layout) -> bool:
    pid_file = layout.run / "supervisord.pid"
    if not pid_file.exists() or not layout.supervisor_config.exists():
        return False
    return _control(layout, "pid").stdout.strip() == pid_file.read_text().strip()


def states(layout: Layout) -> dict[str, str]:
    if not layout.supervisor_config.exists() or not layout.python.exists():
        return {}
    lines = _control(layout, "status").stdout.splitlines()
    return {words[0]: words[1] for line in lines if len(words := line.split()) > 1 and words[1].isupper()}


def start_supervisor(layout: Layout) -> str | None:
    if supervisor_runs(layout):
        _control(layout, "reread")
        _control(layout, "update")
        return "already running"
    command = [layout.venv / "bin" / "supervisord", "-c", layout.supervisor_config]
    run(layout, command, log="supervisord-start", hint="see .opengov/logs/supervisord.log")
    return None


def start(layout: Layout, services: Iterable[Service], seconds: float = 180) -> str | None:
    """Start what does not run and wait until each answers."""
    services = list(services)
    running = {name for name, state in states(layout).items() if state in {"RUNNING", "STARTING"}}
    missing = [service.name for service in services if service.name not in running]
    if missing:
        _control(layout, "start", *missing)
    wait_healthy(layout, services, seconds)
    return None if missing else "already running"


def wait_healthy(layout: Layout, services: Iterable[Service], seconds: float) -> None:
    until = time.monotonic() + seconds
    waiting = list(services)
    while waiting:
        waiting = [service for service in waiting if not service.healthy()]
        if not waiting:
            return
        known = states(layout)
        dead = [s for s in waiting if known.get(s.name) in {"FATAL", "EXITED"}]
        if dead or time.monotonic() > until:
            worst = (dead or waiting)[0]
            raise StackError(
                f"{worst.name} does not answer:\n    {_tail(layout.logs / f'{worst.name}.log')}",
                f"./opengov logs {worst.name} shows more; then run ./opengov up again",
            )
        time.sleep(0.3)


def _tail(path: Path, lines: int = 8) -> str:
    if not path.exists():
        return "(it wrote nothing)"
    return "\n    ".join(path.read_text(errors="replace").strip().splitlines()[-lines:])


def stop(layout: Layout, services: Iterable[Service]) -> None:
    _control(layout, "stop", *[service.name for service in services])


def shut_down(layout: Layout) -> bool:
    """Stop supervisor and with it everything that it started. False when nothing ran."""
    if not supervisor_runs(layout):
        return False
    _control(layout, "shutdown")
    until = time.monotonic() + STOPPING
    while time.monotonic() < until:
        if not (layout.run / "supervisord.pid").exists():
            return True
        time.sleep(0.2)
    raise StackError(f"the services did not stop within {STOPPING} s", "see .opengov/logs/supervisord.log")


def remove_run_folder(layout: Layout) -> None:
    shutil.rmtree(layout.run, ignore_errors=True)
