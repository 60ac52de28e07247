"""CKAN's own letters (forgotten password, invitation) by the portal's mail.

CKAN's mailer does not check the mail server's certificate and sends while the visitor waits.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import ckan.model as model

from ckanext.opengov.civic.service import mail, wording


def take_over(
    recipient_name: str,
    recipient_email: str,
    subject: str,
    body: str,
    body_html: str | None = None,
    headers: Any = None,
    attachments: Any = None,
) -> bool:
    """Queue a letter of CKAN. Those with attachments stay with CKAN.

    :returns: whether it was queued
    """
    if attachments:
        return False
    mail.queue(recipient_email, str(subject), str(body), f"core:{uuid4()}", language=wording.current())
    model.Session.commit()
    return True
