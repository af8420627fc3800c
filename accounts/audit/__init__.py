"""Who did what, from where: sign-ins, refusals, changes."""
