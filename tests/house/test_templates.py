"""Pages hold no script or style of their own and name no outside address: the policy of the browser refuses both."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STATIC = sorted(
    path
    for path in (ROOT / "static").rglob("*")
    if path.suffix in (".css", ".js", ".svg", ".html", ".webmanifest", ".json")
)
INLINE = {
    "a script inside the page": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.I),
    "a style sheet inside the page": re.compile(r"<style\b", re.I),
    "a style attribute": re.compile(r"\sstyle\s*=", re.I),
    "a handler inside the page": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "a script as an address": re.compile(r"javascript:", re.I),
}
OUTSIDE = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)(?=[\w-]+\.\w)[\w.\-]+", re.I)
# Where a government site must lead outside: the two filing registers, as links that only the reader follows.
FILING = {"beian.miit.gov.cn", "www.beian.gov.cn", "beian.mps.gov.cn"}
EMOJI = re.compile("[\U0001f300-\U0001faff☀-⛿✀-➿]")


def bare(source: str) -> str:
    """A template without its comments, which never reach the browser."""
    return re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", source, flags=re.S)


def inline(source: str) -> list[str]:
    return [name for name, pattern in INLINE.items() if pattern.search(bare(source))]


def outside(source: str) -> list[str]:
    found = (match.group().split("//")[1] for match in OUTSIDE.finditer(bare(source)))
    return [host for host in found if host not in FILING]


def names(paths: list[Path]) -> list:
    return [pytest.param(path, id=str(path.relative_to(ROOT))) for path in paths]


@pytest.mark.parametrize("path", names(TEMPLATES))
def test_a_template_has_no_script_or_style_of_its_own(path):
    assert inline(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", names([*TEMPLATES, *STATIC]))
def test_nothing_is_fetched_from_outside(path):
    assert outside(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", names(TEMPLATES))
def test_icons_are_drawings_and_no_emoji(path):
    assert not EMOJI.search(bare(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", names(TEMPLATES))
def test_a_form_that_writes_carries_its_token(path):
    source = bare(path.read_text(encoding="utf-8"))
    for form in re.findall(r"<form\b[^>]*method=[\"']post[\"'].*?</form>", source, re.I | re.S):
        assert "csrf_token" in form


def test_what_is_wrong_is_found():
    assert inline("<script>alert(1)</script>") != []
    assert inline('<p style="color: red">') != []
    assert inline('<button onclick="go()">') != []
    assert inline('<a href="javascript:go()">') != []
    assert inline('<script src="/static/a.js"></script>{# <style> #}') == []
    assert outside('<img src="//cdn.example.com/x.png">') == ["cdn.example.com"]
    assert outside("@import url(https://fonts.example.org/a.css)") == ["fonts.example.org"]
    assert outside('<svg xmlns="http://www.w3.org/2000/svg">') == []
