"""Reading tables of the DataStore by safe parameters: each is checked against the table's columns and bound, never
pasted into SQL.
"""

from ckanext.opengov.data.service.query.changes import difference
from ckanext.opengov.data.service.query.reading import Reading, reading, told
from ckanext.opengov.data.service.query.run import SECONDS, answer, answered
from ckanext.opengov.data.service.query.wish import Wish, read

__all__ = ["SECONDS", "Reading", "Wish", "answer", "answered", "difference", "read", "reading", "told"]
