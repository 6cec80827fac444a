"""What templates say often: numbers as a Chinese office writes them, shares with their n, forms and charts."""

import datetime
import re
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation

from campaign.templatetags import portal


def rendered(source: str, **context: object) -> str:
    return Template("{% load portal %}" + source).render(Context(context))


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (972, "972"),
        (1234, "1,234"),
        (9999, "9,999"),
        (10000, "1万"),
        (12345, "1.2万"),
        (12500, "1.3万"),
        (-12345, "-1.2万"),
        (99_994_999, "9,999.5万"),
        (99_999_600, "1亿"),
        (320_000_000, "3.2亿"),
        (7.5, "7.5"),
        ("45000", "4.5万"),
        (None, "—"),
        ("", "—"),
        ("many", "—"),
        (float("nan"), "—"),
        ("1e999999", "—"),
    ],
)
def test_a_number_is_short_from_ten_thousand_on(value, said):
    assert portal.short_number(value) == said


def test_other_languages_get_the_exact_number_for_they_do_not_count_in_ten_thousands():
    with translation.override("en"):
        assert portal.short_number(12345) == "12,345"


def test_a_shortened_figure_keeps_the_exact_number_on_hover_and_for_programs():
    assert rendered("{% figure 12345 %}") == '<data value="12345" title="12,345">1.2万</data>'


def test_a_figure_that_is_already_exact_repeats_nothing():
    assert rendered("{% figure 972 '户' %}") == '<data value="972">972</data><small>户</small>'


def test_a_figure_made_by_hostile_text_is_escaped():
    assert "<script" not in rendered("{% figure value %}", value="<script>(1)")


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (911, 972, "93.7%(911/972)"),
        (0, 12, "0.0%(0/12)"),
        (13250, 15000, "88.3%(13,250/15,000)"),
        (5, 0, "—"),
        (0, 0, "—"),
        (None, 10, "—"),
        (1, None, "—"),
    ],
)
def test_a_share_shows_its_n_and_is_a_dash_when_nothing_was_due(part, whole, said):
    assert portal.percent_of(part, whole) == said


@pytest.mark.parametrize(
    ("part", "whole", "length"), [(1, 2, 50), (3, 2, 100), (-1, 2, 0), (1, 0, 0), (None, 2, 0)]
)
def test_the_length_of_a_bar_stays_within_the_bar(part, whole, length):
    assert portal.share_of(part, whole) == length


@pytest.mark.parametrize(("value", "said"), [(128, "+128"), (-3, "−3"), (0, "±0"), (None, "—")])
def test_a_change_carries_its_sign(value, said):
    assert portal.signed(value) == said


def test_a_day_is_written_as_an_office_writes_it():
    assert portal.chinese_date(datetime.date(2020, 11, 20)) == "2020年11月20日"


def test_a_moment_is_told_in_local_time():
    moment = datetime.datetime(2020, 11, 20, 16, 5, tzinfo=datetime.UTC)
    assert portal.chinese_date(moment) == "2020年11月21日 00:05"


@pytest.mark.parametrize("nothing", [None, "", "2020-11-20", 5])
def test_what_is_no_day_says_nothing(nothing):
    assert portal.chinese_date(nothing) == ""
    assert portal.short_moment(nothing) == ""


def test_a_small_place_leaves_out_this_year_and_only_this_one():
    here = ZoneInfo("Asia/Shanghai")
    year = timezone.localdate().year
    assert portal.short_moment(datetime.datetime(year, 3, 4, 9, 5, tzinfo=here)) == "3月4日 09:05"
    assert portal.short_moment(datetime.datetime(2020, 3, 4, 9, 5, tzinfo=here)) == "2020年3月4日 09:05"


def test_a_phone_is_masked():
    assert rendered("{{ phone|masked_phone }}", phone="12812345678") == "128****5678"
    assert portal.masked_phone(None) == ""


def test_an_icon_is_silent_for_those_who_listen():
    assert 'aria-hidden="true"' in portal.icon("check")


def test_every_icon_that_a_template_names_is_in_the_sprite():
    from django.conf import settings

    sprite = (settings.BASE_DIR / "static/portal/icons/sprite.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    named = {
        name
        for page in (settings.BASE_DIR / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([^"]+)"', page.read_text())
    }
    named |= set(portal.BAR.values()) | {sign for _tone, sign in portal.NOTICES.values()} | portal.TONES
    assert named - drawn == set()


@pytest.mark.parametrize(
    ("given", "shown"), [("late", "late"), ("evil tone", "none"), ("", "none"), (None, "none")]
)
def test_a_state_always_has_a_word_and_a_shape(given, shown):
    page = render_to_string("_state.html", {"state": "open", "label": "在办", "tone": given})
    assert f"badge--{shown}" in page
    assert f"#{shown}" in page
    assert "在办" in page


@pytest.mark.parametrize("state", ["done", "on_track", "at_risk", "behind", "", "unheard-of"])
def test_a_lamp_is_never_colour_alone(state):
    page = render_to_string("_lamp.html", {"state": state})
    assert "<use " in page
    assert re.sub(r"<[^>]+>", "", page).strip()


# --- Charts -------------------------------------------------------------------------------------------


def series(*values, goal=None):
    return {
        "title": "每月活动",
        "unit": "场",
        "points": [(f"{n}月", v) for n, v in enumerate(values, 1)],
        "goal": goal,
    }


def test_the_longest_bar_fills_the_plot_and_the_others_are_in_proportion():
    page = portal.bar_chart(series(50, 100, 25))
    assert re.findall(r'chart__bar" width="([\d.]+)%"', page) == ["50.00", "100.00", "25.00"]


def test_a_goal_above_every_bar_sets_the_scale():
    page = portal.bar_chart(series(50, 100, goal=200))
    assert re.findall(r'chart__bar" width="([\d.]+)%"', page) == ["25.00", "50.00"]
    assert 'x1="100.00%"' in page


def test_a_chart_tells_its_numbers_in_a_table_too():
    for draw in (portal.bar_chart, portal.line_chart):
        page = draw(series(12345, 7))
        assert "12,345" in page.split("<details>")[1]


def test_a_month_without_a_count_leaves_a_gap_in_the_line():
    page = portal.line_chart(series(1, None, 3, 4))
    assert page.count('class="chart__line"') == 1


def test_a_line_stays_within_its_plot():
    page = portal.line_chart(series(0, 7, 999, -5))
    heights = [float(y) for y in re.findall(r'cy="([\d.]+)"', page)]
    assert min(heights) >= portal.TOP
    assert max(heights) <= portal.BOTTOM


def test_a_year_of_days_names_no_more_days_than_fit():
    day = datetime.date(2020, 1, 1)
    days = [(f"{day + datetime.timedelta(n):%m月%d日}", n % 7) for n in range(366)]
    page = portal.line_chart({"title": "每日巡查", "points": days})
    plot = page.split("<details>")[0]
    assert 2 <= len(re.findall(r">\d\d月\d\d日</text>", plot)) <= 7
    assert "12月31日</text>" in plot


@pytest.mark.parametrize("points", [[], None])
def test_a_chart_of_nothing_says_so(points):
    for draw in (portal.bar_chart, portal.line_chart):
        assert "<svg" not in draw({"title": "巡查", "points": points})


def test_a_chart_of_noughts_or_of_one_point_divides_by_nothing():
    for draw in (portal.bar_chart, portal.line_chart):
        draw(series(0, 0, 0))
        draw(series(5))
        draw(series(None))


def test_labels_from_people_are_escaped():
    for draw in (portal.bar_chart, portal.line_chart):
        assert "<b>" not in draw({"title": "<b>", "unit": "<b>", "points": [("<b>", 1), ("<b>", 2)]})


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 1), (1, 1), (972, 1000), (1530, 2000), (13250, 20000), (0.3, 0.4)]
)
def test_an_axis_ends_on_a_round_number(highest, top):
    assert float(portal.nice_top(portal.as_number(highest))) == top


# --- Forms --------------------------------------------------------------------------------------------


class SignUp(forms.Form):
    name = forms.CharField(label="姓名", help_text="用于开具证明", max_length=10)
    post = forms.ChoiceField(label="岗位", choices=[("a", "劝导"), ("b", "清洁")], widget=forms.RadioSelect)
    note = forms.CharField(label="备注", required=False)
    photo = forms.FileField(label="照片", required=False)
    series = forms.CharField(widget=forms.HiddenInput, required=False)


def form_page(form: forms.Form) -> str:
    return render_to_string("_form.html", {"form": form})


def test_every_error_in_the_summary_leads_to_a_field_that_exists():
    page = form_page(SignUp({"name": "", "post": "z"}))
    targets = re.findall(r'<a href="#([^"]+)"', page)
    assert targets == ["id_name", "id_post_0"]
    for target in targets:
        assert f'id="{target}"' in page


def test_help_and_error_are_tied_to_their_field():
    page = form_page(SignUp({"name": ""}))
    described = re.search(r'<input[^>]*id="id_name"[^>]*aria-describedby="([^"]+)"', page) or re.search(
        r'<input[^>]*aria-describedby="([^"]+)"[^>]*id="id_name"', page
    )
    assert described
    for note in described[1].split():
        assert f'id="{note}"' in page


def test_a_group_of_choices_has_a_legend_and_its_own_description():
    page = form_page(SignUp({"name": "王"}))
    assert re.search(r'<fieldset aria-describedby="id_post_error">\s*<legend>岗位', page)


def test_what_was_typed_is_kept_and_escaped():
    page = form_page(SignUp({"name": '"><script>'}))
    assert "&quot;&gt;&lt;script&gt;" in page
    assert "<script>" not in page


def test_a_form_with_a_file_is_sent_as_one():
    assert 'enctype="multipart/form-data"' in form_page(SignUp())


def test_only_what_may_be_left_out_is_marked():
    page = form_page(SignUp())
    assert page.count(str(translation.gettext("(optional)"))) == 2


# --- Pages ----------------------------------------------------------------------------------------------


class KeysetPage:
    next_cursor = "n1"
    previous_cursor = None


def test_turning_the_page_keeps_the_filters():
    request = RequestFactory().get("/cases/", {"state": "open", "cursor": "old"})
    page = render_to_string("_pages.html", {"page": KeysetPage()}, request=request)
    assert 'href="?state=open&amp;cursor=n1"' in page
    assert 'rel="prev"' not in page


@pytest.mark.parametrize("code", [400, 403, 404, 429, 500, 503])
def test_an_error_page_needs_neither_database_nor_request(code):
    page = render_to_string(f"{code}.html")
    assert "<h1>" in page
    assert "/static/portal/portal.css" in page
