"""bin/bench finds a wrong result. None of these tests is judged by the clock."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.utils import timezone

from tests.load import rows, visits, works
from tests.load.clients import Knock, Seen, knock
from tests.load.machine import family, memory
from tests.load.rows import Goal, NotYet, Row, Wrong
from tests.load.street import Street
from volunteers.models import Position, Signup

pytestmark = pytest.mark.load


def position_with(places: int, people: int, counter: int) -> Position:
    """A position whose rows and counter say what they should not, written past the verbs."""
    street = Street()
    (position,) = street.positions(1, places)
    for volunteer in street.volunteers(people):
        Signup.objects.create(
            activity=position.activity,
            position=position,
            volunteer=volunteer,
            state=Signup.State.CONFIRMED,
            joined_at=timezone.now(),
            day=position.activity.day,
        )
    Position.objects.filter(pk=position.pk).update(taken=counter)
    return position


class TestWrongResults:
    @pytest.mark.django_db
    def test_more_people_than_places_are_found(self) -> None:
        with pytest.raises(Wrong, match="more people than places"):
            visits.check_places([position_with(places=2, people=3, counter=2)])

    @pytest.mark.django_db
    def test_a_counter_that_drifted_is_found(self) -> None:
        with pytest.raises(Wrong, match="counter"):
            visits.check_places([position_with(places=5, people=3, counter=2)])

    @pytest.mark.django_db
    def test_a_sign_up_that_was_answered_and_lost_is_found(self) -> None:
        with pytest.raises(Wrong, match="4 sign-ups were answered, 3 are there"):
            visits.check_places([position_with(places=5, people=3, counter=3)], accepted=4)

    @pytest.mark.django_db
    def test_right_places_pass(self) -> None:
        visits.check_places([position_with(places=3, people=3, counter=3)], accepted=3)

    def test_an_error_among_many_answers_is_found(self) -> None:
        with pytest.raises(Wrong, match="1 of 3 answers were \\[500\\]"):
            Seen([200, 500, 200], [0.1] * 3, 0.3).expect(200)

    def test_what_is_wrong_fails_the_run_and_what_is_slow_or_not_there_does_not(self) -> None:
        def wrong(row: Row) -> Row:
            raise Wrong("an over-filled activity")

        def missing(row: Row) -> Row:
            raise NotYet("there is no page /dashboard/ yet")

        def slow(row: Row) -> Row:
            return rows.from_rounds(row, [(1000.0, 1.0)] * 3, Goal(at_least=0.5))

        good = [rows.measure(Row("slow"), slow), rows.measure(Row("missing"), missing)]
        assert rows.status(good) == 0
        assert (good[0].met, good[1].met) == (False, None)
        assert "no page /dashboard/" in good[1].note
        assert rows.status([*good, rows.measure(Row("wrong"), wrong)]) == 1

    def test_a_work_that_breaks_is_wrong_and_loses_no_other_row(self) -> None:
        def broken(row: Row) -> Row:
            raise ZeroDivisionError("a mistake in the portal")

        row = rows.measure(Row("broken"), broken)
        assert "a mistake in the portal" in row.wrong
        assert rows.status([row]) == 1


class TestFigures:
    def test_a_row_holds_medians_ratio_and_the_goal(self) -> None:
        row = rows.from_rounds(Row("signup_hot"), [(100, 10), (1000, 30), (200, 20)], Goal(at_least=0.1))
        assert (row.limit, row.portal, row.ratio, row.met) == (200, 20, 0.1, True)

    def test_a_goal_of_at_most_is_missed_by_more(self) -> None:
        assert rows.from_rounds(Row("list"), [(1, 4.1)], Goal(at_most=4)).met is False
        assert rows.alone(Row("memory"), [900], Goal(at_most=800, of="portal")).met is False

    def test_too_many_statements_miss_a_goal_that_names_them(self) -> None:
        row = rows.from_rounds(Row("dashboard", queries=9), [(1, 2)], Goal(at_most=4, queries=8))
        assert (row.goal, row.met) == ("≤ 4×, ≤ 8 SQL", False)

    def test_the_file_holds_every_row_with_the_keys_that_were_agreed(self, tmp_path: Path) -> None:
        rows.as_json([Row("one"), Row("two", met=True)], tmp_path / "bench.json")
        written = json.loads((tmp_path / "bench.json").read_text())
        assert [row["work"] for row in written] == ["one", "two"]
        assert {"work", "portal", "limit", "ratio", "goal", "met"} <= written[0].keys()


class TestClients:
    def test_every_knock_is_answered_over_kept_connections(self) -> None:
        with server([200, 302, 404]) as (port, asked):
            seen = knock(
                port, [Knock(f"/{number}", body="a=b" if number % 2 else "") for number in range(30)], 3
            )
        assert len(seen.answers) == len(asked) == 30
        assert {seen.count(status) for status in (200, 302, 404)} == {10}
        assert sorted(asked) == sorted(f"/{number}" for number in range(30))

    def test_an_answer_that_never_came_is_no_success(self) -> None:
        with server([200]) as (port, _asked):
            pass  # it is gone
        assert knock(port, [Knock("/")] * 2, 1).answers == [0, 0]


def test_the_family_of_a_process_has_memory() -> None:
    assert os.getpid() in family()
    pss, rss = memory(os.getpid())
    assert 1 < pss <= rss


def test_every_work_is_named_once_and_says_what_it_measures() -> None:
    assert len(works.WORKS) > 10
    assert all(work.__doc__ for work in works.WORKS.values())


@contextmanager
def server(statuses: list[int]) -> Iterator[tuple[int, list[str]]]:
    """A small web server that answers with the statuses, by the number in the path."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(statuses[int(self.path[1:] or 0) % len(statuses)])
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")

        do_POST = do_GET

        def log_message(self, *words: object) -> None:
            pass

    web = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    try:
        yield web.server_port, asked
    finally:
        web.shutdown()
        web.server_close()
