"""What somebody searched for stays out of the log: CKAN writes a search that Solr refuses with all its words."""

from __future__ import annotations

import logging

LOGGERS = ("ckan.views.dataset", "ckan.views.group")


class WithoutWords(logging.Filter):
    """Leaves the sentence of a failed search and takes its values away."""

    def filter(self, record: logging.LogRecord) -> bool:
        if "search error" in record.msg:
            record.args = tuple("…" for _ in record.args or ())
        return True


_FILTER = WithoutWords()


def install() -> None:
    """Put the filter on the loggers. Safe to repeat."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)
