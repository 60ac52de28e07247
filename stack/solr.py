"""Solr: the server from Maven Central, a core for each instance, CKAN's schema with our languages added."""

from __future__ import annotations

import json
import shutil
import sys
import time
import urllib.request
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from stack.console import StackError, run
from stack.layout import CONFIG, Instance, Layout
from stack.steps import Stamp

SOURCE = CONFIG / "solr"
DICTIONARIES = Path("/usr/share/hunspell")
DICTIONARY_FILES = ("kk_KZ.aff", "kk_KZ.dic", "ru_RU.aff", "ru_RU.dic")


def fetch(layout: Layout) -> str | None:
    stamp = Stamp(layout, "solr", SOURCE / "pom.xml")
    if stamp.fresh and any(layout.solr_libraries.glob("solr-core-*.jar")):
        return "already there"
    part = layout.solr_libraries.with_name("lib.part")
    shutil.rmtree(part, ignore_errors=True)
    command = ["mvn", "-q", "-B", "-f", SOURCE / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={part}"]
    run(layout, command, log="solr-fetch", hint="check the network to Maven Central and run ./opengov up again")
    if not any(part.glob("solr-core-*.jar")):
        raise StackError("Maven brought no Solr", "see .opengov/logs/solr-fetch.log")
    shutil.rmtree(layout.solr_libraries, ignore_errors=True)
    part.rename(layout.solr_libraries)
    stamp.set()
    return None


def create_core(layout: Layout, instance: Instance) -> str | None:
    """Write the core's folder. Solr finds it by ``core.properties`` when it starts."""
    core = layout.solr_home / instance.core
    ckan_schema = next(layout.venv.glob("lib/python*/site-packages/ckan/config/solr/schema.xml"))
    inputs = [ckan_schema, SOURCE / "fields.xml", SOURCE / "solrconfig.xml"]
    stamp = Stamp(layout, f"core-{instance.core}", *inputs)
    if stamp.fresh and (core / "core.properties").exists():
        return "already there"
    indexed(layout, instance).forget()
    write_core(core, ckan_schema)
    stamp.set()
    return None


def indexed(layout: Layout, instance: Instance) -> Stamp:
    """Stands when what is in the database was indexed into the core as it is written now."""
    return Stamp(layout, f"indexed-{instance.core}")


def write_core(core: Path, ckan_schema: Path) -> None:
    """Write the folder of a core, and ``solr.xml`` beside it."""
    conf = core / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    for name in DICTIONARY_FILES:
        (conf / name).write_bytes((DICTIONARIES / name).read_bytes())
    for name in ("stopwords.txt", "synonyms.txt", "protwords.txt"):
        (conf / name).touch()
    shutil.copy(SOURCE / "solrconfig.xml", conf)
    (conf / "schema.xml").write_text(merged_schema(ckan_schema, SOURCE / "fields.xml"))
    (core / "core.properties").write_text(f"name={core.name}\n")
    (core.parent / "solr.xml").write_text((SOURCE / "solr.xml").read_text())


def merged_schema(ckan_schema: Path, ours: Path) -> str:
    """CKAN's schema as it came with its package, and our field types and fields behind its own."""
    # Both files are ours: one from this tree, one from a pinned package.
    tree = ElementTree.parse(ckan_schema)  # noqa: S314
    root = tree.getroot()
    for block in ElementTree.parse(ours).getroot():  # noqa: S314
        if block.tag in {"types", "fields"}:
            target = root.find(block.tag)
            (root if target is None else target).extend(list(block))
        else:
            root.append(block)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def ready(layout: Layout, instance: Instance) -> bool:
    url = f"http://127.0.0.1:{layout.solr_port}/solr/{instance.core}/admin/ping?wt=json"
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return json.load(answer).get("status") == "OK"
    except OSError:
        return False


def load_core(layout: Layout, instance: Instance) -> None:
    """Let a Solr that ran already read the core as it stands on the disk, written or rewritten since."""
    base = f"http://127.0.0.1:{layout.solr_port}/solr/admin/cores"
    with urllib.request.urlopen(f"{base}?action=STATUS&core={instance.core}&wt=json", timeout=20) as answer:
        loaded = bool(json.load(answer)["status"].get(instance.core))
    if not loaded:
        # CREATE writes it, and refuses a folder that has it.
        (layout.solr_home / instance.core / "core.properties").unlink(missing_ok=True)
    action = f"RELOAD&core={instance.core}" if loaded else f"CREATE&name={instance.core}&instanceDir={instance.core}"
    try:
        with urllib.request.urlopen(f"{base}?action={action}&wt=json", timeout=60) as answer:
            answer.read()
    except OSError as error:
        raise StackError(f"Solr refuses the core {instance.core}: {error}", "see .opengov/logs/solr.log") from error


def wait_ready(layout: Layout, instance: Instance, seconds: float = 60) -> None:
    """Wait for a core that a starting Solr is still opening."""
    until = time.monotonic() + seconds
    while not ready(layout, instance):
        if time.monotonic() > until:
            raise StackError(f"the Solr core {instance.core} does not answer", "see .opengov/logs/solr.log")
        time.sleep(0.2)


def url(layout: Layout, instance: Instance) -> str:
    return f"http://127.0.0.1:{layout.solr_port}/solr/{instance.core}"


if __name__ == "__main__":
    # For the image of Solr: python3 -m stack.solr CKAN_SCHEMA CORE_FOLDER
    write_core(Path(sys.argv[2]), Path(sys.argv[1]))
