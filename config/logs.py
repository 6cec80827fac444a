"""Keeps personal data out of the log, whoever writes the line."""

import logging
import re

PHONE = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)")
IDENTITY = re.compile(r"(?<!\d)\d{14}(\d{3}[\dXx])(?!\d)")


class HidePersonalData(logging.Filter):
    """Masks mainland phone and identity numbers in every message before it is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = IDENTITY.sub(r"**************\1", PHONE.sub(r"\1****\2", message))
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True
