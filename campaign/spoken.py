"""Codes that people read out, write down and type in: drawn at random, without signs that look alike."""

import random
import secrets

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""without 0 O 1 I L"""


def code(length: int, rng: random.Random | None = None) -> str:
    """So many signs, five bits each. `rng` is for the demo alone, whose codes need not be secret."""
    choice = rng.choice if rng else secrets.choice
    return "".join(choice(SIGNS) for _sign in range(length))


def heard(text: str) -> str:
    """A code as people type it: small letters, blanks and dashes between."""
    return "".join(sign for sign in text.upper() if sign.isalnum())[:20]
