"""What the benchmark of many stations is made of: radios, a platform and meters that cost little themselves."""
