"""The pages stay light and hold what the Content-Security-Policy and a network without internet ask of them."""

import re

import pytest
from django.conf import settings

STATIC = settings.BASE_DIR / "static/portal"
PAGES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
# The register of government sites: a link that the law asks for, never loaded by the page.
ALLOWED_LINKS = {"https://beian.miit.gov.cn/"}


def named(page):
    return str(page.relative_to(settings.BASE_DIR / "templates"))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_template_has_no_inline_style_or_script(page):
    text = page.read_text()
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=|javascript:", text)
    assert all("src=" in opening for opening in re.findall(r"<script\b[^>]*>", text))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_template_names_no_outside_address(page):
    assert set(re.findall(r"https?://[^\s\"'<{]+", page.read_text())) <= ALLOWED_LINKS


def test_the_sheets_and_scripts_stay_small():
    assert (STATIC / "portal.css").stat().st_size < 30 * 1024
    assert (STATIC / "portal.js").stat().st_size < 6 * 1024


def test_the_sheet_reads_in_old_browsers():
    for sheet in STATIC.glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
        assert not re.search(r":has\(|@container|@layer|color-mix\(|:is\(|&|@import|url\(", text), sheet.name
        assert text.count("{") == text.count("}"), sheet.name


def test_every_fragment_that_a_template_includes_exists():
    there = {named(page) for page in PAGES}
    for page in PAGES:
        for name in re.findall(r'{% (?:include|extends) "([^"]+)"', page.read_text()):
            assert name in there or name.startswith("admin/"), f"{named(page)} names {name}"
