"""A person goes: the account stays as a row that history points to, without anything that tells of the person."""

from accounts.models import User


def anonymise(user: User, called: str) -> None:
    """Close the account for good: no name, no number, no way in. `called` stands in place of the name.

    The number becomes one that no telephone has and no message is sent to. The caller has checked that the
    account is no longer needed and runs in a transaction.
    """
    user.name, user.phone, user.is_active = called, nobodys_number(user.pk), False
    user.set_unusable_password()
    user.save(update_fields=["name", "phone", "is_active", "password"])


def nobodys_number(key: int) -> str:
    """Eleven digits that are no mobile number, one for each key."""
    return f"0{key:010d}"
