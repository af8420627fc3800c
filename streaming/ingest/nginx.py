"""Writes the ingest server's configuration: nginx with the RTMP module. Pure; facts in docs/ingest.md.

How the ways in and out are closed:

* A publisher is asked about at a unix socket in nginx's own folder, where nginx adds the secret as a header and passes
  the question on to the web process. So the secret is in no address and no log, and nobody else on the machine can ask.
* The web process answers with a redirect to a name that it makes up. The key is therefore no stream's name: whoever
  knows the key cannot play by it, and two publishers never meet in one name.
* Playing is for the machines that run encoders. Statistics and control pages are not served at all.
* ``error_log`` stays above ``info``, at which the RTMP module writes stream keys.
* No ``on_update``: when its address fails, the publisher on air is dropped.
* One worker: a stream belongs to the worker that took it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Protocol

MODULES = (
    Path("/usr/lib/nginx/modules/ngx_rtmp_module.so"),
    Path("/usr/lib64/nginx/modules/ngx_rtmp_module.so"),
    Path("/usr/local/lib/nginx/modules/ngx_rtmp_module.so"),
)
DOOR = "door.sock"
IDLE_SECONDS = 2
"""After so long without picture and sound a publisher is cut off; its program then connects anew."""


@dataclass(frozen=True)
class Server:
    """What the configuration depends on; ``folder`` is the server's own and readable by nobody else."""

    folder: Path
    host: str
    port: int
    application: str
    callback_url: str
    callback_host: str
    play_from: tuple[str, ...]
    secret: str = field(repr=False)
    module: Path = MODULES[0]
    user: str = ""


class Listening(Protocol):
    """What any server of ours with the RTMP module listens on, and how it asks the web process."""

    @property
    def host(self) -> str:
        """The address to listen on."""

    @property
    def port(self) -> int:
        """The RTMP port to listen on."""

    @property
    def application(self) -> str:
        """The path that is published to."""

    @property
    def callback_url(self) -> str:
        """The web process, as the server reaches it."""

    @property
    def callback_host(self) -> str:
        """A host name the web process answers to."""

    @property
    def secret(self) -> str:
        """What proves to the web process that the server calls."""


class Plan(Listening, Protocol):
    """What the environment says of the ingest server; the wiring has it (``settings.INGEST``)."""

    @property
    def play_from(self) -> tuple[str, ...]:
        """Who may play."""


def server_for(plan: Plan, *, folder: Path, module: Path | None = None) -> Server:
    """Return the server of a plan with its own ``folder``; it runs as whoever starts it."""
    return Server(
        folder=folder,
        host=plan.host,
        port=plan.port,
        application=plan.application,
        callback_url=plan.callback_url,
        callback_host=plan.callback_host,
        play_from=plan.play_from,
        secret=plan.secret,
        module=module or find_module() or MODULES[0],
        user=worker_user(),
    )


def render(server: Server) -> str:
    """Return the configuration file."""
    allowed = "\n".join(f"            allow play {address};" for address in server.play_from)
    return _TEMPLATE.substitute(
        module=server.module,
        user=f"user {server.user};\n" if server.user else "",
        folder=server.folder,
        listen=f"{bracketed(server.host)}:{server.port}",
        application=server.application,
        allowed=allowed,
        door=DOOR,
        idle=IDLE_SECONDS,
        callback=server.callback_url,
        callback_host=server.callback_host,
        secret=server.secret,
    )


def write(path: Path, text: str) -> None:
    """Write a configuration so that only its owner may read it, whole or not at all.

    Raises:
        OSError: the disk does not let us.

    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    new.replace(path)


def bracketed(host: str) -> str:
    """Return a host as it stands before a port: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def worker_user() -> str:
    """Return whom the workers have to be so that they may read what we write; empty: whoever starts nginx."""
    return "root" if os.geteuid() == 0 else ""


def find_module() -> Path | None:
    """Return nginx's RTMP module, if this machine has it."""
    return next((path for path in MODULES if path.exists()), None)


_TEMPLATE = Template("""\
# Made by: manage.py ingest config. It holds a secret: keep it private.
load_module $module;
${user}worker_processes 1;
working_directory $folder;
daemon off;
pid $folder/nginx.pid;
error_log stderr notice;

events {
    worker_connections 256;
}

rtmp {
    access_log off;

    server {
        listen $listen so_keepalive=on;
        chunk_size 60000;
        timeout 20s;
        ping 20s;
        ping_timeout 10s;
        notify_method post;

        application $application {
            live on;
            record off;
            drop_idle_publisher ${idle}s;
            publish_notify on;
$allowed
            deny play all;
            on_publish http://unix:$door:/publish;
            on_publish_done http://unix:$door:/publish_done;
        }
    }
}

http {
    access_log off;
    server_tokens off;
    client_body_temp_path $folder/body;
    proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi;
    scgi_temp_path $folder/scgi;

    server {
        listen unix:$folder/$door;
        client_max_body_size 8k;
        client_body_buffer_size 8k;
        proxy_http_version 1.1;
        proxy_connect_timeout 3s;
        proxy_send_timeout 3s;
        proxy_read_timeout 5s;
        proxy_redirect off;
        proxy_set_header Host "$callback_host";
        proxy_set_header Connection close;
        proxy_set_header X-Ingest-Secret "$secret";
        # Only the web process lets anybody in, and it does so with 302: another's redirect is a refusal.
        proxy_intercept_errors on;
        error_page 300 301 303 304 307 308 =403 /refused;

        location = /publish {
            proxy_pass $callback/ingest/publish;
        }
        location = /publish_done {
            proxy_pass $callback/ingest/publish_done;
        }
        location = /refused {
            internal;
            return 403;
        }
        location / {
            return 404;
        }
    }
}
""")
