"""How this computer reaches the network: its certificates. Proxies come from the environment, as httpx reads them."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import httpx

from studio import __version__
from studio.core.errors import StudioError

USER_AGENT = f"transcription-studio/{__version__}"


class CertificateError(StudioError):
    """A file of certificates that was named cannot be read."""


def certificates(own: str = "") -> ssl.SSLContext:
    """httpx's own certificates (or SSL_CERT_FILE, SSL_CERT_DIR), the system's, REQUESTS_CA_BUNDLE, the file `own`."""
    try:
        context = httpx.create_ssl_context()
        context.load_default_certs()
        for bundle in filter(None, (os.environ.get("REQUESTS_CA_BUNDLE"), own)):
            context.load_verify_locations(*((None, bundle) if Path(bundle).is_dir() else (bundle,)))
    except (OSError, ssl.SSLError) as error:
        named = f"“{own}”, " if own else ""
        raise CertificateError(
            f"The certificates named by {named}SSL_CERT_FILE or REQUESTS_CA_BUNDLE cannot be read.",
            "Correct the path, or remove the setting.",
            str(error),
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
