"""Where packets go: one blocking ``run()`` per protocol, one handler that owns retry, state and last error."""
