"""What every process needs: places, keys, hosts, apps, middleware, templates, static files, language."""

from __future__ import annotations

import tomllib

from config import env, home, site, strength

BASE_DIR = home.BASE_DIR
RELEASE = str(tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])
PLACES = home.places()
LONGWAVE_HOME = PLACES.home
LONGWAVE_HOST = home.host()
LONGWAVE_PORT = home.port()
LONGWAVE_DEMO = home.wants_demo()

SECRET_KEY = strength.secret_key(PLACES)
# Keys from before: what they signed and sealed is still read.
SECRET_KEY_FALLBACKS = [strength.strong("SECRET_KEY_FALLBACKS", key) for key in env.listing("SECRET_KEY_FALLBACKS")]
DEBUG = False
SITE_URL = site.address()
ALLOWED_HOSTS = site.answers_to(SITE_URL, f"localhost,127.0.0.1,[::1],{LONGWAVE_HOST}")
CSRF_TRUSTED_ORIGINS = sorted({SITE_URL, *env.listing("CSRF_TRUSTED_ORIGINS")})

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "corsheaders",
    "csp",
    "pgtrigger",
    "channels",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "django_celery_beat",
    "django_prometheus",
    "accounts.apps.AccountsConfig",
    "catalog.apps.CatalogConfig",
    "streaming.apps.StreamingConfig",
    "analytics.apps.AnalyticsConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.lib.content_policy.BrowserRules",
    "config.lib.refusals.Refusals",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.audit.middleware.Acting",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.signin.doors.LimitedDoors",
    "accounts.signin.middleware.SessionMiddleware",
    "accounts.signin.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.signin.phone.providers.offered",
            ],
        },
    },
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.signin.backend.PasswordBackend",
    "streaming.stations.access.StationRoles",
]
PASSWORD_HASHERS = [
    "accounts.signin.passwords.Argon2id",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

STATIC_URL = "/static/"
STATIC_ROOT = LONGWAVE_HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
