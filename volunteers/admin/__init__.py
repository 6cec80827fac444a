"""The admin of volunteering, one file a subject. Importing this package registers them all."""

from volunteers.admin import activities, organisation, party, people, recognition, service

__all__ = ["activities", "organisation", "party", "people", "recognition", "service"]
