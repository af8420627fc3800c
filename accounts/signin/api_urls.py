"""Addresses below /api/v1/ that are about coming in."""

from __future__ import annotations

from django.urls import URLPattern, path

from accounts.signin import api

urlpatterns: list[URLPattern] = [
    path("auth/register/", api.RegisterView.as_view(), name="auth-register"),
    path("auth/register/confirm/", api.ConfirmView.as_view(), name="auth-confirm"),
    path("auth/password/", api.PasswordView.as_view(), name="auth-password"),
    path("auth/password/reset/", api.AskForResetView.as_view(), name="auth-password-reset"),
    path("auth/password/reset/confirm/", api.ResetView.as_view(), name="auth-password-reset-confirm"),
    path("auth/email/", api.AddressView.as_view(), name="auth-email"),
    path("auth/sessions/", api.SessionsView.as_view(), name="auth-sessions"),
    path("auth/sessions/<slug:session>/", api.SessionView.as_view(), name="auth-session"),
    path("auth/second-factor/", api.SecondFactorView.as_view(), name="auth-second-factor"),
]
