"""From a file to a table: read rows of many formats, find names and types of columns, write one clean CSV.

Nothing here knows CKAN or a database, so every rule is tested on files alone.
"""

from ckanext.opengov.data.service.tables.convert import FORMATS, Column, Table, convert, kind_of
from ckanext.opengov.data.service.tables.problem import TableProblem

__all__ = ["FORMATS", "Column", "Table", "TableProblem", "convert", "kind_of"]
