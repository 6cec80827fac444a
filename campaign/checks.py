"""What `manage.py check` says about an installation that would run but lose, leak or miscount something.

Settings are looked at always; the database only when it is named (`check --database default`, `migrate`).
"""

import datetime
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError
from django.utils import timezone
from django.utils.module_loading import import_string

Messages = list[CheckMessage]


@register(Tags.security)
def tasks_survive_a_killed_worker(app_configs: Any, **kwargs: Any) -> Messages:
    """Every task must come back when its worker was killed, and none may carry code (reliability.md §0.1, §5)."""
    wrong: Messages = []
    if not (settings.CELERY_TASK_ACKS_LATE and settings.CELERY_TASK_REJECT_ON_WORKER_LOST):
        wrong.append(
            Error(
                "A task is lost when its worker is killed.",
                hint="Set CELERY_TASK_ACKS_LATE and CELERY_TASK_REJECT_ON_WORKER_LOST to True.",
                id="campaign.E001",
            )
        )
    if list(settings.CELERY_ACCEPT_CONTENT) != ["json"] or settings.CELERY_TASK_SERIALIZER != "json":
        wrong.append(
            Error(
                "The worker accepts messages that can carry code.",
                hint='Set CELERY_ACCEPT_CONTENT to ["json"] and CELERY_TASK_SERIALIZER to "json".',
                id="campaign.E002",
            )
        )
    patience = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("visibility_timeout")
    if patience is not None and patience < 2 * settings.CELERY_TASK_TIME_LIMIT:
        wrong.append(
            Error(
                "Redis hands a task to a second worker while the first is still at it.",
                hint="Set visibility_timeout to at least twice CELERY_TASK_TIME_LIMIT.",
                id="campaign.E003",
            )
        )
    return wrong


@register(Tags.security)
def production_has_its_servers(app_configs: Any, **kwargs: Any) -> Messages:
    """What the demo may lack and a street office may not."""
    wrong: Messages = []
    if settings.SMS_GATEWAY:
        try:
            import_string(settings.SMS_GATEWAY)
        except ImportError:
            wrong.append(
                Error(
                    f"SMS_GATEWAY names {settings.SMS_GATEWAY!r}, which cannot be imported.",
                    hint="It is the dotted path of a function (phone, text, key) that sends one message.",
                    id="campaign.E004",
                )
            )
    elif settings.PRODUCTION:
        wrong.append(
            Warning(
                "No text messages are sent: volunteers cannot sign up with a one-time code.",
                hint="Set SMS_GATEWAY to the dotted path of a function (phone, text, key).",
                id="campaign.W001",
            )
        )
    if settings.PRODUCTION and not settings.REDIS_URL:
        wrong.append(
            Warning(
                "The queue is a folder, which serves one machine.",
                hint="Set REDIS_URL, such as redis://:password@127.0.0.1:6379/0, with appendonly on.",
                id="campaign.W002",
            )
        )
    if settings.PRODUCTION and "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        wrong.append(
            Warning(
                "The database is a file, which serves one machine.",
                hint="Set DATABASE_URL, such as postgres://portal:password@127.0.0.1/portal.",
                id="campaign.W003",
            )
        )
    return wrong


@register(Tags.database)
def the_year_is_known(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> Messages:
    """A deadline in a year whose holidays are unknown is a guess."""
    from campaign import calendar

    year = timezone.localdate().year
    if not _asked(databases) or _quietly(lambda: _is_empty() or calendar.is_known(year), True):
        return []
    return [
        Warning(
            f"The holidays and make-up days of {year} are unknown: deadlines take Monday to Friday as working days.",
            hint="Install a newer chinesecalendar and run the task campaign.fill_calendar, or enter calendar days.",
            id="campaign.W004",
        )
    ]


@register(Tags.database)
def goals_name_metrics_that_are_told(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> Messages:
    """A goal whose metric nobody counts stands at nought for ever."""
    from campaign import registry
    from campaign.models import Goal

    if not _asked(databases):
        return []
    today: datetime.date = timezone.localdate()
    rows = Goal.objects.exclude(metric__in=registry.metrics).filter(stage__last_day__gte=today)
    unknown = _quietly(lambda: sorted(set(rows.values_list("metric", flat=True))), [])
    return [
        Warning(
            f"A goal names the metric {metric!r}, which nobody tells.",
            hint="Choose another metric for the goal in the admin, or install the app that tells it.",
            id="campaign.W005",
        )
        for metric in unknown
    ]


@register(Tags.database)
def nobody_enters_with_the_demo(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> Messages:
    """The demo's people have a password that everyone can read."""
    from accounts.models import User

    if not (settings.PRODUCTION and _asked(databases)):
        return []
    if not _quietly(lambda: User.objects.filter(is_demo=True, is_active=True).exists(), False):
        return []
    return [
        Error(
            "Demo accounts can sign in.",
            hint="Start production on an empty database, or set is_active of every demo account to False.",
            id="campaign.E005",
        )
    ]


def _asked(databases: Sequence[str] | None) -> bool:
    return bool(databases) and "default" in (databases or ())


def _is_empty() -> bool:
    from campaign.models import Committee

    return not Committee.objects.exists()


def _quietly(ask: Any, otherwise: Any) -> Any:
    """What the database says; `otherwise` while its tables are not there yet."""
    try:
        return ask()
    except DatabaseError:
        return otherwise
