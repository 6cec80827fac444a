"""Taking a workbook in: read safely, check row by row, write all rows through their verb or none.

    COLUMNS = (Column("name", _("Name"), text(60), required=True), …)
    outcome = take(upload, COLUMNS, write, key=("name",), dry_run=False)

`write` is called with each `Line`, calls the subject's verb and says what came of it: NEW, CHANGED or SAME. A
second sending of the same file says SAME for every row, if the verb looks for what is there by the row's key.
"""

from campaign.imports.columns import Column, choice, day, moment, named, number, text, yes_no
from campaign.imports.taking import CHANGED, NEW, SAME, Line, Outcome, Problem, Reading, read, take, template

__all__ = [
    "CHANGED", "NEW", "SAME", "Column", "Line", "Outcome", "Problem", "Reading", "choice", "day", "moment",
    "named", "number", "read", "take", "template", "text", "yes_no",
]  # fmt: skip
