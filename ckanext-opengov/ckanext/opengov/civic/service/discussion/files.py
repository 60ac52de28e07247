"""Files of citizens: checked, kept out of the public folders, read by the public as a masked text.

Which files are taken, and what of them becomes public, is ``civic.service.privacy``'s. The public sees a picture only
after an officer has looked at it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import mimetypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.discussion import CommentAttachment, new_id
from ckanext.opengov.civic.service import privacy
from ckanext.opengov.civic.service.discussion import texts
from ckanext.opengov.civic.service.discussion.masking import places
from ckanext.opengov.civic.service.privacy.limits import MAX_FILE

FOLDER = "opengov/comments"
FIELD = "attachments"
# In a session: the files that its open transaction has written.
_NEW = "opengov_new_files"


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name and its bytes, at most one more than allowed."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Document:
    """A file that may be kept, with what the public reads of it."""

    name: str
    content: bytes
    mimetype: str
    copy: privacy.PublicCopy


def uploads(given: object) -> list[Upload]:
    """The files of a request: uploaded ones, or dicts with ``name`` and ``content`` in base64.

    :raises ValidationError: for anything else
    """
    if given is None or given == "":
        return []
    some = list(given) if isinstance(given, (list, tuple)) else [given]
    # Before any of them is read: a thousand files are not worth the work.
    if len(some) > 100:
        raise tk.ValidationError({FIELD: [tk._("That are far too many files.")]})
    return [_upload(one) for one in some if not _is_empty(one)]


def _is_empty(one: object) -> bool:
    """A form without a chosen file sends one without a name."""
    return hasattr(one, "read") and not getattr(one, "filename", None)


def _upload(one: Any) -> Upload:
    if hasattr(one, "read"):
        return Upload(str(one.filename), one.read(MAX_FILE + 1))
    if isinstance(one, dict) and isinstance(one.get("name"), str) and isinstance(one.get("content"), str):
        with suppress(binascii.Error, ValueError):
            return Upload(one["name"], base64.b64decode(one["content"], validate=True))
    message = tk._("Upload the file, or give it as name and content, the content in base64.")
    raise tk.ValidationError({FIELD: [message]})


def read(given: Sequence[Upload], allowed: int) -> list[Document]:
    """Check files and make the copies that the public reads.

    :param allowed: how many files one comment may have
    :raises ValidationError: for too many or too large files, or one that is not what its name says
    """
    if given and not allowed:
        raise tk.ValidationError({FIELD: [tk._("Files cannot be attached in this discussion.")]})
    if len(given) > allowed:
        message = tk._("{number} files are attached; at most {limit} are allowed.")
        raise tk.ValidationError({FIELD: [message.format(number=len(given), limit=allowed)]})
    return [_read(one) for one in given]


def _read(one: Upload) -> Document:
    name = " ".join(texts.clean(Path(one.name.replace("\\", "/")).name).split())[:200] or "file"
    try:
        copy = privacy.public_copy(one.content, name)
    except privacy.FileRefusal as error:
        raise tk.ValidationError({FIELD: [f"{name}: {error.translated()}"]}) from error
    mimetype = copy.mimetype or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Document(name, one.content, mimetype, copy)


def keep(comment_id: str, documents_: Sequence[Document]) -> None:
    """Store files and their rows in the session's open transaction; see ``only_if_committed``."""
    for document in documents_:
        attachment_id, copy = new_id(), document.copy
        relative = f"{FOLDER}/{attachment_id[:2]}/{attachment_id}"
        _write(_path(relative), document.content)
        if copy.is_picture and copy.content is not None:
            _write(_copy_path(relative), copy.content)
        is_text = copy.content is not None and not copy.is_picture
        model.Session.add(
            CommentAttachment(
                id=attachment_id,
                comment_id=comment_id,
                name=document.name,
                name_public=copy.name,
                mimetype=document.mimetype,
                size=len(document.content),
                sha256=hashlib.sha256(document.content).hexdigest(),
                path=relative,
                is_picture=copy.is_picture,
                text_public=(copy.content or b"").decode() if is_text else None,
                note=copy.note,
                findings=places(copy.findings),
            )
        )
    model.Session.flush()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    model.Session().info.setdefault(_NEW, []).append(path)
    path.write_bytes(content)


@contextmanager
def only_if_committed() -> Iterator[None]:
    """Take stored files back when the block, which ends with the commit, fails."""
    new: list[Path] = []
    model.Session().info[_NEW] = new
    try:
        yield
    except BaseException:
        model.Session.rollback()
        for path in new:
            path.unlink(missing_ok=True)
        raise
    finally:
        model.Session().info.pop(_NEW, None)


def _path(relative: str) -> Path:
    return Path(tk.config["ckan.storage_path"]) / relative


def _copy_path(relative: str) -> Path:
    return _path(f"{relative}.webp")


def get(attachment_id: str) -> CommentAttachment | None:
    """An attachment by its id."""
    return model.Session.get(CommentAttachment, attachment_id)


def original(attachment: CommentAttachment) -> bytes:
    """The file as it came, for its author and competent officers."""
    return _path(attachment.path).read_bytes()


def picture(attachment: CommentAttachment) -> bytes | None:
    """A picture without what the camera wrote, in WebP; None for other files. Who may see it, the caller decides."""
    return _copy_path(attachment.path).read_bytes() if attachment.is_picture else None


def release(attachment: CommentAttachment, *, public: bool, actor: str) -> bool:
    """Let everybody see a picture that an officer has looked at, or nobody any more; whether that changed anything.

    :raises ValidationError: for a file that is no picture
    """
    if not attachment.is_picture:
        raise tk.ValidationError({"attachment_id": [tk._("This file is no picture: the public reads its text.")]})
    if public == (attachment.released_at is not None):
        return False
    attachment.released_at, attachment.released_by = (utc_now(), actor) if public else (None, None)
    model.Session.flush()
    return True


def note(attachment: CommentAttachment) -> str:
    """Why the public does not see all of a file, in the reader's language; empty when it does."""
    return tk._(attachment.note) if attachment.note and attachment.released_at is None else ""
