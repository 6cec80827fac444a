"""How a verb says no."""


class Refused(Exception):
    """What was asked cannot be done now; the message is a sentence for the person, saying what to do.

    Pages show it as a form error with a 4xx answer, the API as 409, the admin as a warning. `code` names
    the reason for programs.
    """

    def __init__(self, message: object, code: str = "refused") -> None:
        super().__init__(message)
        self.message = message
        self.code = code

    def __str__(self) -> str:
        return str(self.message)
