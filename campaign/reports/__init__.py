"""What the street says of a period: the year's report as data, on a page and in Word, and the article beside it."""

from campaign.reports.compare import Line, compare, count
from campaign.reports.outline import (
    Figures,
    Heading,
    Paragraph,
    Part,
    Report,
    Run,
    Table,
    lamp_word,
    number,
    of_year,
)
from campaign.reports.word import as_word

__all__ = [
    "Figures",
    "Heading",
    "Line",
    "Paragraph",
    "Part",
    "Report",
    "Run",
    "Table",
    "as_word",
    "compare",
    "count",
    "lamp_word",
    "number",
    "of_year",
]
