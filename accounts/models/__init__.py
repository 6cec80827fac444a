from accounts.models.access import PersonalDataAccess
from accounts.models.code import OneTimeCode
from accounts.models.user import User

__all__ = ["OneTimeCode", "PersonalDataAccess", "User"]
