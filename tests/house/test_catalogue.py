"""Whoever opens a page reads Chinese: the catalogue is complete, and what it says can be read out in an office."""

import re
import sys
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bin"))

import _texts  # noqa: E402

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]+>|%%")
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:-[A-Za-z]+)*")
# Latin words that an official writes too.
LATIN = {
    "ABCD", "API", "BD", "CGCS", "GCJ", "GPS", "APP", "BYDAY", "COUNT", "CSV", "Cookie", "Chromium", "DAILY", "Excel", "FR", "FREQ", "GET", "GeoJSON", "HTTP", "Accept",
    "ICP", "IP", "JPEG", "LED", "MB", "MO", "MONTHLY", "PDF", "PNG", "POST", "RFC", "SVG", "UNTIL", "UTF", "WE", "WEEKLY",
    "WGS", "WebP", "Word", "YEARLY", "sha", "xlsx", "docx", "PORTAL", "LibreOffice",
}  # fmt: skip
HALF_WIDTH = re.compile(r"[一-鿿][,;:?!](?:\s|$|[一-鿿])|[,;:?!][一-鿿]|[一-鿿]\.(?:\s|$)|[一-鿿]\.\.\.")


def entries() -> list[tuple[str, str]]:
    return [(_texts._key(message), _texts._string(message)) for message in _texts.read() if message.id]


def test_every_text_has_a_translation_and_none_is_fuzzy_or_left_over():
    assert _texts.problems() == [], "run bin/catalogue --fill FILE.json"


def test_the_list_of_theme_texts_is_that_of_the_installed_packages():
    assert _texts.theme_texts().keys() == _texts.package_texts().keys(), "run bin/catalogue --theme"


def wrong_placeholders(text: str, chinese: str) -> bool:
    text = text.rpartition(_texts.CONTEXT)[2]
    return sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(chinese))


def test_a_translation_has_the_placeholders_of_its_text():
    assert [text for text, chinese in entries() if chinese and wrong_placeholders(text, chinese)] == []


def test_chinese_sentences_have_full_width_punctuation():
    assert [chinese for _text, chinese in entries() if HALF_WIDTH.search(bare(chinese))] == []


def english_left(chinese: str) -> set[str]:
    return set(ENGLISH.findall(bare(chinese))) - LATIN


def bare(chinese: str) -> str:
    """The words of a translation without what is meant for programs."""
    return re.sub(r"[A-Z]+=[\w;=,]+|manage\.py \w+", "", PLACEHOLDER.sub("", chinese))


def test_no_english_word_is_left_in_a_translation():
    left = {text: english_left(chinese) for text, chinese in entries() if chinese and english_left(chinese)}
    assert left == {}


def ends_alike(text: str, chinese: str) -> bool:
    """A full stop in English is one in Chinese (or a colon before what follows); a label has none."""
    if not re.search(r"\w", chinese) or text.endswith(("...", "…")):
        return True
    return (
        chinese.endswith(("。", "）", "……", "：", "？")) if text.endswith(".") else not chinese.endswith("。")
    )


def test_a_sentence_ends_as_its_text_does():
    assert [entry for entry in entries() if entry[1] and not ends_alike(*entry)] == []


@pytest.mark.parametrize(("text", "chinese"), [("Volunteers", "志愿服务"), ("Apply Filters", "应用筛选")])
def test_the_catalogue_is_what_pages_speak(text, chinese):
    with translation.override("zh-hans"):
        assert gettext(text) == chinese


# --- The tests can fail, and the reader reads -------------------------------------------------------
def test_wrong_translations_are_found():
    assert wrong_placeholders("at %(day)s", "在%(date)s")
    assert wrong_placeholders("{name} came", "来了")
    assert not wrong_placeholders("unit\x04%(n)d pieces", "%(n)d 处")
    assert HALF_WIDTH.search("请核对,再试")
    assert HALF_WIDTH.search("已保存.")
    assert not HALF_WIDTH.search("请核对，再试。")
    assert english_left("请到 Settings 修改") == {"Settings"}
    assert english_left("导出 Excel（.xlsx）") == set()


def test_texts_of_python_are_read_with_context_and_plural():
    source = """
a = _("one" " two")
b = ngettext("%d day", "%d days", n)
c = pgettext_lazy("person", "name")
d = translation.gettext(f"no {text}")
"""
    found = {text.key: text.plural for text in _texts.texts_of_python(source)}
    assert found == {"one two": "", "%d day": "%d days", "person\x04name": ""}


def test_texts_of_templates_are_read():
    source = (
        '{% load i18n %}{% translate "It\'s" %}{% trans "in" context \'place\' %}'
        "{% blocktranslate count n=n %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}"
        "{% include 'x.html' with title=_('Given') %}{% blocktranslate trimmed %}\n a\n b\n{% endblocktranslate %}"
    )
    found = {text.key: text.plural for text in _texts.texts_of_template(source)}
    assert found == {
        "It's": "",
        "place\x04in": "",
        "%(n)s row": "%(n)s rows",
        "Given": "",
        "a b": "",
    }


def test_merging_keeps_translations_and_names_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(_texts, "PO", tmp_path / "django.po")
    monkeypatch.setattr(_texts, "MO", tmp_path / "django.mo")
    texts = {"kept": _texts.Text("kept", places=["x.py"]), "new": _texts.Text("new", places=["x.py"])}
    monkeypatch.setattr(_texts, "wanted", lambda: texts)
    assert _texts.merge({"kept": "保留"}) == ["new"]
    assert _texts.merge({}) == ["new"]
    before = _texts.PO.read_bytes()
    assert any("not translated: 'new'" in line for line in _texts.problems())
    assert _texts.merge({"new": "新增"}) == []
    assert _texts.problems() == []
    _texts.MO.write_bytes(b"old")
    assert any("django.mo" in line for line in _texts.problems())
    _texts.PO.write_bytes(before.replace(b'msgid "kept"', b'#, fuzzy\nmsgid "kept"'))
    assert any("fuzzy: 'kept'" in line for line in _texts.problems())
