"""The REST API: staff by token or session, everything denied unless a view says otherwise."""

from __future__ import annotations

from config import env

# How many proxies of ours stand before Django: only they are believed about the caller's address.
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0, least=0, most=9)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.keys.authentication.ApiKeyAuthentication",
        "accounts.keys.authentication.AccessTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.people.permitted.Permitted"],
    # What OPTIONS tells is in the schema; whose business it is, each view would have to decide again.
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_PARSER_CLASSES": ["config.lib.json_body.JSONBody"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "config.lib.pages.NewestFirst",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "config.lib.problem.exception_handler",
    "DEFAULT_THROTTLE_CLASSES": ["config.lib.throttles.AnonymousRate", "config.lib.throttles.AccountRate"],
    "NUM_PROXIES": TRUSTED_PROXIES,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Longwave API",
    "DESCRIPTION": (
        "Stations, loops, mappings, destinations, what is on air and what was. Stations, what is on and what was on "
        "are open to all; everything else needs somebody who may: send an API key (`Authorization: Token lw_…`, "
        "made on the page API keys) or an access token (`Authorization: Bearer …`, from `/api/v1/auth/token/`). Errors "
        "are problem documents (RFC 9457) whose `errors` name the fields. Lists come in pages: follow `next`."
    ),
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.lib.problem_schema.add_refusals",
    ],
    "ENUM_NAME_OVERRIDES": {
        "EncoderState": "streaming.nodes.models.Encoder.State",
        "SourceKind": "streaming.stations.models.Station.SourceKind",
        "LoopStatus": "catalog.visuals.models.Loop.Status",
        "RenditionStatus": "catalog.visuals.models.Rendition.Status",
        "StationRole": "streaming.stations.members.StationMember.Role",
    },
}
