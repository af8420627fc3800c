"""Coming in: pages, second factors, codes by phone, sessions."""
