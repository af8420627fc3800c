"""What each service is sent, and what its answers mean; its address or token is never told."""

from __future__ import annotations

import pytest

from streaming.alerts import channels, wording
from streaming.alerts.errors import ChannelInvalidError, NotToldError
from streaming.alerts.models import AlertChannel, Severity
from tests.factories import make_station
from tests.fakes.chats import DISCORD, SECRETS, SLACK, TOKEN, Answer
from tests.plugins.daemon import free_port

pytestmark = pytest.mark.django_db
NASTY = "<b>*Blue*</b> & [x](http://x) <!channel> @everyone"


def words(alert):
    message = alert.messages.get()
    return wording.of_message(message)


def refused(channel, alert) -> NotToldError:
    with pytest.raises(NotToldError) as caught:
        channels.tell(channel, words(alert))
    assert not any(secret in str(caught.value) for secret in SECRETS)
    return caught.value


def test_discord_is_sent_an_embed_that_can_ping_nobody(chats, add, wrong):
    channel, station = add("discord"), make_station("night-fm", name="Night FM")
    alert = wrong(NASTY, station=station)
    channels.tell(channel, words(alert))

    post = chats.posts[0]
    assert post.path == f"{DISCORD}?wait=true"
    assert post.body["allowed_mentions"] == {"parse": []}
    embed = post.body["embeds"][0]
    assert embed["title"] == "ERROR · Night FM · destination down"
    assert r"\<b\>\*Blue\*\</b\> & \[x\]\(http://x\) \<!channel\> \@everyone" in embed["description"]
    assert "Since " in embed["description"]


def test_a_thread_in_the_webhooks_address_is_kept(chats, add, wrong):
    channel = add("discord", secret=f"{chats.discord}?thread_id=77")
    channels.tell(channel, words(wrong()))
    assert chats.posts[0].path in {f"{DISCORD}?thread_id=77&wait=true", f"{DISCORD}?wait=true&thread_id=77"}


def test_slack_is_sent_text_without_links_or_mentions(chats, add, wrong):
    channel = add("slack")
    channels.tell(channel, words(wrong(NASTY)))

    post = chats.posts[0]
    assert post.path == SLACK
    assert post.body["unfurl_links"] is False
    assert "&lt;b&gt;*Blue*&lt;/b&gt; &amp; [x](http://x) &lt;!channel&gt;" in post.body["text"]
    assert post.body["text"].startswith(":red_circle: *ERROR · destination down*\n")


def test_telegram_is_sent_escaped_html_to_the_chats_number(chats, add, wrong):
    channel = add("telegram")
    channels.tell(channel, words(wrong(NASTY)))

    post = chats.posts[0]
    assert post.path == f"/bot{TOKEN}/sendMessage"
    assert post.body["chat_id"] == -1001234567890
    assert post.body["parse_mode"] == "HTML"
    assert post.body["link_preview_options"] == {"is_disabled": True}
    assert "&lt;b&gt;*Blue*&lt;/b&gt; &amp; [x](http://x)" in post.body["text"]


def test_a_telegram_channel_is_addressed_by_its_name(chats, add, wrong):
    channels.tell(add("telegram", recipient="@nightfm"), words(wrong()))
    assert chats.posts[0].body["chat_id"] == "@nightfm"


def test_mail_says_it_in_the_subject(mails, add, wrong):
    channel = add("email")
    channels.tell(channel, words(wrong("Nothing arrives.", station=make_station(name="Night\r\nBcc: x@example.org"))))
    mail = mails.mails[0]
    assert "To: night@example.org\r\n" in mail
    assert "Nothing arrives." in mail
    assert "\r\nBcc:" not in mail


def test_long_sentences_are_cut_to_what_every_service_takes(chats, add, wrong):
    for kind in ("discord", "slack", "telegram"):
        channels.tell(add(kind), wording.Words("error", "h", "<" * wording.SENTENCE_LIMIT, wrong().opened_at))
    discord, slack, telegram = chats.posts
    assert len(discord.body["embeds"][0]["description"]) <= 4096
    assert len(slack.body["text"]) <= 40_000
    assert telegram.body["text"].count("&lt;") <= 4096
    alert = wrong("x" * 5000)
    assert len(wording.of_message(alert.messages.first()).sentence) == wording.SENTENCE_LIMIT


@pytest.mark.parametrize(
    ("kind", "answer", "again", "after", "gone"),
    [
        ("discord", Answer(429, {"message": "You are being rate limited.", "retry_after": 64.57}), True, 64.57, False),
        ("discord", Answer(429, "no JSON", {"Retry-After": "7"}), True, 7, False),
        ("discord", Answer(404, {"message": "Unknown Webhook", "code": 10015}), False, None, True),
        ("discord", Answer(401, {"message": "Invalid Webhook Token"}), False, None, True),
        ("discord", Answer(400, {"message": "Cannot send an empty message"}), False, None, False),
        ("discord", Answer(502, "<html>"), True, None, False),
        ("slack", Answer(400, "invalid_payload"), False, None, False),
        ("slack", Answer(403, "action_prohibited"), False, None, False),
        ("slack", Answer(403, "invalid_token"), False, None, True),
        ("slack", Answer(404, "no_service"), False, None, True),
        ("slack", Answer(410, "channel_is_archived"), False, None, True),
        ("slack", Answer(429, "rate_limited", {"Retry-After": "30"}), True, 30, False),
        ("slack", Answer(429, "rate_limited", {"Retry-After": "9999999"}), True, 3600, False),
        ("slack", Answer(500, "rollup_error"), True, None, False),
        ("slack", Answer(204, ""), False, None, False),
        (
            "telegram",
            Answer(429, {"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 5}}),
            True,
            5,
            False,
        ),
        ("telegram", Answer(400, {"ok": False, "description": "Bad Request: chat not found"}), False, None, False),
        ("telegram", Answer(401, {"ok": False, "description": "Unauthorized"}), False, None, True),
        ("telegram", Answer(403, {"ok": False, "description": "Forbidden: bot was blocked"}), False, None, True),
        ("telegram", Answer(200, {"ok": False, "description": "something else"}), False, None, False),
        ("telegram", Answer(200, "not JSON at all"), False, None, False),
    ],
)
def test_an_answer_that_is_no_success_says_whether_and_when_to_try_again(
    chats, add, wrong, kind, answer, again, after, gone
):
    channel, alert = add(kind), None
    alert = wrong()
    chats.answers.append(answer)

    error = refused(channel, alert)

    assert (error.again, error.after, error.gone) == (again, after, gone)
    assert str(answer.status) in error.detail


@pytest.mark.parametrize("kind", ["discord", "slack", "telegram"])
def test_a_service_that_is_away_is_tried_again_and_its_address_not_told(chats, add, wrong, kind, caplog, settings):
    caplog.set_level("DEBUG")
    port = chats.server_address[1]
    away = {"discord": {"secret": chats.discord}, "slack": {"secret": chats.slack}, "telegram": {}}[kind]
    nobody = str(free_port())
    settings.TELEGRAM_URL = f"http://127.0.0.1:{nobody}"
    channel = add(kind, **{name: text.replace(str(port), nobody, 1) for name, text in away.items()})

    error = refused(channel, wrong())

    assert error.again
    assert "127.0.0.1" in error.detail
    ours = [record for record in caplog.records if record.name.startswith(("streaming", "config"))]
    assert not any(secret in record.getMessage() for secret in SECRETS for record in ours)


@pytest.mark.parametrize(("said", "again"), [("450 mailbox busy", True), ("550 no such user", False)])
def test_a_mail_server_says_whether_to_try_again(mails, add, wrong, said, again):
    channel, alert = add("email"), wrong()
    mails.refusals.append(said)
    error = refused(channel, alert)
    assert (error.again, said[:3] in error.detail) == (again, True)


def test_a_mail_server_that_is_away_is_tried_again(mails, add, wrong, settings):
    channel, alert = add("email"), wrong()
    settings.EMAIL_PORT = 1
    assert refused(channel, alert).again


def test_a_group_that_got_another_number_is_followed(chats, add, wrong):
    channel, alert = add("telegram"), wrong()
    chats.answers.append(Answer(400, {"ok": False, "parameters": {"migrate_to_chat_id": -100777}}))
    assert refused(channel, alert).again
    channels.tell(AlertChannel.objects.get(), words(alert))
    assert chats.posts[-1].body["chat_id"] == -100777


def test_the_secret_is_sealed_and_kept_when_none_is_entered(add, chats):
    channel = add("discord")
    assert not any(secret.encode() in bytes(channel.secret_sealed) for secret in SECRETS)
    changed = channels.change_channel(channel=channel, name="Desk", recipient="", least="critical", enabled=True)
    assert bytes(changed.secret_sealed) == bytes(channel.secret_sealed)
    channels.try_channel(channel=AlertChannel.objects.get(name="Desk"))
    assert chats.posts[0].path.startswith(DISCORD)


@pytest.mark.parametrize(
    ("fields", "blamed"),
    [
        ({"kind": "pigeon"}, "kind"),
        ({"kind": "discord", "secret": "https://discord.com/"}, "secret"),
        ({"kind": "discord", "secret": "https://discord.com/channels/1/2"}, "secret"),
        ({"kind": "discord", "secret": "http://discord.com/api/webhooks/1/abc"}, "secret"),
        ({"kind": "slack", "secret": "https://user:word@hooks.slack.com/services/x"}, "secret"),
        ({"kind": "slack", "secret": ""}, "secret"),
        ({"kind": "telegram", "secret": "no token", "recipient": "1"}, "secret"),
        ({"kind": "telegram", "secret": TOKEN, "recipient": "night fm"}, "recipient"),
        ({"kind": "email", "recipient": "nobody"}, "recipient"),
        ({"kind": "slack", "name": "  ", "secret": "https://hooks.slack.com/services/x"}, "name"),
    ],
)
def test_what_cannot_work_is_refused_by_its_field(settings, fields, blamed):
    settings.EMAIL_HOST = "mail.example.org"
    with pytest.raises(ChannelInvalidError) as caught:
        channels.add_channel(**{"name": "Desk", **fields})
    assert caught.value.field == blamed


def test_mail_needs_a_mail_server(settings):
    settings.EMAIL_HOST = ""
    with pytest.raises(ChannelInvalidError, match="set EMAIL_HOST"):
        channels.add_channel(kind="email", name="Desk", recipient="night@example.org")


def test_a_name_is_given_once(add):
    add("discord", name="Desk")
    with pytest.raises(ChannelInvalidError, match="already"):
        add("slack", name="Desk")


def test_every_severity_has_a_look_everywhere(chats, add, wrong):
    for severity in Severity.values:
        alert = wrong(subject=severity, severity=severity)
        for kind in ("discord", "slack", "telegram"):
            channels.tell(add(kind, name=f"{kind} {severity}"), wording.Words(severity, "h", "s", alert.opened_at))
    assert len(chats.posts) == 9
