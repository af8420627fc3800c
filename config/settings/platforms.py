"""The applications at Google and Twitch that Longwave acts as, and how much of their quota it may take."""

from __future__ import annotations

from config import env
from config.platforms import base_url, unit_costs

YOUTUBE_CLIENT_ID = env.text("YOUTUBE_CLIENT_ID")
YOUTUBE_CLIENT_SECRET = env.text("YOUTUBE_CLIENT_SECRET")
YOUTUBE_API_URL = base_url("YOUTUBE_API_URL", env.text("YOUTUBE_API_URL", "https://youtube.googleapis.com/youtube/v3"))
YOUTUBE_UPLOAD_URL = base_url(
    "YOUTUBE_UPLOAD_URL", env.text("YOUTUBE_UPLOAD_URL", "https://youtube.googleapis.com/upload/youtube/v3")
)
YOUTUBE_OAUTH_URL = base_url("YOUTUBE_OAUTH_URL", env.text("YOUTUBE_OAUTH_URL", "https://oauth2.googleapis.com"))
# What a project gets a day, and how much of it reading leaves to what changes something.
YOUTUBE_DAILY_UNITS = env.integer("YOUTUBE_DAILY_UNITS", 10_000, least=100, most=100_000_000)
YOUTUBE_WRITE_RESERVE = env.integer("YOUTUBE_WRITE_RESERVE", 2_000, least=0, most=100_000_000)
YOUTUBE_UNIT_COSTS = unit_costs("YOUTUBE_UNIT_COSTS", env.listing("YOUTUBE_UNIT_COSTS"))

TWITCH_CLIENT_ID = env.text("TWITCH_CLIENT_ID")
TWITCH_CLIENT_SECRET = env.text("TWITCH_CLIENT_SECRET")
TWITCH_API_URL = base_url("TWITCH_API_URL", env.text("TWITCH_API_URL", "https://api.twitch.tv/helix"))
TWITCH_ID_URL = base_url("TWITCH_ID_URL", env.text("TWITCH_ID_URL", "https://id.twitch.tv/oauth2"))
TWITCH_TITLE_SECONDS = env.integer("TWITCH_TITLE_SECONDS", 30, least=5, most=3600)
