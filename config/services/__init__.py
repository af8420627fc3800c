"""What ``manage.py up`` runs on one machine: PostgreSQL and Valkey of our own, and every process of Longwave."""
