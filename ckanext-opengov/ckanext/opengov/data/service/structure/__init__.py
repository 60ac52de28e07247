"""The structure of a keyed table: a Table Schema, checked, compared, turned into columns.

Nothing here knows CKAN or a database.
"""

from ckanext.opengov.data.service.structure.difference import Difference, compare
from ckanext.opengov.data.service.structure.model import Field, Parts, Reference, Structure
from ckanext.opengov.data.service.structure.parse import parse

__all__ = ["Difference", "Field", "Parts", "Reference", "Structure", "compare", "parse"]
