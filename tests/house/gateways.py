"""Ways of sending text messages that tests name as SMS_GATEWAY."""

sent: list[tuple[str, str, str]] = []


def send(phone: str, text: str, key: str) -> None:
    """Keeps the message instead of sending it."""
    sent.append((phone, text, key))


def refuse(phone: str, text: str, key: str) -> None:
    """A gateway that is down."""
    raise ConnectionError("the gateway is away")
