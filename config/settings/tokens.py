"""How programs come in: tokens, API keys, tickets of websockets."""

from __future__ import annotations

from datetime import timedelta

from config import env

# Of JWTs (RFC 7519): who signs them and for whom. Other installations sign with other keys.
JWT_ISSUER = "longwave"
JWT_AUDIENCE = "longwave-api"
ACCESS_TOKEN_LIFETIME = timedelta(minutes=15)
REFRESH_TOKEN_LIFETIME = timedelta(days=7)
# A program that goes on refreshing signs in again after so long all the same.
TOKEN_FAMILY_LIFETIME = timedelta(days=30)
TOKEN_FAMILIES_AT_MOST = 20
# A key that signs tokens is replaced by itself after so long.
SIGNING_KEY_LIFETIME = timedelta(days=90)
ACCESS_COOKIE = "longwave_access"
REFRESH_COOKIE = "longwave_refresh"
REFRESH_COOKIE_PATH = "/api/v1/auth/token/"

# How long a replaced key or secret goes on working, unless somebody says otherwise.
KEY_OVERLAP = timedelta(hours=24)
API_KEYS_AT_MOST = 50

# Websockets. A private topic and who judges whether somebody may have it: (person, auth, name) -> bool.
TICKET_SECONDS = 60
TICKET_TOPICS = {"destinations": "streaming.live.staff.may_see"}
WEBSOCKETS_PER_ADDRESS = env.integer("WEBSOCKETS_PER_ADDRESS", 200, least=1, most=1_000_000)
WEBSOCKETS_PER_PERSON = env.integer("WEBSOCKETS_PER_PERSON", 20, least=1, most=10_000)

# Which stations a person may bind a key to: (person, permission) -> QuerySet with ``pk`` and ``slug``.
STATIONS_OF = "streaming.stations.access.stations_of"
