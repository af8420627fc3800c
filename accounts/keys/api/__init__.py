"""The API's doors for programs: tokens, their sign-ins, API keys, tickets."""
