"""The wiring: the only code that knows every floor."""
