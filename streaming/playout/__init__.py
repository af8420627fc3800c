"""The playout engine: packets, clocks and outputs of one station, without Django."""
