"""What the same machine does at best: the bare SQL of each work, on kept connections.

Transactions are sent by pgbench, the database's own load generator, where it came with the server; else by
psycopg2, which is slower and flatters the portal (the row then says so).
"""

import io
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg2

from tests.load.clients import Seen, in_processes
from tests.load.rows import Wrong


def like(url: str, *tables: str) -> None:
    """Makes in the schema `bench` a bare twin of each of the portal's tables: its keys and indexes, and no foreign keys."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE SCHEMA IF NOT EXISTS bench; CREATE SEQUENCE IF NOT EXISTS bench.n START 100000"
        )
        for table in tables:
            cursor.execute(
                f"DROP TABLE IF EXISTS bench.{table}; CREATE TABLE bench.{table} (LIKE {table} INCLUDING ALL)"
            )
    connection.close()


def transactions(url: str, program: Path | None, statements: Sequence[str], clients: int, each: int) -> float:
    """Transactions a second: `clients` connections run all `statements` in one transaction, `each` times."""
    if program is None:
        return in_processes(_transact, [(url, list(statements), each)] * clients).per_second
    script = (
        "BEGIN;\n" + "".join(f"{' '.join(statement.split())};\n" for statement in statements) + "COMMIT;\n"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        command = [
            program,
            "--no-vacuum",
            "--client",
            str(clients),
            "--jobs",
            "2",
            "--transactions",
            str(each),
            "--file",
            file.name,
            url,
        ]
        said = subprocess.run(command, capture_output=True, text=True)
    if said.returncode or (" 0 (0.000%)" not in said.stdout and "failed" in said.stdout):
        raise Wrong(f"pgbench failed: {(said.stderr or said.stdout)[-300:]}")
    return float(re.search(r"tps = ([\d.]+)", said.stdout)[1])


def _transact(url: str, statements: list[str], each: int) -> tuple[list[int], list[float]]:
    connection = psycopg2.connect(url)
    cursor = connection.cursor()
    times = []
    for _turn in range(each):
        begun = time.perf_counter()
        for sql in statements:
            cursor.execute(sql)
        connection.commit()
        times.append(time.perf_counter() - begun)
    connection.close()
    return [200] * each, times


def reads(url: str, sql: str, each: int) -> float:
    """Median seconds in which one kept connection reads all rows of `sql`."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    cursor = connection.cursor()
    times = []
    for _turn in range(each):
        begun = time.perf_counter()
        cursor.execute(sql)
        cursor.fetchall()
        times.append(time.perf_counter() - begun)
    connection.close()
    return Seen([200] * each, times, sum(times)).median


def copy(url: str, table: str, select: str) -> tuple[float, int]:
    """Rows a second that COPY writes into the bare twin of `table`, and how many: the rows that `select` gives."""
    connection = psycopg2.connect(url)
    cursor, text = connection.cursor(), io.StringIO()
    cursor.copy_expert(f"COPY ({select}) TO STDOUT", text)
    text.seek(0)
    cursor.execute(f"TRUNCATE bench.{table}")
    connection.commit()
    begun = time.perf_counter()
    cursor.copy_expert(f"COPY bench.{table} FROM STDIN", text)
    connection.commit()
    took, rows = time.perf_counter() - begun, cursor.rowcount
    connection.close()
    return rows / took, rows


def timed(work: Callable[[], Any]) -> float:
    """Seconds that `work` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
