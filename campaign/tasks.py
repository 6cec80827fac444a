"""What the worker does for this app. A task calls a verb and adds nothing of its own."""

from celery import shared_task

from campaign import heartbeats


@shared_task(name="campaign.heartbeat")
def heartbeat() -> None:
    """Proves that a task sent by beat reaches a worker, which reaches the database."""
    heartbeats.say("worker")
