"""Where sound comes from: one blocking ``run()`` per kind, one handler for retry, state and last error."""
