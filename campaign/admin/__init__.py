"""The admin of campaign, one file a subject. Importing this package registers them all."""

from django.contrib import admin
from django.contrib.auth.models import Group

from campaign.admin import counting, goals, messages, organisation, people, publicity, stories, works

__all__ = ["counting", "goals", "messages", "organisation", "people", "publicity", "stories", "works"]

# What a person may do follows from appointments; a second place to give rights would be one too many.
if admin.site.is_registered(Group):
    admin.site.unregister(Group)
