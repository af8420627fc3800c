"""Keys of programs: API keys, tokens and the keys that sign them, tickets of websockets."""
