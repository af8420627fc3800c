"""Writes the relay's configuration: nginx with the RTMP module. Pure; what was measured is in docs/relay.md.

* Each station publishes under a secret name, and each ``push`` carries the stream of one name only: a stream of another
  name would go nowhere. nginx itself knows the names (``map``), so nobody else has to be asked who may publish.
* The web process is asked one thing, at a unix socket in nginx's own folder and with a secret in a header: whether
  somebody publishes under this name already. nginx-rtmp finds that out only after it has connected to every platform
  a second time with the same key. No answer, or any but "taken", lets the publisher in.
* Whoever is let in is redirected to ``rtmp://`` this server itself, which to nginx-rtmp is one more push. Where the
  first push of a connection fails at once (there is no network), nginx-rtmp 1.2.2 reads a pointer that is not there
  and its worker dies with every station; the push to itself comes before all others and sets that pointer.
* Addresses were looked up before; ``app``, ``playPath`` and ``tcUrl`` are given apart, so that ``address`` in the
  statistics holds the destination's id and no key. ``error_log`` stays at ``crit``: below it keys are written.
* No ``on_update``: when its address fails, the publisher on air is dropped. No ``exec`` either.
* One worker: a stream belongs to the worker that took it, and statistics are kept per worker.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING

from streaming.ingest.nginx import bracketed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from streaming.relay.plan import Plan
    from streaming.relay.streams import Push, Stream

DOOR = "door.sock"
ANCHOR = "anchor"
IDLE_SECONDS = 8
"""After so long without picture and sound a publisher is cut off, and its name is free."""


@dataclass(frozen=True)
class Server:
    """Where nginx runs: ``folder`` is its own and readable by nobody else, ``user`` is set where root starts it."""

    folder: Path
    module: Path
    user: str = ""


def render(plan: Plan, server: Server, streams: Iterable[Stream]) -> str:
    """Return the configuration file; it holds stream keys."""
    carried = list(streams)
    host = bracketed(plan.host)
    inside = "127.0.0.1" if plan.host in {"0.0.0.0", "::"} else plan.host  # noqa: S104 - what it may be
    return _TEMPLATE.substitute(
        module=server.module,
        user=f"user {server.user};\n" if server.user else "",
        folder=server.folder,
        listen=f"{host}:{plan.port}",
        http=f"{host}:{plan.http_port}",
        application=plan.application,
        publishers=_allowed("allow publish {};", plan.publish_from, 12),
        readers=_allowed("allow {};", plan.stat_from, 12),
        inside=inside,
        anchor=ANCHOR,
        itself=f"rtmp://{bracketed(inside)}:{plan.port}/{ANCHOR}",
        pushes="".join(_of_stream(stream) for stream in carried),
        names="".join(f"        {_quoted(f'{plan.application}:{s.name}')} 1;\n" for s in carried),
        idle=IDLE_SECONDS,
        door=DOOR,
        callback=plan.callback_url,
        callback_host=plan.callback_host,
        secret=plan.secret,
    )


def _of_stream(stream: Stream) -> str:
    return f"\n            # {stream.station}\n" + "".join(_of_push(push, stream.name) for push in stream.pushes)


def _of_push(push: Push, name: str) -> str:
    target = f"rtmp://{bracketed(push.address)}:{push.port}/{push.destination}"
    words = (target, f"name={name}", f"app={push.application}", f"playPath={push.key}", f"tcUrl={push.url}")
    return f"            push {' '.join(_quoted(word) for word in words)};\n"


def _quoted(text: str) -> str:
    """Return text as one word of nginx's; what was typed has no blanks and no line ends (``address_parts``)."""
    if any(c.isspace() or not c.isprintable() for c in text):
        raise ValueError("a word of the relay's configuration has blanks")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _allowed(line: str, addresses: Iterable[str], indent: int) -> str:
    return "\n".join(" " * indent + line.format(address) for address in addresses)


_TEMPLATE = Template("""\
# Made by: manage.py relay config. It holds stream keys: keep it private.
load_module $module;
${user}worker_processes 1;
working_directory $folder;
daemon off;
pid $folder/nginx.pid;
error_log stderr crit;

events {
    worker_connections 1024;
}

rtmp {
    access_log off;

    server {
        listen $listen so_keepalive=on;
        chunk_size 4096;
        timeout 30s;
        ping 30s;
        ping_timeout 10s;
        out_queue 1024;
        notify_method get;

        application $application {
            live on;
            record off;
            wait_key on;
            wait_video on;
            interleave on;
            drop_idle_publisher ${idle}s;
            publish_notify on;
$publishers
            deny publish all;
            deny play all;
            on_publish http://unix:$door:/publish;
            on_publish_done http://unix:$door:/publish_done;
$pushes        }

        application $anchor {
            live on;
            record off;
            allow publish $inside;
            deny publish all;
            deny play all;
        }
    }
}

http {
    access_log off;
    server_tokens off;
    map_hash_bucket_size 256;
    client_body_temp_path $folder/body;
    proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi;
    scgi_temp_path $folder/scgi;

    map "$$arg_app:$$arg_name" $$may_publish {
        default 0;
$names    }

    server {
        listen unix:$folder/$door;
        proxy_http_version 1.1;
        proxy_connect_timeout 2s;
        proxy_send_timeout 2s;
        proxy_read_timeout 3s;
        proxy_method POST;
        proxy_pass_request_body off;
        proxy_set_header Content-Length "";
        proxy_set_header Host "$callback_host";
        proxy_set_header Connection close;
        proxy_set_header X-Relay-Secret "$secret";
        proxy_set_header X-Relay-Name $$stream;
        proxy_set_header X-Relay-Client $$client;
        # The name was checked here: only "taken" (409) refuses it, whatever else is wrong with the web process.
        proxy_intercept_errors on;
        error_page 409 =403 @refused;
        error_page 300 301 302 303 304 307 308 400 401 402 403 404 405 406 408 411 413 415 421 429 = @let_in;
        error_page 500 501 502 503 504 505 507 = @let_in;

        location = /publish {
            if ($$may_publish = 0) {
                return 444;
            }
            set $$stream $$arg_name;
            set $$client $$arg_clientid;
            set $$args "";
            proxy_pass $callback/relay/publish;
        }
        location = /publish_done {
            set $$stream $$arg_name;
            set $$client $$arg_clientid;
            set $$args "";
            proxy_pass $callback/relay/publish_done;
        }
        location @refused {
            return 403;
        }
        location @let_in {
            return 302 $itself;
        }
    }

    server {
        listen $http;

        location = /health {
            default_type text/plain;
            return 200 "up\\n";
        }
        location = /stat {
            # It shows names that may be published under.
$readers
            deny all;
            error_page 403 =404 /nothing;
            rtmp_stat all;
        }
        location / {
            return 404;
        }
    }
}
""")
