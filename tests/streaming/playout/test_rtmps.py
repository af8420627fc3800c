"""RTMPS: the same stream inside TLS that is verified."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.fakes.proxy import Proxy
from tests.streaming.playout.recording import read

pytestmark = pytest.mark.peers("nginx")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody but those given it trusts; its key beside it in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "relay.pem"
    file.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
    return file


@pytest.fixture
def relay(certificate, nginx_rtmp):
    """The relay behind TLS, as a platform stands; gives the output that publishes to it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Proxy(nginx_rtmp.rtmp_port, tls=context) as proxy:
        yield {"id": "tls", "kind": "rtmp", "url": f"rtmps://127.0.0.1:{proxy.port}/live", "key": "st", "private": True}


def test_a_trusted_platform_gets_the_stream(play, pictures, certificate, relay, nginx_rtmp):
    player = play(environment={"SSL_CERT_FILE": str(certificate)}, outputs=[relay])
    player.wait_for("output", id="tls", up=True)
    player.show(pictures["green"])
    frame = player.wait_for("aired", picture="green")["frame"]
    player.next_statistics(lambda e: e["frame"] > frame + 60)
    player.stop()
    recording = read(nginx_rtmp.wait_for("record_done", "st").path)
    assert recording.errors == 0
    assert recording.video.largest_step <= 40
    assert [colour for _, colour in recording.changes()] == ["red", "green"]


def test_a_certificate_nobody_vouches_for_is_refused_in_words(play, relay, nginx_rtmp):
    player = play(outputs=[relay])
    said = player.wait_for("error", about="output:tls")["message"]
    assert "offers no TLS that can be trusted" in said
    assert "certificate" in said
    assert nginx_rtmp.publishes("st") == 0
