"""Reading tables of the DataStore by safe parameters: each is checked against the table's columns and bound, never
pasted into SQL.
"""

from ckanext.opengov.data.service.query.run import answer
from ckanext.opengov.data.service.query.wish import Wish, read

__all__ = ["Wish", "answer", "read"]
