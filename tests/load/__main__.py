"""`python -m tests.load`: what bin/bench runs once its environment stands."""

import argparse
import signal
import sys
import time
from pathlib import Path

from tests.load import rows
from tests.load.machine import Watch, load_average


def main(arguments: list[str]) -> int:
    """Measures the works that are asked for, prints and writes them; 1 when one came out wrong."""
    from tests.load.works import LONG, WORKS

    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=[*WORKS], metavar="WORK", help=", ".join(WORKS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    wish = parser.parse_args(arguments)
    chosen = wish.only or [name for name in WORKS if name not in LONG]

    from tests.load import stage

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers end and the folder goes
    began = time.monotonic()
    print(f"Setting the stage (load of the machine: {load_average():.1f})", flush=True)
    done: list[rows.Row] = []
    with stage.set_up() as here:
        from tests.load.street import Street  # only now: it imports the models

        scene = Street()
        for name in WORKS:  # in their own order: some add to the scene what others must not see
            if name not in chosen:
                continue
            watch = Watch()
            row = rows.measure(
                rows.Row(name), lambda row, name=name, watch=watch: WORKS[name](row, here, scene, watch)
            )
            watch.lap()
            row.busy = round(watch.others_at_most, 3)
            done.append(row)
            if row.wrong:
                print(here.last_words(), flush=True)
            print(f"[{time.monotonic() - began:4.0f} s] {_tell(row)}", flush=True)
    print(f"\n{rows.table(done)}\n")
    for row in done:
        if row.note or row.wrong:
            print(f"{row.work}: {row.wrong and 'WRONG: ' + row.wrong} {row.note}".replace(":  ", ": "))
    if busy := [row.work for row in done if (row.busy or 0) > 0.1]:
        print(f"The machine was busy with something else (more than 10 % of it) during: {', '.join(busy)}.")
    if wish.json:
        rows.as_json(done, wish.json)
    return rows.status(done)


def _tell(row: rows.Row) -> str:
    if row.wrong:
        return f"{row.work}: WRONG: {row.wrong}"
    if row.portal is None:
        return f"{row.work}: {row.note}"
    busy = f", others took {row.busy:.0%} of the machine" if row.busy and row.busy > 0.1 else ""
    return f"{row.work}: {row.portal:.4g} {row.unit}, limit {row.limit:.4g}, ratio {row.ratio:.3g} ({row.goal}){busy}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
