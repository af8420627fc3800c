"""The container files, as far as they can be held without a container engine: shape, limits, commands, the relay."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from config import relay
from config.home import BASE_DIR
from streaming.ingest.nginx import MODULES, find_module
from streaming.relay import nginx
from tests.plugins.daemon import find_program

if TYPE_CHECKING:
    from pathlib import Path

COMPOSE: dict[str, Any] = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("prepare", "web", "worker", "beat", "node", "ingest-config", "relay-config")


def test_every_part_of_the_product_is_there() -> None:
    assert set(SERVICES) == {*OURS, "postgres", "redis", "relay", "ingest"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_locked_down(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert str(service["user"]).partition(":")[0] not in {"", "0", "root"}
    assert {"mem_limit", "pids_limit", "tmpfs", "healthcheck"} <= service.keys()
    assert re.search(r":(local|\d[\w.-]*)$", service["image"]), "a tag that says which version"
    assert not {"privileged", "network_mode", "pid"} & service.keys()


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_stands_in_an_environment_or_an_argument(name: str) -> None:
    secrets = {key for key in SERVICES[name].get("environment", {}) if re.search("SECRET|PASSWORD|_URL", key)}
    secrets -= {"SITE_URL", "INGEST_URL", "INGEST_PULL_URL", "INGEST_CALLBACK_URL"}
    secrets -= {"RELAY_URL", "RELAY_STAT_URL", "RELAY_CALLBACK_URL"}  # places, which open nothing
    assert all(key.endswith("_FILE") for key in secrets)
    assert "password" not in " ".join(SERVICES[name].get("command", [])).lower()


def test_every_secret_is_made_by_the_script(tmp_path: Path) -> None:
    script = tmp_path / "secrets.sh"
    script.write_text((BASE_DIR / "deploy" / "secrets.sh").read_text())
    subprocess.run(["/bin/sh", str(script)], check=True, capture_output=True)
    made = {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    assert {f"deploy/secrets/{name}" for name in made} == {secret["file"] for secret in COMPOSE["secrets"].values()}
    assert made["postgres_password"].strip() in made["database_url"]
    assert made["redis_conf"].split()[1] in made["redis_url"]
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700

    subprocess.run(["/bin/sh", str(script)], check=True, capture_output=True)
    assert {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()} == made


@pytest.mark.parametrize("name", OURS)
def test_our_processes_wait_for_what_they_need(name: str) -> None:
    needs = SERVICES[name]["depends_on"]
    assert needs["postgres"] == needs["redis"] == {"condition": "service_healthy"}
    if name != "prepare":
        assert needs["prepare"] == {"condition": "service_completed_successfully"}


def test_only_this_machine_reaches_the_published_ports() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert len(published) == 2
    assert all(port.startswith("127.0.0.1:") for port in published)
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert COMPOSE["networks"]["encoders"]["internal"] is True
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["inside"]


def test_the_image_runs_as_a_plain_user_and_leaves_the_workshop_out() -> None:
    dockerfile = (BASE_DIR / "Dockerfile").read_text()
    final = dockerfile.rpartition("\nFROM ")[2]
    assert "USER 10001:10001" in final
    assert "HEALTHCHECK" in final
    ignored = (BASE_DIR / ".dockerignore").read_text().split()
    assert {".git", ".env", ".venv", "var", "tests"} <= set(ignored)


def test_only_the_node_may_play_what_presenters_send() -> None:
    subnet = COMPOSE["networks"]["encoders"]["ipam"]["config"][0]["subnet"]
    assert COMPOSE["x-longwave"]["environment"]["INGEST_PLAY_FROM"] == subnet
    assert {name for name in SERVICES if "encoders" in SERVICES[name]["networks"]} == {"node", "ingest"}


def test_only_the_node_may_publish_to_the_relay_and_only_who_looks_may_read_it() -> None:
    environment, networks = COMPOSE["x-longwave"]["environment"], COMPOSE["networks"]
    subnets = {name: networks[name]["ipam"]["config"][0]["subnet"] for name in ("relaying", "looking")}
    assert environment["RELAY_PUBLISH_FROM"] == subnets["relaying"]
    assert environment["RELAY_STAT_FROM"] == f"127.0.0.1,{subnets['looking']}"
    on = {net: {name for name in SERVICES if net in SERVICES[name]["networks"]} for net in subnets}
    assert on == {"relaying": {"node", "relay"}, "looking": {"web", "worker", "relay"}}
    assert networks["relaying"]["internal"] is networks["looking"]["internal"] is True


@pytest.mark.peers("nginx")
@pytest.mark.django_db
def test_the_relay_accepts_what_its_container_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in COMPOSE["x-longwave"]["environment"].items():
        if name.startswith("RELAY_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("RELAY_URL", "rtmp://relay:1935/relay")
    monkeypatch.setenv("RELAY_CALLBACK_URL", "http://127.0.0.1:8000")  # `web` is a name in the containers only
    text = nginx.render(relay.read("key"), nginx.Server(tmp_path, find_module() or MODULES[0]), [])
    (tmp_path / "nginx.conf").write_text(text)
    command = [str(find_program("nginx")), "-t", "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "test is successful" in done.stderr, done.stderr
    assert SERVICES["relay"]["command"][-1] == SERVICES["relay-config"]["command"][-1] == "/relay/nginx.conf"
