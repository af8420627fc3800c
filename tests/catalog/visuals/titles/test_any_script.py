"""Every script is written with letters, never with boxes."""

from __future__ import annotations

import pytest
from PIL import ImageChops

from catalog.visuals.titles.bidi import is_rtl
from catalog.visuals.titles.fonts import Weight
from catalog.visuals.titles.lettering import letters, picture
from catalog.visuals.titles.runs import drawable, runs
from catalog.visuals.titles.shaping import shape
from tests.catalog.visuals.titles import golden

SCRIPTS = {
    "Latin": "Ærøskøbing Żółć Nguyễn Þórr",
    "Cyrillic": "Съешь ещё ґїєў Ђурђевдан",
    "Greek": "Ξεσκεπάζω την ψυχοφθόρα ἄνδρα",
    "Arabic": "أبجد هوّز پچژگ ٣٤٥",
    "Hebrew": "שָׁלוֹם לְכֻלָּם",
    "Devanagari": "क्षत्रिय ज्ञान श्री",
    "Bengali": "রবীন্দ্রসঙ্গীত",
    "Tamil": "தமிழ் இசை",
    "Telugu": "తెలుగు పాట",
    "Thai": "ที่นี่ไทย",
    "Khmer": "ខ្មែរ",
    "Myanmar": "မြန်မာ",
    "Georgian": "საქართველო",
    "Armenian": "Հայաստան",
    "Amharic": "አማርኛ",
    "Chinese": "简体 繁體中文 國語",
    "Japanese": "ひらがな カタカナ 漢字 ー・「」",
    "Korean": "한국어 뷁 노래",
    "Signs": "♥ ♪ ♫ ★ ☆ → ∞ ½ № © ™ € ₽ ₹ – — … “”‘’ «»",
    "Emoji": "🎵 🌧️ ❤️ 👍🏽 🇺🇦 1️⃣ 👩‍🚀 ☕",
}


@pytest.mark.parametrize("weight", Weight)
@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_no_letter_is_missing(text, weight):
    assert drawable(text, weight) == text
    line = shape(text, weight, rtl=bool(is_rtl(text)))
    assert line.missing == 0
    assert line.glyphs


@pytest.mark.parametrize("line", golden.LINES)
def test_the_golden_lines_have_no_boxes(line):
    words = golden.LINES[line]
    for text in (words.artist, words.title, words.station):
        assert shape(text, Weight.STRONG, rtl=bool(is_rtl(text))).missing == 0


def test_arabic_letters_join():
    apart = sum(shape(letter, Weight.STRONG, rtl=True).width for letter in "سلام")
    assert shape("سلام", Weight.STRONG, rtl=True).width < 0.9 * apart


def test_arabic_begins_at_the_right():
    line = shape("اب", Weight.STRONG, rtl=True)
    first = shape("ا", Weight.STRONG, rtl=True)
    assert line.glyphs[-1].x > line.glyphs[0].x
    assert line.width - line.glyphs[-1].x == pytest.approx(first.width, abs=0.05)


def test_one_family_is_one_picture():
    assert len([g for g in shape("👨‍👩‍👧", Weight.STRONG, rtl=False).glyphs if picture(g.number, 40).getbbox()]) == 1


def test_emoji_are_in_colour():
    glyph = shape("🦊", Weight.STRONG, rtl=False).glyphs[0]
    red, _, blue, _ = picture(glyph.number, 40).split()
    assert ImageChops.difference(red, blue).point(lambda value: 255 * (value > 60)).getbbox()


def test_a_plain_heart_is_a_sign_and_a_red_one_a_picture():
    assert not shape("♥", Weight.STRONG, rtl=False).glyphs[0].face.has_pictures
    assert shape("❤️", Weight.STRONG, rtl=False).glyphs[0].face.has_pictures


@pytest.mark.parametrize(
    ("text", "language"),
    [("骨の歌", "ja"), ("骨头", "zh-Hans"), ("骨頭", "zh-Hant"), ("骨 노래", "ko")],
)
def test_hanzi_take_the_forms_of_their_language(text, language):
    assert runs(text, Weight.STRONG, rtl=False)[0].language == language


def test_the_forms_really_differ():
    drawn = [letters(shape(f"骨{more}", Weight.STRONG, rtl=False), 60).crop((0, 0, 60, 60)) for more in ("头", "頭")]
    assert ImageChops.difference(*drawn).getbbox()
