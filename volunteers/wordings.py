"""What volunteers are told, and on which occasion. A street may word it anew (admin, “wordings of messages”)."""

from django.utils.translation import gettext_lazy as _

from campaign.registry import Wording, register

ACTIVITY = {
    "title": _("Friday labour"),
    "day": _("20 November, 9:00"),
    "place": _("at the community's gate"),
    "position": _("volunteer"),
}

register(
    Wording(
        "volunteers.promoted",
        _("A place became free for who waited"),
        _("A place is yours: {title}"),
        _("A place at “{title}” on {day} is yours now. Please come: {place}."),
        ACTIVITY,
    ),
    Wording(
        "volunteers.offered",
        _("A place is offered to who waits"),
        _("A place is kept for you: {title}"),
        _(
            "A place at “{title}” on {day} became free. It is kept for you until {until}. Take it or pass it on: {link}"
        ),
        {**ACTIVITY, "until": _("19 November, 12:00"), "link": _("in the portal")},
    ),
    Wording(
        "volunteers.brought",
        _("Somebody was signed up by a colleague"),
        _("You are signed up: {title}"),
        _(
            "{who} signed you up for “{title}” on {day}, {place}. If you cannot come, please say so in the portal."
        ),
        {**ACTIVITY, "who": _("your unit's liaison")},
    ),
    Wording(
        "volunteers.brought_to_wait",
        _("Somebody was put on the waiting list by a colleague"),
        _("You are on the waiting list: {title}"),
        _(
            "{who} put you on the waiting list of “{title}” on {day}. When a place becomes free you are asked."
        ),
        {**ACTIVITY, "who": _("your unit's liaison")},
    ),
    Wording(
        "volunteers.cancelled",
        _("An activity was cancelled"),
        _("Cancelled: {title}"),
        _("“{title}” on {day} is cancelled, please do not come. Why: {because}"),
        {**ACTIVITY, "because": _("heavy rain")},
        topic="activities",
        urgent=True,
    ),
    Wording(
        "volunteers.postponed",
        _("An activity was put off"),
        _("Another time: {title}"),
        _("“{title}” is now on {day}, {place}. If you cannot come then, please leave it in the portal."),
        ACTIVITY,
        topic="activities",
        urgent=True,
    ),
    Wording(
        "volunteers.published",
        _("An activity was published"),
        _("Volunteers wanted: {title}"),
        _("“{title}” on {day}, {place}. Sign up in the portal."),
        ACTIVITY,
        topic="activities",
        sms=False,
    ),
    Wording(
        "volunteers.tomorrow",
        _("The day before"),
        _("Tomorrow: {title}"),
        _("“{title}” on {day}, {place}. If you cannot come, please say so in the portal."),
        ACTIVITY,
    ),
    Wording(
        "volunteers.soon",
        _("Two hours before"),
        _("Today: {title}"),
        _("“{title}” begins at {day}, {place}."),
        ACTIVITY,
        urgent=True,
    ),
    Wording(
        "volunteers.thanks",
        _("After an activity"),
        _("Thank you: {title}"),
        _("Thank you for helping at “{title}”. {hours} hours stand in your record."),
        {"title": _("Friday labour"), "hours": "2"},
        sms=False,
    ),
)
