"""Tokens, keys and tickets in the API."""

from __future__ import annotations

from django.urls import path

from accounts.keys.api.api_keys import ApiKeyViewSet
from accounts.keys.api.families import TokenFamilyViewSet
from accounts.keys.api.tickets import TicketViewSet
from accounts.keys.api.tokens import KeySetViewSet, TokenViewSet

urlpatterns = [
    path("auth/token/", TokenViewSet.as_view({"post": "create"}), name="token"),
    path("auth/token/refresh/", TokenViewSet.as_view({"post": "refresh"}), name="token-refresh"),
    path("auth/token/end/", TokenViewSet.as_view({"post": "end"}), name="token-end"),
    path(
        "auth/token/families/",
        TokenFamilyViewSet.as_view({"get": "list", "delete": "destroy_all"}),
        name="token-family-list",
    ),
    path(
        "auth/token/families/<uuid:pk>/", TokenFamilyViewSet.as_view({"delete": "destroy"}), name="token-family-detail"
    ),
    path("auth/keys/", KeySetViewSet.as_view({"get": "retrieve"}), name="key-set"),
    path("auth/tickets/", TicketViewSet.as_view({"post": "create"}), name="ticket"),
    path("api-keys/", ApiKeyViewSet.as_view({"get": "list", "post": "create"}), name="api-key-list"),
    path("api-keys/<uuid:pk>/", ApiKeyViewSet.as_view({"get": "retrieve", "delete": "destroy"}), name="api-key-detail"),
    path("api-keys/<uuid:pk>/rotation/", ApiKeyViewSet.as_view({"post": "rotate"}), name="api-key-rotation"),
]
