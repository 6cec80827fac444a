"""The admin of campaign, one file a subject. Importing this package registers them all."""

from campaign.admin import counting, goals, organisation, publicity, stories, works

__all__ = ["counting", "goals", "organisation", "publicity", "stories", "works"]
