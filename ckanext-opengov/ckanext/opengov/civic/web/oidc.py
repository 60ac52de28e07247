"""Sign-in through an identity provider by OpenID Connect: code flow with PKCE, state and nonce, done by Authlib."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import ckan.plugins.toolkit as tk
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import current_app
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError

from ckanext.opengov.civic.service.persons import Identity
from ckanext.opengov.civic.service.refusal import N_, Refusal

DISCOVERY = "/.well-known/openid-configuration"
SECONDS = 10


class ProviderError(Refusal):
    """The provider did not give an identity."""


def enabled() -> bool:
    """Whether a provider is configured."""
    return bool(tk.config["opengov.oidc.issuer"] and tk.config["opengov.oidc.client_id"])


def label(language: str) -> str:
    """What the button that leads to the provider says; empty for the portal's own words."""
    return tk.config.get(f"opengov.oidc.label.{language}") or ""


def redirect(callback: str) -> ResponseReturnValue:
    """Send the visitor to the provider.

    :raises ProviderError: when it does not answer
    """
    try:
        return _client().authorize_redirect(callback)
    except (requests.RequestException, AuthlibBaseError, RuntimeError, ValueError) as error:
        raise ProviderError(N_("The identity provider does not answer. Try again later.")) from error


def finish() -> Identity:
    """The identity, from the request that came back from the provider.

    :raises ProviderError: when it refused, or its answer can't be trusted
    """
    try:
        client = _client()
        token = client.authorize_access_token()
        claims = dict(token.get("userinfo") or {})
        if "sub" not in claims or claims.get("iss", "").rstrip("/") != tk.config["opengov.oidc.issuer"].rstrip("/"):
            raise ProviderError(N_("The identity provider's answer could not be checked. Try again."))
        claims = {**_further(client, token, claims["sub"]), **claims}
    except (requests.RequestException, AuthlibBaseError, JoseError, RuntimeError, ValueError) as error:
        if isinstance(error, ProviderError):
            raise
        if getattr(error, "error", "") == "access_denied":
            raise ProviderError(
                N_("You did not allow the portal to know who you are, so nothing was changed.")
            ) from None
        raise ProviderError(N_("The identity provider's answer could not be checked. Try again.")) from error
    return _identity(claims)


def _further(client: Any, token: dict[str, Any], subject: str) -> dict[str, Any]:
    """Claims that the provider gives only when it is asked, of the same subject."""
    if not client.load_server_metadata().get("userinfo_endpoint"):
        return {}
    found = dict(client.userinfo(token=token))
    return found if found.get("sub") == subject else {}


def _identity(claims: dict[str, Any]) -> Identity:
    national = claims.get(tk.config["opengov.oidc.national_id_claim"])
    email = claims.get("email") if claims.get("email_verified") is True else None
    return Identity(
        subject=f"{claims['iss']}|{claims['sub']}",
        national_id="".join(str(national).split()) if national else None,
        email=email,
        name=claims.get("name"),
    )


def _client() -> Any:
    names = ("issuer", "client_id", "client_secret", "scope")
    return _make(*(tk.config[f"opengov.oidc.{name}"] for name in names))


@lru_cache(maxsize=4)
def _make(issuer: str, client_id: str, secret: str, scope: str) -> Any:
    """One client a configuration: it keeps the provider's metadata and keys."""
    registry = OAuth(current_app._get_current_object())  # pyright: ignore[reportAttributeAccessIssue]
    return registry.register(
        "opengov",
        client_id=client_id,
        client_secret=secret,
        server_metadata_url=issuer.rstrip("/") + DISCOVERY,
        client_kwargs={"scope": scope, "code_challenge_method": "S256", "default_timeout": SECONDS},
    )
