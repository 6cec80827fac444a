"""Reads one workbook from standard input and writes its first sheet as JSON. Run as a program, never imported.

It stands apart in a process with little memory and little time, so that a file which is built to exhaust its
reader exhausts this one alone. It knows nothing of the portal. Arguments: most rows, most columns, bytes of
memory, seconds.
"""

import datetime
import io
import json
import resource
import sys

TOO_MANY_ROWS, TOO_MANY_COLUMNS, UNREADABLE = 3, 4, 5


def told(value: object) -> object:
    """A cell's value as JSON tells it; days and moments as a pair."""
    if isinstance(value, datetime.datetime):
        return ["moment", value.isoformat()]
    if isinstance(value, datetime.date):
        return ["day", value.isoformat()]
    if isinstance(value, datetime.time | datetime.timedelta):
        return str(value)
    return value


def main() -> int:
    from python_calamine import CalamineWorkbook

    most_rows, most_columns, memory, seconds = (int(argument) for argument in sys.argv[1:5])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        sheet = book.get_sheet_by_index(0)
        if sheet.end is None:
            rows: list[list[object]] = []
        else:
            if sheet.end[1] >= most_columns:
                return TOO_MANY_COLUMNS
            if sheet.end[0] >= most_rows:
                return TOO_MANY_ROWS
            rows = sheet.to_python(skip_empty_area=False)  # so that row and column keep their address
        json.dump([[told(value) for value in row] for row in rows], sys.stdout)
    except BaseException:  # readers panic in many ways on hostile files, and all mean the same
        return UNREADABLE
    return 0


if __name__ == "__main__":
    sys.exit(main())
