"""Control 50: in an object store nothing is public, no address of it holds for long, and nobody else chooses a key."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from django.core.files.storage import default_storage
from moto import mock_aws

from config.home import BASE_DIR
from tests.factories import enter, make_loop, make_user

pytestmark = pytest.mark.django_db
OPTIONS = {"bucket_name": "loops", "region_name": "us-east-1", "access_key": "a", "secret_key": "b"}


@pytest.fixture
def bucket(settings):
    """An object store in this process, with the settings that S3_BUCKET makes."""
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
        client.create_bucket(Bucket="loops")
        backend = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**of_an_installation(), **OPTIONS}}
        settings.STORAGES = {**settings.STORAGES, "default": backend}
        yield client


def of_an_installation() -> dict[str, object]:
    """What the settings make of S3_BUCKET, without the connection's own."""
    program = (
        "import json; from config.settings.storage import STORAGES as s; print(json.dumps(s['default']['OPTIONS']))"
    )
    variables = {**os.environ, "S3_BUCKET": "loops", "S3_REGION": "us-east-1"}
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=BASE_DIR, env=variables, capture_output=True, text=True, check=True
    )
    found = json.loads(said.stdout.splitlines()[-1])
    return {name: value for name, value in found.items() if value is not None}


def test_what_is_stored_is_private_is_never_written_over_and_its_addresses_end(bucket):
    options = of_an_installation()
    assert (options["default_acl"], options["file_overwrite"]) == ("private", False)
    assert 0 < int(str(options["querystring_expire"])) <= 300


def test_nobodys_name_for_a_file_becomes_a_key(bucket):
    loop = make_loop(thumbnail=b"picture")
    assert re.fullmatch(r"[\w/-]+\.jpg", str(loop.thumbnail.name))
    listed = bucket.list_objects_v2(Bucket="loops")["Contents"]
    assert [item["Key"] for item in listed] == [loop.thumbnail.name]
    grants = bucket.get_object_acl(Bucket="loops", Key=loop.thumbnail.name)["Grants"]
    assert not [grant for grant in grants if grant["Grantee"].get("Type") == "Group"]
    query = parse_qs(urlsplit(default_storage.url(loop.thumbnail.name)).query)
    assert int(query["X-Amz-Expires"][0]) <= 300


def test_no_answer_of_ours_hands_out_an_address_of_the_store(bucket, client):
    make_loop(thumbnail=b"picture")
    enter(client, make_user("admin@example.org", is_staff=True, is_superuser=True))
    for path in ("/admin/catalog/loop/", "/api/v1/loops/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "X-Amz-Signature" not in answer.content.decode()
        assert "amazonaws" not in answer.content.decode()
