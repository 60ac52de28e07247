"""Personal data in what citizens write: found, marked for the moderator, masked in the public copy.

Pure: texts and bytes in, findings and texts out.
"""

from ckanext.opengov.civic.service.privacy.copying import PublicCopy, public_copy
from ckanext.opengov.civic.service.privacy.extract import check_number, extract
from ckanext.opengov.civic.service.privacy.findings import Finding, Kind
from ckanext.opengov.civic.service.privacy.masking import Masked, language_of, mask
from ckanext.opengov.civic.service.privacy.reading import Extracted, FileRefusal, UnsupportedFile
from ckanext.opengov.civic.service.privacy.searching import find

__all__ = [
    "Extracted",
    "FileRefusal",
    "Finding",
    "Kind",
    "Masked",
    "PublicCopy",
    "UnsupportedFile",
    "check_number",
    "extract",
    "find",
    "language_of",
    "mask",
    "public_copy",
]
