"""What is measured: one table of all metrics, with their points, how each is computed and what to do when one is lost.

The five dimensions and their sums (100 + 100 + 110 + 75 + 20 = 405), the bands and most metrics are those of the
Metadata Quality Assessment of data.europa.eu (methodology: https://data.europa.eu/mqa/methodology). Three of its
metrics would be the same for every data set of this portal, and give their points to facts that the portal knows:

- time-based search (20) is freshness: the last update against the declared kind of update;
- DCAT-AP compliance (30), which the portal's own export always has, is the structure of the tables (15) and whether
  their values fit it (15);
- access rights (10 + 5), which are public for all, are texts in both official languages (15).

Where the assessment looks at a file's address, this one uses whether the address answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ckanext.opengov.civic.service.refusal import N_

WAITING = "waiting"
NO_FILES = "no_files"


@dataclass(frozen=True)
class Metric:
    """``advice``: why the points are lost → what to do."""

    name: str
    dimension: str
    points: int
    title: str
    how: str
    advice: Mapping[str, str]


DIMENSIONS: Mapping[str, str] = {
    "findability": N_("Findability"),
    "accessibility": N_("Access to the data"),
    "interoperability": N_("Interoperability"),
    "reusability": N_("Reusability"),
    "contextuality": N_("Contextuality"),
}
# From how many points on; the last one is for everything below.
BANDS: tuple[tuple[int, str, str], ...] = (
    (351, "excellent", N_("Excellent")),
    (221, "good", N_("Good")),
    (121, "sufficient", N_("Sufficient")),
    (0, "poor", N_("Poor")),
)
_ADD_FILE = N_("The data set has no files. Add a file or a link.")
_EACH_FILE = N_("The share of files that have it.")
_WAIT = N_("The portal has not checked the links yet. It does so within hours; there is nothing to do.")

METRICS: tuple[Metric, ...] = (
    Metric(
        "keywords",
        "findability",
        30,
        N_("Keywords"),
        N_("There is at least one keyword."),
        {"missing": N_("Write some words that people would search by.")},
    ),
    Metric(
        "category",
        "findability",
        30,
        N_("Category"),
        N_("A category is chosen."),
        {"missing": N_("Choose the category that fits the data.")},
    ),
    Metric(
        "region",
        "findability",
        20,
        N_("Region"),
        N_("A region is chosen, or a central agency's data cover the whole country."),
        {"missing": N_("Choose the region that the data are about.")},
    ),
    Metric(
        "fresh",
        "findability",
        20,
        N_("Up to date"),
        N_("The last update came within the declared kind of update. Late by less than the same term again: half."),
        {
            "no_frequency": N_("Choose how often the data are updated."),
            "no_date": N_("Give the day of the last update."),
            "late": N_(
                "The data are late by {days} days: last updated on {date}. Update them, or choose the kind of update "
                "that is true."
            ),
        },
    ),
    Metric(
        "answers",
        "accessibility",
        50,
        N_("Files and links answer"),
        N_("The share of files whose address answers. The portal checks links every week, dead ones every day."),
        {
            "dead": N_("These links do not answer. Correct them, or upload the files to the portal."),
            WAITING: _WAIT,
            NO_FILES: _ADD_FILE,
        },
    ),
    Metric(
        "download",
        "accessibility",
        20,
        N_("Files to download"),
        N_("The share of files that are uploaded, pushed, or linked directly and not as a page."),
        {
            "page": N_("These links lead to a page and not to a file. Link the file itself, or upload it."),
            WAITING: _WAIT,
            NO_FILES: _ADD_FILE,
        },
    ),
    Metric(
        "download_answers",
        "accessibility",
        30,
        N_("Downloads work"),
        N_("The share of files that can be downloaded and whose address answers."),
        {
            "broken": N_("These files can't be downloaded. Correct the links, or upload the files to the portal."),
            WAITING: _WAIT,
            NO_FILES: _ADD_FILE,
        },
    ),
    Metric(
        "format",
        "interoperability",
        20,
        N_("Format named"),
        _EACH_FILE,
        {"missing": N_("Name the format of these files, such as CSV."), NO_FILES: _ADD_FILE},
    ),
    Metric(
        "media_type",
        "interoperability",
        10,
        N_("Media type known"),
        N_("The share of files whose media type is known: from the upload, or from the format's name."),
        {"missing": N_("Upload these files, or name a common format."), NO_FILES: _ADD_FILE},
    ),
    Metric(
        "vocabulary",
        "interoperability",
        10,
        N_("Format from the common list"),
        N_("The share of files whose format stands in the EU's list of file types."),
        {"missing": N_("Name the format as others do, such as CSV, JSON or GeoJSON."), NO_FILES: _ADD_FILE},
    ),
    Metric(
        "open_format",
        "interoperability",
        20,
        N_("Open format"),
        N_("The share of files in a format that belongs to no single maker."),
        {"missing": N_("Save these files in an open format, such as CSV or XLSX instead of XLS."), NO_FILES: _ADD_FILE},
    ),
    Metric(
        "machine_format",
        "interoperability",
        20,
        N_("Machine-readable format"),
        N_("The share of files in a format from which programs read values."),
        {
            "missing": N_("Publish the table itself, such as CSV, instead of a picture or text of it."),
            NO_FILES: _ADD_FILE,
        },
    ),
    Metric(
        "structure",
        "interoperability",
        15,
        N_("Columns explained"),
        N_("The share of columns whose meaning is told in the data dictionary; formats that bring it count as told."),
        {
            "missing": N_("Say in the data dictionary of these files what each column means."),
            "no_table": N_("Upload a table, such as CSV or XLSX, so that its columns can be explained."),
            NO_FILES: _ADD_FILE,
        },
    ),
    Metric(
        "types",
        "interoperability",
        15,
        N_("Values fit their columns"),
        N_("The share of files that the portal could read as a table, each value fitting the type of its column."),
        {
            "failed": N_("The portal could not read these files as tables; their pages say what is wrong."),
            "no_table": N_("Upload a table, such as CSV or XLSX, so that its values can be checked."),
            WAITING: N_("The portal is still reading the files. There is nothing to do."),
            NO_FILES: _ADD_FILE,
        },
    ),
    Metric(
        "licence",
        "reusability",
        20,
        N_("Licence"),
        N_("A licence is given."),
        {"missing": N_("Choose a licence. The open licence of the portal is right for most data.")},
    ),
    Metric(
        "known_licence",
        "reusability",
        10,
        N_("Known licence"),
        N_("The licence is one of the portal's list."),
        {"missing": N_("Choose a licence of the list, so that everybody knows what is allowed.")},
    ),
    Metric(
        "languages",
        "reusability",
        15,
        N_("Both official languages"),
        N_("Name and description, each in Kazakh and in Russian: a quarter for each text."),
        {"missing": N_("Write the name and the description in Kazakh and in Russian.")},
    ),
    Metric(
        "contact",
        "reusability",
        20,
        N_("Contact"),
        N_("There is an e-mail address or a phone number for questions."),
        {"missing": N_("Give the e-mail address or the phone number of the office that answers questions.")},
    ),
    Metric(
        "publisher",
        "reusability",
        10,
        N_("Agency named"),
        N_("The agency that answers for the data is named."),
        {"missing": N_("Choose the agency that answers for the data.")},
    ),
    Metric(
        "fee",
        "contextuality",
        5,
        N_("Fee statement"),
        N_("The passport says whether the data are free of charge."),
        {"missing": N_("Say whether the data are free of charge.")},
    ),
    Metric(
        "size",
        "contextuality",
        5,
        N_("Size of the files"),
        N_("The share of files whose size is known."),
        {"missing": N_("Upload these files: then their size is known before the download."), NO_FILES: _ADD_FILE},
    ),
    Metric(
        "issued",
        "contextuality",
        5,
        N_("Day of publication"),
        N_("The day of the first publication is given."),
        {"missing": N_("Give the day on which the data were first published.")},
    ),
    Metric(
        "modified",
        "contextuality",
        5,
        N_("Day of the last update"),
        N_("The day of the last update is given."),
        {"missing": N_("Give the day of the last update.")},
    ),
)
BY_NAME: Mapping[str, Metric] = {one.name: one for one in METRICS}
MOST: Mapping[str, int] = {
    dimension: sum(one.points for one in METRICS if one.dimension == dimension) for dimension in DIMENSIONS
}
MOST_POINTS = sum(MOST.values())


def band(score: float) -> tuple[str, str]:
    """The band of a score: its code and its English title."""
    return next((code, title) for least, code, title in BANDS if score >= least)
