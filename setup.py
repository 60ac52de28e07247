"""The package ``ckanext.opengov``; see the README for running the whole portal."""

from __future__ import annotations

from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent
SOURCE = "ckanext-opengov"
PLUGINS = {
    "opengov": "civic.plugin:CivicPlugin",
    "opengov_portal": "portal.plugin:PortalPlugin",
    "opengov_data": "data.plugin:DataPlugin",
    "opengov_dialog": "dialog.plugin:DialogPlugin",
    "opengov_regulation": "regulation.plugin:RegulationPlugin",
    "opengov_budget": "budget.plugin:BudgetPlugin",
    "opengov_evaluation": "evaluation.plugin:EvaluationPlugin",
    "opengov_harvest": "harvest.plugin:HarvestPlugin",
    "opengov_registry": "harvest.registry.harvester:RegistryHarvester",
    "opengov_budget_packages": "harvest.budget_packages:BudgetPackagesHarvester",
    "opengov_dcat_us": "harvest.dcat_us:DCATUSHarvester",
    "opengov_ckan_harvester": "harvest.stock:GuardedCKANHarvester",
    "opengov_dcat_harvester": "harvest.stock:GuardedDCATHarvester",
}

setup(
    name="ckanext-opengov",
    version=(ROOT / SOURCE / "ckanext" / "opengov" / "VERSION").read_text().strip(),
    description="Open government portal on CKAN: open data, open dialogue, regulations, budgets, evaluation",
    long_description=(ROOT / "README.md").read_text(),
    long_description_content_type="text/markdown",
    license="AGPL-3.0-or-later",
    python_requires=">=3.11",
    # CKAN declares ckanext as an old-style namespace; a plain editable path does not join it.
    namespace_packages=["ckanext"],
    packages=[*find_packages(SOURCE), "ckanext.opengov.schemas"],
    package_dir={"": SOURCE, "ckanext.opengov.schemas": "schemas"},
    include_package_data=True,
    package_data={"ckanext.opengov": ["**/*"], "ckanext.opengov.schemas": ["*.yaml"]},
    install_requires=[
        "Authlib~=1.9",
        "ckan[requirements]==2.12.0",
        "ckanapi~=4.11",
        "ckanext-dcat~=2.4.4",
        "ckanext-harvest~=1.6.3",
        "ckanext-scheming~=3.1.0",
        "ckanext-xloader~=2.6.0",
        "ijson~=3.4",
        "limits~=5.8",
        "lxml>=5",
        "holidays~=0.109",
        "icalendar~=7.3",
        "datasketch~=2.0",
        "numpy>=2",
        "openpyxl~=3.1",
        "polars~=2.1",
        "python-docx~=1.2",
        "python-slugify>=8",
        "rapidfuzz~=3.14",
        "phonenumbers~=9.0",
        "pillow~=13.0",
        "pypdf~=7.1",
        "python-stdnum~=2.2",
        "reportlab~=5.1",
        "resvg-py~=0.5",
        "squarify~=0.4.5",
        "tenacity~=9.1",
        "tzdata>=2024.1",
        "xlrd~=2.0",
    ],
    entry_points={
        "ckan.plugins": [f"{name} = ckanext.opengov.{target}" for name, target in PLUGINS.items()],
        "ckan.rdf.profiles": ["opengov_dcat_ap = ckanext.opengov.data.dcat:OpenGovDCATAPProfile"],
        "babel.extractors": ["ckan = ckan.lib.extract:extract_ckan"],
    },
    message_extractors={SOURCE: [("**.py", "python", None), ("**/templates/**.html", "ckan", None)]},
)
