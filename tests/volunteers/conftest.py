import pytest

from tests.cast import cast

__all__ = ["cast"]


@pytest.fixture
def at_once(settings: object) -> None:
    """A street that does not ask: who waits gets a free place at once."""
    settings.OFFER_MINUTES = 0
