"""What can be done with an activity: made, published, cancelled, copied; a series expands into activities."""

import datetime
import uuid
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign import recurrence
from campaign.errors import Refused
from campaign.models import Community
from campaign.once import write_once
from volunteers import leaders, signups, telling, waiting
from volunteers.models import Activity, ActivityKind, ActivitySeries, Position, SeriesSkip, Skill

AHEAD = timedelta(days=14)
"""how far a series is expanded"""
LONGEST = timedelta(hours=12)
MOVES_ALONG = ("sign_up_opens_at", "sign_up_closes_at", "leaving_closes_at")
"""moments that are put off with the activity"""
VOLUNTEER = "志愿者"
"""the one position that an activity of a series has; data, so in the language of the street"""
Moment = datetime.datetime


class Post(NamedTuple):
    """A position that is to be: with `minimum` None half of the places are needed."""

    name: str
    places: int
    minimum: int | None = None
    skill: Skill | None = None
    min_age: int | None = None
    equipment: str = ""


State = Activity.State


@transaction.atomic
def create(
    *,
    community: Community,
    kind: ActivityKind,
    title: str,
    place: str,
    starts_at: Moment,
    ends_at: Moment,
    positions: Iterable[tuple[str, int]],
    by: Any = None,
    form_key: uuid.UUID | None = None,
    **more: Any,
) -> Activity:
    """A new activity as a draft, with its positions as `Post` or as (name, places).

    `more` are further fields: description, station, team, unit, leader, sign_up_opens_at, sign_up_closes_at,
    leaving_closes_at. The same
    `form_key` again gives the activity that was made the first time. Raises Refused for
    times or positions of no use, for what belongs to another street, and if `by` may not plan in the community.
    """
    if not leaders.plans_in(by, community):
        raise Refused(_("You do not plan activities there."), "not_yours")
    if first := _made_before(form_key, community):
        return first
    write = partial(
        _create,
        community=community,
        kind=kind,
        title=title,
        place=place,
        starts_at=starts_at,
        ends_at=ends_at,
        positions=positions,
        form_key=form_key,
        **more,
    )
    return write_once(write, lambda: _made_before(form_key, community))


def _made_before(form_key: uuid.UUID | None, community: Community) -> Activity | None:
    activity = Activity.objects.filter(form_key=form_key).first() if form_key else None
    if activity and activity.community_id != community.pk:
        raise Refused(_("This form was used before. Open it anew."), "form_key")
    return activity


def _create(
    *, community: Community, title: str, place: str, positions: Iterable[tuple[str, int]], **more: Any
) -> Activity:
    activity = Activity(
        committee_id=community.committee_id,
        community=community,
        title=title.strip(),
        place=place.strip(),
        **more,
    )
    _check(activity)
    activity.save()
    _add_positions(activity, list(positions))
    return activity


@transaction.atomic
def publish(activity: Activity, by: Any = None, now: Moment | None = None) -> Activity:
    """Open a draft for sign-up; twice is once. Raises Refused without positions and once it has begun."""
    activity = _locked(activity, by)
    if activity.state == State.PUBLISHED:
        return activity
    if activity.state != State.DRAFT:
        raise Refused(_("Only a draft can be published. Make a copy of the activity instead."), "not_draft")
    if activity.starts_at <= (now or timezone.now()):
        raise Refused(_("The activity would already have begun. Change its time first."), "begun")
    if not activity.positions.exists():
        raise Refused(_("Add at least one position with places first."), "no_positions")
    telling.announce("published", activity, f"published-{activity.pk}")
    return _become(activity, State.PUBLISHED)


@transaction.atomic
def postpone(
    activity: Activity, starts_at: Moment, ends_at: Moment, by: Any = None, now: Moment | None = None
) -> Activity:
    """Give an activity another time; who signed up keeps the place and is told once. The same time is no change.

    Raises Refused for an activity that is over or cancelled, and for times of no use.
    """
    activity = _locked(activity, by)
    if activity.state not in (State.DRAFT, State.PUBLISHED):
        raise Refused(_("It has been held or cancelled: its time stays as it is."), "over")
    if (activity.starts_at, activity.ends_at) == (starts_at, ends_at):
        return activity
    now = now or timezone.now()
    if activity.starts_at <= now or starts_at <= now:
        raise Refused(_("Choose a time to come, before the activity begins."), "begun")
    for name in MOVES_ALONG:
        if moment := getattr(activity, name):
            setattr(activity, name, moment + (starts_at - activity.starts_at))
    activity.starts_at, activity.ends_at = starts_at, ends_at
    _check(activity)
    if activity.series_id and activity.series.activities.filter(starts_at=starts_at).exists():
        raise Refused(_("The series has an activity at this time already."), "slot")
    activity.save(update_fields=["starts_at", "ends_at", "day", *MOVES_ALONG])
    if activity.state == State.PUBLISHED:
        signups.tell_of_new_time(activity, by=by, now=now)
        telling.announce("postponed", activity, f"postponed-{activity.pk}-{activity.sequence}")
    return activity


@transaction.atomic
def cancel(activity: Activity, because: str, by: Any = None, now: Moment | None = None) -> Activity:
    """Call off an activity, with a reason that people read; everybody is released and told. Twice is once."""
    activity = _locked(activity, by)
    if activity.state == State.CANCELLED:
        return activity
    if activity.state == State.HELD:
        raise Refused(_("It has been held and cannot be cancelled."), "held")
    if not because.strip():
        raise Refused(_("Say why it is cancelled: the volunteers will read it."), "because")
    was_draft = activity.state == State.DRAFT
    activity.cancelled_because = because.strip()[:120]
    _become(activity, State.CANCELLED)
    signups.cancel_all(activity, by=by, now=now)
    if not was_draft:
        telling.announce(
            "cancelled", activity, f"cancelled-{activity.pk}", {"because": activity.cancelled_because}
        )
    return activity


@transaction.atomic
def set_places(position: Position, places: int, by: Any = None, now: Moment | None = None) -> Position:
    """Give a position more or fewer places. More: the waiting line moves up. Fewer than taken is Refused."""
    activity = _locked(position.activity, by)
    position = activity.positions.get(pk=position.pk)
    if places < 1:
        raise Refused(_("A position has at least one place."), "places")
    if places < position.taken:
        raise Refused(
            _("%(taken)d places are taken already. Enter at least as many.") % {"taken": position.taken},
            "taken",
        )
    position.places = places
    position.save(update_fields=["places"])
    waiting.promote(position, now)
    position.refresh_from_db()
    return position


@transaction.atomic
def change_position(position: Position, post: Post, by: Any = None, now: Moment | None = None) -> Position:
    """Give a position another name, other places and needs; who has a place keeps it.

    Raises Refused for what no position may be, and for fewer places than are taken.
    """
    activity = _locked(position.activity, by)
    position = activity.positions.get(pk=position.pk)
    _check_posts(activity, [post])
    if activity.positions.exclude(pk=position.pk).filter(name=post.name.strip()).exists():
        raise Refused(_("Give every position a name of its own; there must be at least one."), "positions")
    position.name, position.skill, position.min_age = post.name.strip(), post.skill, post.min_age
    position.equipment = post.equipment.strip()
    position.minimum = None  # until the places are set, which may be fewer
    position.save(update_fields=["name", "skill", "min_age", "equipment", "minimum"])
    position = set_places(position, post.places, by=by, now=now)
    position.minimum = post.minimum
    position.save(update_fields=["minimum"])
    return position


@transaction.atomic
def add_position(activity: Activity, name: str, places: int, by: Any = None, **needs: Any) -> Position:
    """One more position of a draft or published activity. Raises Refused for a name that is there already."""
    activity = _locked(activity, by)
    if activity.state not in (State.DRAFT, State.PUBLISHED):
        raise Refused(_("It has been held or cancelled: its positions stay as they are."), "over")
    if activity.positions.filter(name=name.strip()).exists():
        raise Refused(_("Give every position a name of its own; there must be at least one."), "positions")
    _add_positions(activity, [Post(name, places, **needs)])
    return activity.positions.get(name=name.strip())


@transaction.atomic
def clone(activity: Activity, starts_at: Moment, by: Any = None, ends_at: Moment | None = None) -> Activity:
    """A draft just like this activity, at another time; nobody is signed up for it. Who leads it may do so."""
    leaders.check(by, activity)
    copied = ("community", "kind", "title", "place", "description", "station", "team", "unit", "leader")
    return _create(
        starts_at=starts_at,
        ends_at=ends_at or starts_at + (activity.ends_at - activity.starts_at),
        positions=[
            Post(row.name, row.places, row.minimum, row.skill, row.min_age, row.equipment)
            for row in activity.positions.select_related("skill")
        ],
        **{
            name: (moment := getattr(activity, name)) and moment + (starts_at - activity.starts_at)
            for name in ("sign_up_closes_at", "leaving_closes_at")
        },
        **{name: getattr(activity, name) for name in copied},
    )


# --- Series ----------------------------------------------------------------------------------------
def schedule(until: datetime.date | None = None, now: Moment | None = None) -> int:
    """Expand every active series up to `until` (by default 14 days ahead), each in a transaction of its own.

    Returns how many activities were made. Any number of schedulers may run at once and after any pause: what
    a pause left out is made up from today on; nobody can come to an activity of yesterday.
    """
    today = timezone.localtime(now).date()
    until = until or today + AHEAD
    active = ActivitySeries.objects.filter(is_active=True, first_day__lte=until).order_by("pk")
    return sum(_expand(pk, today, until) for pk in active.values_list("pk", flat=True))


@transaction.atomic
def _expand(pk: int, today: datetime.date, until: datetime.date) -> int:
    """Fill one series from its watermark on.

    The lock makes schedulers take turns; were it ever to fail, the slot (series, starts_at) is unique, and
    the later transaction is undone as a whole.
    """
    series = ActivitySeries.objects.select_for_update(no_key=True).filter(pk=pk, is_active=True).first()
    if series is None:
        return 0
    first = max(today, series.first_day)
    if series.filled_until:
        first = max(first, series.filled_until + timedelta(days=1))
    last = min(until, series.last_day) if series.last_day else until
    if first > last:
        return 0
    moments = recurrence.occurrences(
        series.rule,
        first=first,
        last=last,
        start_time=series.start_time,
        holidays=series.holidays,
        anchor=series.first_day,
    )
    there = set(series.activities.filter(starts_at__in=moments).values_list("starts_at", flat=True))
    skipped = set(series.skips.filter(day__range=(first, last)).values_list("day", flat=True))
    new = [
        moment
        for moment in moments
        if moment not in there and timezone.localtime(moment).date() not in skipped
    ]
    for moment in new:
        _from_series(series, moment)
    series.filled_until = last
    series.save(update_fields=["filled_until"])
    return len(new)


@transaction.atomic
def skip(
    series: ActivitySeries, day: datetime.date, because: str, by: Any = None, now: Moment | None = None
) -> SeriesSkip:
    """Leave a day out of a series: no activity is made then, one that is there is cancelled. Twice is once.

    Raises Refused without a reason, for a day that is over, and if `by` may not run the series.
    """
    series = _locked_series(series, by)
    if not because.strip():
        raise Refused(_("Say why it is cancelled: the volunteers will read it."), "because")
    if day < timezone.localtime(now).date():
        raise Refused(_("This day is over. Choose a day to come."), "over")
    made, _new = SeriesSkip.objects.get_or_create(
        series=series, day=day, defaults={"because": because.strip()[:120]}
    )
    for activity in series.activities.filter(day=day, state__in=(State.DRAFT, State.PUBLISHED)).order_by(
        "pk"
    ):
        cancel(activity, because, now=now)
    return made


@transaction.atomic
def change_following(
    series: ActivitySeries,
    since: datetime.date,
    *,
    title: str,
    place: str,
    description: str,
    start_time: datetime.time,
    minutes: int,
    places: int,
    by: Any = None,
    now: Moment | None = None,
) -> int:
    """Change a series and all its activities from a day on; returns how many activities were changed.

    Who signed up keeps the place, and is told of another time. What is past, and what was moved or held or
    cancelled, stays. Raises Refused where one activity cannot be changed so; then none is.
    """
    series = _locked_series(series, by)
    now = now or timezone.now()
    before = series.start_time
    series.title, series.place, series.description = title.strip(), place.strip(), description.strip()
    series.start_time, series.minutes, series.places = start_time, minutes, places
    if (
        ActivitySeries.objects.filter(community=series.community, title=series.title)
        .exclude(pk=series.pk)
        .exists()
    ):
        raise Refused(_("Another series of the community has this title."), "title")
    series.save(update_fields=["title", "place", "description", "start_time", "minutes", "places"])
    following = series.activities.filter(
        day__gte=since, starts_at__gt=now, state__in=(State.DRAFT, State.PUBLISHED)
    )
    changed = 0
    for activity in following.order_by("pk"):
        local = timezone.localtime(activity.starts_at)
        if local.time().replace(second=0, microsecond=0) == before:  # else it was moved by hand
            starts_at = local.replace(hour=start_time.hour, minute=start_time.minute)
            activity = postpone(activity, starts_at, starts_at + timedelta(minutes=minutes), now=now)
        activity.title, activity.place, activity.description = series.title, series.place, series.description
        _check(activity)
        activity.save(update_fields=["title", "place", "description"])
        for position in activity.positions.filter(name=VOLUNTEER).exclude(places=places):
            set_places(position, places, now=now)
        changed += 1
    return changed


def _locked_series(series: ActivitySeries, by: Any) -> ActivitySeries:
    """The series, fresh and nobody else's until we are done, if `by` plans in its community or leads it."""
    series = ActivitySeries.objects.select_for_update(no_key=True).get(pk=series.pk)
    if by is not None and by.pk != series.leader_id and not leaders.plans_in(by, series.community):
        raise Refused(_("You do not plan activities there."), "not_yours")
    return series


def _from_series(series: ActivitySeries, starts_at: Moment) -> Activity:
    copied = ("committee_id", "community_id", "kind_id", "title", "description", "place")
    hosts = ("station_id", "team_id", "leader_id")
    activity = Activity.objects.create(
        series=series,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=series.minutes),
        state=State.PUBLISHED,
        **{name: getattr(series, name) for name in copied + hosts},
    )
    Position.objects.create(activity=activity, name=VOLUNTEER, places=series.places)
    return activity


# --- How it is done --------------------------------------------------------------------------------
def _locked(activity: Activity, by: Any) -> Activity:
    """The activity, fresh and nobody else's until we are done, if `by` may run it."""
    activity = Activity.objects.select_for_update(no_key=True).get(pk=activity.pk)
    leaders.check(by, activity)
    return activity


def _become(activity: Activity, state: str) -> Activity:
    activity.state = state
    activity.save(update_fields=["state", "cancelled_because"])
    return activity


def _check(activity: Activity) -> None:
    if not activity.title or not activity.place:
        raise Refused(_("Enter a title and a meeting place."), "incomplete")
    length = activity.ends_at - activity.starts_at
    if not timedelta(0) < length <= LONGEST:
        raise Refused(_("The end must be after the start, by at most 12 hours."), "times")
    if activity.sign_up_closes_at and activity.sign_up_closes_at > activity.ends_at:
        raise Refused(_("Sign-up must close before the activity ends."), "closes")
    if activity.sign_up_opens_at and activity.sign_up_opens_at >= activity.closes_at:
        raise Refused(_("Sign-up must open before it closes."), "opens")
    if activity.leaving_closes_at and activity.leaving_closes_at > activity.starts_at:
        raise Refused(_("People leave before the activity begins."), "leaving")
    hosts = (activity.kind, activity.station, activity.team, activity.unit)
    if any(host and host.committee_id != activity.committee_id for host in hosts):
        raise Refused(_("Kind, station, team and unit must be of this street."), "elsewhere")


def _add_positions(activity: Activity, positions: Iterable[Any]) -> None:
    posts = [Post(*position) for position in positions]
    _check_posts(activity, posts)
    Position.objects.bulk_create(
        Position(activity=activity, **{**post._asdict(), "name": post.name.strip()}) for post in posts
    )


def _check_posts(activity: Activity, posts: list[Post]) -> None:
    names = [post.name.strip() for post in posts]
    if not names or not all(names) or len(set(names)) < len(names):
        raise Refused(_("Give every position a name of its own; there must be at least one."), "positions")
    if any(post.places < 1 for post in posts):
        raise Refused(_("A position has at least one place."), "places")
    if any(post.minimum is not None and post.minimum > post.places for post in posts):
        raise Refused(_("A position cannot need more people than it has places."), "minimum")
    if any(post.skill and post.skill.committee_id != activity.committee_id for post in posts):
        raise Refused(_("Choose skills of this street."), "skills")
