"""What browsers are told, cookies, other sites' pages, and which secrets are too weak to start with."""

from __future__ import annotations

from csp.constants import NONCE, NONE, SELF

from config import env, site
from config.env import EnvironmentValueError
from config.lib import key_ring
from config.settings.api import TRUSTED_PROXIES
from config.settings.core import LONGWAVE_HOME, SITE_URL
from config.strength import vault_file

# One switch: an address with https makes cookies, redirects and HSTS strict.
HTTPS = SITE_URL.startswith("https://")
if HTTPS and not TRUSTED_PROXIES:
    message = "SITE_URL is https, so a proxy of yours with a certificate stands in front: say TRUSTED_PROXIES=1."
    raise EnvironmentValueError(message)

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
# Our own processes call these from inside, without the proxy.
SECURE_REDIRECT_EXEMPT = [r"^health", r"^metrics", r"^ingest/", r"^relay/", r"^webhook/"]
# The proxy says how it was called; without one of ours anybody could.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 31_536_000, least=0, most=63_072_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = False
# W005, W021: other hosts of the same domain are not ours to decide about; HSTS_SUBDOMAINS=1 does.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)

# Everything from here, nothing inline without its nonce, framed by nobody. hls.js hands the player a blob: and works
# in a worker made from one.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "media-src": [SELF, "blob:"],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-src": [NONE],
        "frame-ancestors": [NONE],
    },
}

# Pages of other sites that may read the API in a browser; never with our cookies.
CORS_ALLOWED_ORIGINS = [site.origin("CORS_ORIGINS", each) for each in env.listing("CORS_ORIGINS")]
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]

# What seals stored secrets (docs/security.md); a file is read anew when it changes. Without any, SECRET_KEY seals.
VAULT_KEYS = env.text("VAULT_KEYS")
VAULT_KEYS_FILE = vault_file(LONGWAVE_HOME)
try:
    key_ring.parse(VAULT_KEYS)
except key_ring.KeyRingError as error:
    raise EnvironmentValueError(f"VAULT_KEYS cannot be used. {error}") from error
