"""The commands of ``./opengov``."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from stack import environment, instance, machine, postgres, secrets, services, solr
from stack import mail as letters
from stack.console import StackError, clean_environment, fail, run, say
from stack.layout import Instance, Layout
from stack.steps import Stamp, Step, perform


def main(words: list[str]) -> int:
    parser = _parser()
    arguments, rest = parser.parse_known_args(words)
    if rest and arguments.command not in {"test", "bench"}:
        parser.error(f"unknown argument {rest[0]}")
    layout = Layout.from_environment()
    try:
        return arguments.run(layout, arguments, rest)
    except StackError as error:
        fail(error)
        return 1
    except KeyboardInterrupt:
        say("\ninterrupted; the next ./opengov up goes on from here")
        return 130
    except BrokenPipeError:
        # Whoever read the output has gone, as head does; what Python writes on leaving goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./opengov", description="The open government portal, from one command.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, action: Callable[..., int], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=action)
        return command

    up_command = add("up", up, "install what is missing, start everything, load the demonstration")
    up_command.add_argument("--empty", action="store_true", help="leave the demonstration out")
    add("down", down, "stop what up started")
    add("status", status, "health of each service; exit code 0 only when all answer")
    logs_command = add("logs", logs, "the last lines of the services' logs")
    logs_command.add_argument("service", nargs="?")
    mail_command = add("mail", mail, "the newest letters that the portal sent, kept on this machine")
    mail_command.add_argument("number", nargs="?", type=int, default=5, help="how many (5)")
    reset_command = add("reset", reset, "delete databases, index and files of this checkout, after a question")
    reset_command.add_argument("--yes", action="store_true", help="do not ask")
    add("seed", seed, "load the demonstration into the running portal")
    bench_command = add("bench", bench, "run one benchmark in the test twin; prints one JSON object")
    bench_command.add_argument("name", help="a file of bench/")
    add("lint", lint, "ruff, basedpyright and import-linter over the tree")
    add("test", test, "run the tests beside the portal; what follows goes to pytest")
    return parser


def _ground(layout: Layout, target: Instance) -> list[Step]:
    """The steps that the portal and the tests share, up to a migrated instance."""
    return [
        Step("packages", "Debian packages", lambda: machine.install_packages(layout, machine.BASE_PACKAGES)),
        Step(
            "browser",
            "Chromium for the tests",
            lambda: machine.install_packages(layout, machine.BROWSER_PACKAGES),
            ("packages",),
        ),
        Step("python", "Python environment", lambda: environment.create(layout), ("packages",)),
        Step("solr", "Solr from Maven Central", lambda: solr.fetch(layout), ("packages",)),
        Step("cluster", "PostgreSQL cluster", lambda: postgres.create_cluster(layout), ("packages", "configuration")),
        Step("configuration", "secrets and configuration", lambda: _configure(layout), ("packages",)),
        Step("languages", "Kazakh, Russian, English", lambda: instance.build_languages(layout), ("python",)),
        *_servers(layout),
        Step("databases", "databases", lambda: postgres.create_databases(layout, target), ("servers",)),
        Step(
            "migrate",
            "tables and administrator",
            lambda: instance.migrate(layout, target),
            ("databases", "languages"),
        ),
    ]


def _configure(layout: Layout) -> None:
    secrets.load(layout)
    services.write_configuration(layout)
    for one in (layout.portal, layout.testing):
        instance.write_ini(layout, one)


def _servers(layout: Layout) -> list[Step]:
    """The servers, which load those Solr cores that were written anew."""
    rewritten: list[None] = []

    def cores() -> str | None:
        found = [solr.create_core(layout, one) for one in (layout.portal, layout.testing)]
        rewritten.extend(word for word in found if word is None)
        return "already there" if all(found) else None

    def start_servers() -> str | None:
        services.start_supervisor(layout)
        found = services.start(layout, services.servers(layout))
        for one in (layout.portal, layout.testing):
            if found and (rewritten or not solr.ready(layout, one)):
                solr.load_core(layout, one)
            solr.wait_ready(layout, one)
        return found

    needed = ("python", "solr", "cores", "cluster", "configuration")
    return [
        Step("cores", "Solr cores", cores, ("python", "solr")),
        Step("servers", "PostgreSQL, Redis, Solr", start_servers, needed),
    ]


def _portal_steps(layout: Layout) -> list[Step]:
    portal = layout.portal
    programs = services.programs(layout, portal)
    return [
        *_ground(layout, portal),
        Step("mail", "mail", lambda: services.start(layout, [services.mail(layout)]), ("servers",)),
        Step("portal", "CKAN, workers, nginx", lambda: services.start(layout, programs), ("migrate",)),
    ]


def _preflight(layout: Layout, ports: list[int]) -> None:
    machine.check_disk(layout)
    if not services.supervisor_runs(layout):
        machine.check_ports(ports)


def up(layout: Layout, arguments: argparse.Namespace, _rest: list[str]) -> int:
    start = time.monotonic()
    shared = [layout.postgres_port, layout.redis_port, layout.solr_port, layout.mail_port]
    _preflight(layout, [layout.port, layout.portal.web_port, *shared])
    say("The portal comes up:")
    steps = _portal_steps(layout)
    if not arguments.empty:
        steps.append(Step("demonstration", "demonstration", lambda: _load_demonstration(layout), ("portal",)))
    if not perform(steps):
        return 1
    say(
        f"\nThe portal answers at {layout.portal.url} after {time.monotonic() - start:.0f} s.\n"
        "  administrator  admin\n"
        f"  password       in {layout.home / 'admin.password'}\n"
        f"  API token      in {layout.home / 'admin.token'}\n"
        "  letters        ./opengov mail"
    )
    return 0


def _load_demonstration(layout: Layout, *, force: bool = False) -> str | None:
    folder = layout.root / "stack" / "demonstration"
    sources = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    stamp = Stamp(layout, "demonstration", *sources)
    if stamp.fresh and not force:
        return "already there"
    command = [layout.python, "-m", "stack.demonstration", layout.portal.url, layout.home / "admin.token"]
    run(layout, command, log="demonstration", hint="see .opengov/logs/demonstration.log, then ./opengov seed")
    stamp.set()
    return None


def seed(layout: Layout, _arguments: argparse.Namespace, _rest: list[str]) -> int:
    if status(layout, _arguments, _rest):
        raise StackError("the portal does not run", "./opengov up starts it")
    _load_demonstration(layout, force=True)
    say("The demonstration is loaded.")
    return 0


def down(layout: Layout, _arguments: argparse.Namespace, _rest: list[str]) -> int:
    say("The portal is down." if services.shut_down(layout) else "Nothing of this checkout was running.")
    return 0


def status(layout: Layout, _arguments: argparse.Namespace, _rest: list[str]) -> int:
    everything = [*services.servers(layout), services.mail(layout), *services.programs(layout, layout.portal)]
    known = services.states(layout)
    healthy = True
    for service in everything:
        answers = known.get(service.name) == "RUNNING" and service.healthy()
        healthy &= answers
        say(f"  {'✓' if answers else '✗'} {service.name:9} {known.get(service.name, 'not started').lower()}")
    return 0 if healthy else 1


def logs(layout: Layout, arguments: argparse.Namespace, _rest: list[str]) -> int:
    pattern = f"{arguments.service}.log" if arguments.service else "*.log"
    files = sorted(layout.logs.glob(pattern))
    if not files:
        names = ", ".join(sorted(path.stem for path in layout.logs.glob("*.log"))) or "none yet"
        raise StackError(f"there is no log {arguments.service or ''}", f"there are: {names}")
    subprocess.run(["tail", "-n", "200" if arguments.service else "10", *map(str, files)], check=False)
    return 0


def mail(layout: Layout, arguments: argparse.Namespace, _rest: list[str]) -> int:
    if arguments.number < 1:
        raise StackError(f"{arguments.number} letters cannot be shown", "give a number from 1 on: ./opengov mail 3")
    found = [letters.as_text(letter) for letter in letters.letters(layout, arguments.number)]
    say("\n\n".join(found) if found else "The portal has sent no letter yet.")
    return 0


def reset(layout: Layout, arguments: argparse.Namespace, _rest: list[str]) -> int:
    if not layout.home.exists():
        say("There is nothing to delete.")
        return 0
    if not arguments.yes:
        say(f"This deletes the databases, the index, all uploads, accounts and secrets in {layout.home}.")
        if not sys.stdin.isatty() or input("Type DELETE to go on: ").strip() != "DELETE":
            say("Nothing was deleted.")
            return 1
    services.shut_down(layout)
    postgres.remove_cluster(layout)
    services.remove_run_folder(layout)
    shutil.rmtree(layout.home)
    say("Deleted.")
    return 0


LINTERS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("basedpyright", "--level", "error"),
    ("lint-imports",),
)


def lint(layout: Layout, _arguments: argparse.Namespace, _rest: list[str]) -> int:
    machine.check_disk(layout)
    wanted = {"packages", "python"}
    steps = [step for step in _ground(layout, layout.testing) if step.name in wanted]
    steps.append(Step("development", "test tools", lambda: environment.add_development(layout), ("python",)))
    if not perform(steps):
        return 1
    # import-linter looks for the namespace's own folder on the path.
    env = clean_environment(PYTHONPATH=str(layout.root / "ckanext-opengov"))
    failed = [
        " ".join(words)
        for words in LINTERS
        if subprocess.run(
            [layout.venv / "bin" / words[0], *words[1:]], cwd=layout.root, env=env, check=False
        ).returncode
    ]
    if failed:
        raise StackError(f"{', '.join(failed)} found something", "see the lines above")
    return 0


def bench(layout: Layout, arguments: argparse.Namespace, rest: list[str]) -> int:
    names = sorted(path.stem for path in (layout.root / "bench").glob("*.py"))
    names = [name for name in names if name not in {"__init__", "report", "twin"}]
    if arguments.name not in names:
        raise StackError(f"there is no benchmark {arguments.name}", f"there are: {', '.join(names)}")
    words = ["-m", f"bench.{arguments.name}", *[word for word in rest if word != "--json"]]
    return _beside_the_portal([layout], lambda: _python(layout, words).wait())


def test(layout: Layout, _arguments: argparse.Namespace, rest: list[str]) -> int:
    if rest:
        return _beside_the_portal([layout], lambda: _python(layout, _pytest(layout, rest)).wait())
    # The whole suite runs in two processes, file by file, each on a twin of its own: two cores, half the time.
    twins = [layout, replace(layout, twin=layout.twin + 1)]
    # The groups are those of tests/conftest.py, in the order of the folders.
    whole = [f"--numprocesses={len(twins)}", "--dist=loadgroup", "--no-loadscope-reorder"]
    return _beside_the_portal(twins, lambda: _python(layout, _pytest(layout, whole)).wait())


def _pytest(layout: Layout, rest: list[str]) -> list[str]:
    return ["-m", "pytest", f"--ckan-ini={layout.testing.ini}", *rest]


def _python(layout: Layout, words: list[str]) -> subprocess.Popen[bytes]:
    # Without CKAN_*: such a variable would point the tests at another instance.
    env = clean_environment(OPENGOV_TWIN=str(layout.twin), COVERAGE_FILE=f".coverage.{layout.twin}")
    command = [str(layout.python), *words]
    return subprocess.Popen(command, cwd=layout.root, env=env)


def _beside_the_portal(layouts: list[Layout], work: Callable[[], int]) -> int:
    """Prepare the test twins, do the work, and stop the servers if they were started for it."""
    layout = layouts[0]
    ours = not services.supervisor_runs(layout)
    twins = [port for one in layouts for port in (one.testing.port, one.testing.web_port)]
    _preflight(layout, [layout.postgres_port, layout.redis_port, layout.solr_port, *twins])
    development = Step("development", "test tools", lambda: environment.add_development(layout), ("python",))
    try:
        for one in layouts:
            if not perform([*_ground(one, one.testing), development]):
                return 1
        return work()
    finally:
        if ours:
            services.shut_down(layout)
