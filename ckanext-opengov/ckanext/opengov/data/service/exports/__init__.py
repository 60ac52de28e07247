"""Tables as files: rows go from the database to the reader as they come, so a file may be of any size.

The database writes the lines itself (CSV, JSON, the rows of a sheet), and COPY brings them; Python passes them on by
the piece and touches no row.
"""

from ckanext.opengov.data.service.exports.formats import FORMATS, Format
from ckanext.opengov.data.service.exports.making import Export, export

__all__ = ["FORMATS", "Export", "Format", "export"]
