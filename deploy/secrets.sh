#!/bin/sh
# Makes the secrets that docker-compose.yml mounts, once: deploy/secrets.sh, then docker compose up.
# The folder is private to you; the files are readable so that the containers' own users can read them.
set -eu
folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)/secrets
mkdir -p -m 0700 "$folder"
chmod 0700 "$folder"

random() {
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}
keep() {
    [ -s "$folder/$1" ] || printf '%s\n' "$2" >"$folder/$1"
    chmod 0644 "$folder/$1"
}

keep secret_key "$(random)$(random)"
keep postgres_password "$(random)"
keep database_url "postgresql://longwave:$(cat "$folder/postgres_password")@postgres:5432/longwave"
[ -s "$folder/redis_url" ] || {
    password=$(random)
    keep redis_conf "requirepass $password"
    keep redis_url "redis://:$password@redis:6379/0"
}
printf 'The secrets are in %s: keep a copy of secret_key, stream keys are sealed with it.\n' "$folder"
