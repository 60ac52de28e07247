"""How a table is read in four languages: programs that run as they stand."""

from __future__ import annotations

from collections.abc import Mapping

_CURL = """curl -G '{address}' \\
  --data-urlencode 'limit=5'"""
_PYTHON = """# pip install ckanapi
from ckanapi import RemoteCKAN

portal = RemoteCKAN("{portal}")
cursor = None
while True:
    page = portal.action.data_query(resource_id="{resource}", limit=1000, cursor=cursor)
    for record in page["records"]:
        print(record)
    cursor = page["next"]
    if not cursor:
        break"""
_R = """# install.packages("jsonlite")
library(jsonlite)

address <- "{address}"
cursor <- NULL
repeat {{
  query <- c("limit=1000", if (!is.null(cursor)) paste0("cursor=", URLencode(cursor, reserved = TRUE)))
  page <- fromJSON(paste0(address, "?", paste(query, collapse = "&")))
  print(page$records)
  cursor <- page[["next"]]
  if (is.null(cursor)) break
}}"""
_JAVASCRIPT = """const address = new URL("{address}");
address.searchParams.set("limit", "1000");
let cursor = null;
do {{
  if (cursor) address.searchParams.set("cursor", cursor);
  const answer = await fetch(address);
  const page = await answer.json();
  console.log(page.records);
  cursor = page.next;
}} while (cursor);"""
_ALL: Mapping[str, str] = {"curl": _CURL, "Python": _PYTHON, "R": _R, "JavaScript": _JAVASCRIPT}


def snippets(portal: str, resource_id: str) -> dict[str, str]:
    """Language → program."""
    known = {"portal": portal, "resource": resource_id, "address": f"{portal}/api/rows/{resource_id}"}
    return {language: program.format(**known) for language, program in _ALL.items()}
