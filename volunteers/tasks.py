"""What the worker does for this app. A task calls a verb and adds nothing of its own."""

from celery import shared_task

from volunteers import activities, door, reminders, stars, waiting


@shared_task(name="volunteers.schedule_activities")
def schedule_activities() -> int:
    """Every series has its activities of the next 14 days; what was missed is made up."""
    return activities.schedule()


@shared_task(name="volunteers.promote_waiting")
def promote_waiting() -> int:
    """Offers that nobody took are passed on, and nobody waits beside a free place."""
    return waiting.sweep()


@shared_task(name="volunteers.award_stars")
def award_stars() -> int:
    """Notices that ended are confirmed, new ones begin. Who was passed over in a night is found in the next."""
    return stars.confirm() + stars.propose()


@shared_task(name="volunteers.send_reminders")
def send_reminders() -> int:
    """Who has a place in what begins soon is reminded, once a day before and once shortly before."""
    return reminders.send()


@shared_task(name="volunteers.end_attendances")
def end_attendances() -> int:
    """Who came by code to what is over stayed to its planned end."""
    return door.end_by_itself()
