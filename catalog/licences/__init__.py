"""By what right loops and tracks are aired, until when, and with whose consent."""
