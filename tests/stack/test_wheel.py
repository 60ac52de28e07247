"""A wheel built from the tree works in a stock CKAN: a virtual environment that knows nothing of this checkout."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stack.console import clean_environment
from stack.environment import RUNTIME
from stack.layout import ROOT, Layout

# The other half of the tests writes its caches while this one copies.
LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".opengov",
    ".hypothesis",
    ".pytest_cache",
    ".coverage*",
    ".*_cache",
    "build",
    "dist",
    "*.egg-info",
    "__pycache__",
)
PROBE = """
import json, sys
from pathlib import Path
from ckan.cli import load_config
from ckan.config.middleware import make_app
import ckanext.opengov.civic.plugin as plugin
import ckanext.opengov.schemas, ckanext.harvest
app = make_app(load_config(sys.argv[1]))
client = app.test_client()
import ckan.plugins.toolkit as tk
with app.test_request_context():
    schema = tk.get_action("scheming_dataset_schema_show")({"ignore_auth": True}, {"type": "dataset"})
root = Path(plugin.__file__).parents[1]
print(json.dumps({
    "home": client.get("/").status_code,
    "russian": client.get("/ru/dataset").status_code,
    "login": client.get("/user/login").status_code,
    "place": str(root),
    "fields": [field["field_name"] for field in schema["dataset_fields"]],
    "migrations": sorted(str(p.relative_to(root)) for p in (root / "migration").rglob("versions/*.py")),
    "assets": [str(p.relative_to(root)) for p in root.rglob("webassets.yaml")],
}))
"""


def run(*command: str | Path, cwd: Path) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, cwd=cwd, env=clean_environment(), check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = shutil.copytree(ROOT, folder / "source", ignore=LEFT_OUT)
    build = ("-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder / "dist", source)
    run(sys.executable, *build, cwd=folder)
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", "--no-deps", "-r", RUNTIME, cwd=folder)
    wheel = next((folder / "dist").glob("*.whl"))
    run(python, "-m", "pip", "install", "-q", "--no-deps", wheel, cwd=folder)
    return python


def test_the_wheel_serves_pages_with_schemas_migrations_and_assets(environment: Path, tmp_path: Path) -> None:
    ini = Layout.from_environment().testing.ini
    answer = json.loads(run(environment, "-c", PROBE, ini, cwd=tmp_path).strip().splitlines()[-1])
    assert (answer["home"], answer["russian"], answer["login"]) == (200, 200, 200)
    assert str(ROOT) not in answer["place"]
    assert "title_translated" in answer["fields"]
    here = ROOT / "ckanext-opengov" / "ckanext" / "opengov"
    ours = sorted(str(path.relative_to(here)) for path in (here / "migration").rglob("versions/*.py"))
    assert answer["migrations"] == ours
    assert sorted(answer["assets"]) == sorted(str(path.relative_to(here)) for path in here.rglob("webassets.yaml"))


def test_the_wheel_builds_its_languages(environment: Path, tmp_path: Path) -> None:
    run(environment, "-m", "ckanext.opengov.portal.languages", tmp_path / "i18n", cwd=tmp_path)
    for language in ("kk", "ru"):
        for domain in ("ckan", "ckanext-opengov"):
            assert (tmp_path / "i18n" / language / "LC_MESSAGES" / f"{domain}.mo").stat().st_size > 0
