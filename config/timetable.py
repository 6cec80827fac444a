"""Every periodic job of the portal, one screen. Each is a doorbell: missing a ring loses nothing,

because every task looks for all that is due since its own watermark.
"""

from celery.schedules import crontab

MINUTE = 60.0

TIMETABLE = {
    "a worker is alive": {"task": "campaign.heartbeat", "schedule": 30.0},
    "counts follow the facts": {"task": "campaign.count_marked_days", "schedule": 5.0},
    "messages go out": {"task": "campaign.drain_outbox", "schedule": 20.0},
    "patrols of the next 14 days": {"task": "grids.schedule_patrols", "schedule": 5 * MINUTE},
    "patrols whose window has passed": {"task": "grids.note_missed_patrols", "schedule": MINUTE},
    "deadlines and whom they are told to": {"task": "grids.run_clocks", "schedule": MINUTE},
    "steps with many cases go on": {"task": "grids.advance_batches", "schedule": 15.0},
    "activities of every series": {"task": "volunteers.schedule_activities", "schedule": 5 * MINUTE},
    "waiting lists move up": {"task": "volunteers.promote_waiting", "schedule": MINUTE},
    "working days of the coming year": {
        "task": "campaign.fill_calendar",
        "schedule": crontab(hour=2, minute=10),
    },
    "unread messages of the day by e-mail": {
        "task": "campaign.send_digests",
        "schedule": crontab(hour="8-20", minute=30),
    },
    "who came by code has left": {"task": "volunteers.end_attendances", "schedule": 5 * MINUTE},
    "reminders of activities": {"task": "volunteers.send_reminders", "schedule": 5 * MINUTE},
    "stars for hours served": {"task": "volunteers.award_stars", "schedule": crontab(hour=3, minute=20)},
    "nightly audit of the counts": {"task": "campaign.audit_tallies", "schedule": crontab(hour=2, minute=40)},
}
