"""Signing in with a code that is sent to a phone, and proving that a number is one's own."""
