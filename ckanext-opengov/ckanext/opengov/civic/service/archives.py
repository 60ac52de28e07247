"""What Python raises for an archive that cannot be read: there is no one class for it."""

from __future__ import annotations

import zipfile
import zlib

# RuntimeError: a part that is locked with a password; its kind NotImplementedError: a compression that nobody here
# knows. KeyError: a part that should be there is not.
UNREADABLE = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, OSError, RuntimeError)
