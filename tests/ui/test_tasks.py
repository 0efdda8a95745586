"""Long work: in order, reported, stopped, never delivered to who is gone."""

import threading

import pytest
from PySide6.QtCore import QObject

from db.errors import Cancelled, InvalidInput
from ui.tasks import Tasks


class Asker(QObject):
    """Somebody who asks and is answered."""

    def __init__(self):
        super().__init__()
        self.answers, self.errors, self.steps, self.threads = [], [], [], set()

    def done(self, value):
        self.threads.add(threading.current_thread())
        self.answers.append(value)

    def failed(self, error):
        self.errors.append(error)

    def step(self, how_far):
        self.steps.append(how_far)


def idle(qtbot, tasks):
    qtbot.waitUntil(lambda: not tasks.busy)


def test_writes_run_in_order_and_answer_on_the_window_s_thread(tasks, qtbot):
    asker, order = Asker(), []

    def job(number):
        return lambda _ticket: order.append(number) or number

    for number in range(20):
        tasks.write(job(number), asker.done)
    idle(qtbot, tasks)
    assert order == asker.answers == list(range(20))
    assert asker.threads == {threading.main_thread()}


def test_progress_is_told_and_a_cancelled_job_says_so(tasks, qtbot):
    asker, begun, go_on = Asker(), threading.Event(), threading.Event()

    def job(ticket):
        ticket.progress(1, 10, "Importing")
        begun.set()
        go_on.wait(60)
        ticket.check()

    ticket = tasks.write(job, asker.done, asker.failed, asker.step)
    qtbot.waitUntil(lambda: asker.steps == [(1, 10, "Importing")])
    ticket.cancel()
    go_on.set()
    idle(qtbot, tasks)
    assert asker.answers == []
    assert isinstance(asker.errors[0], Cancelled)


def test_a_newer_request_of_the_same_key_stops_the_older(tasks, qtbot):
    asker, go_on = Asker(), threading.Event()
    tasks.read(lambda _reader: go_on.wait(60), asker.done, asker.failed, key="list")
    tasks.read(lambda _reader: "new", asker.done, asker.failed, key="list")
    go_on.set()
    idle(qtbot, tasks)
    assert (asker.answers, asker.errors) == (["new"], [])


def test_a_running_query_is_interrupted(tasks, qtbot):
    asker, begun = Asker(), threading.Event()
    endless = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    )

    def job(reader):
        begun.set()
        return reader.sql(endless)

    ticket = tasks.read(job, asker.done, asker.failed, key="slow")
    qtbot.waitUntil(begun.is_set)

    def stopped():
        ticket.cancel()
        return ticket.finished

    qtbot.waitUntil(stopped)
    assert asker.answers == []
    tasks.read(lambda reader: reader.sql("SELECT 1"), asker.done)
    idle(qtbot, tasks)
    assert asker.answers == [[(1,)]]


def test_who_is_gone_is_not_called(tasks, qtbot):
    gone, go_on = Asker(), threading.Event()
    answers = gone.answers
    tasks.read(lambda _reader: go_on.wait(60), gone.done)
    gone.deleteLater()
    del gone
    go_on.set()
    idle(qtbot, tasks)
    assert answers == []


def test_an_error_nobody_takes_is_told_to_the_window(tasks, qtbot):
    def job(_ticket):
        raise InvalidInput("Name is needed.")

    with qtbot.waitSignal(tasks.trouble) as told:
        tasks.write(job)
    assert told.args[0].sentence == "Name is needed."


def test_a_fault_of_ours_is_logged_and_told(tasks, qtbot, expect_log):
    expect_log("A job failed")

    def job(_ticket):
        raise ZeroDivisionError

    with qtbot.waitSignal(tasks.trouble) as told:
        tasks.write(job)
    assert isinstance(told.args[0], ZeroDivisionError)


def test_closing_finishes_the_writes_and_ends_the_threads(bench, qtbot):
    tasks, written = Tasks(bench.store), []
    for number in range(5):
        tasks.write(lambda _t, n=number: written.append(n))
    tasks.close()
    tasks.close()
    assert written == [0, 1, 2, 3, 4]
    names = {thread.name for thread in threading.enumerate()}
    assert not names & {"writer", "team", "reader 1", "reader 2"}


@pytest.mark.parametrize("jobs", [1, 50])
def test_busy_is_told_once_each_way(tasks, qtbot, jobs):
    told = []
    tasks.busy_changed.connect(told.append)
    for _ in range(jobs):
        tasks.write(lambda _t: None)
    idle(qtbot, tasks)
    assert told == [True, False]


# -- exchanges and the team --------------------------------------------------------------------


def test_saving_goes_on_beside_an_exchange_and_the_team_s_acts_follow_it(tasks, qtbot):
    let_go, told = threading.Event(), []
    exchange = tasks.team(lambda _t: let_go.wait(60) and "exchanged", told.append, goes_on=True)
    approval = tasks.team(lambda _t: "approved", told.append)
    tasks.write(lambda _t: "saved", told.append)
    tasks.flush()
    assert told == ["saved"]
    assert tasks.busy
    assert not exchange.finished
    assert not approval.finished
    let_go.set()
    idle(qtbot, tasks)
    assert told == ["saved", "exchanged", "approved"]


def test_listeners_hear_that_an_exchange_wrote(tasks, qtbot):
    wrote = []
    tasks.wrote.connect(lambda: wrote.append(True))
    tasks.team(lambda _t: None, goes_on=True)
    idle(qtbot, tasks)
    assert wrote == [True]


def test_closing_stops_an_exchange_and_finishes_what_is_noted_of_the_team(bench, qtbot):
    tasks, begun, noted = Tasks(bench.store), threading.Event(), []

    def exchange(ticket):
        begun.set()
        while True:
            ticket.check()

    tasks.team(exchange, goes_on=True)
    tasks.team(lambda ticket: noted.append(ticket.cancelled))
    qtbot.waitUntil(begun.is_set)
    tasks.close()
    assert noted == [False]
    assert "team" not in {thread.name for thread in threading.enumerate()}


# -- apart -------------------------------------------------------------------------------------


def test_what_waits_for_a_server_holds_up_no_other_job(tasks, qtbot):
    let_go, told = threading.Event(), []
    tasks.apart(lambda _t: let_go.wait(60), told.append)
    tasks.write(lambda _t: "written", told.append)
    tasks.read(lambda _r: "read", told.append)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert not tasks.busy
    let_go.set()
    qtbot.waitUntil(lambda: len(told) == 3)


def test_what_is_stopped_breaks_off_its_wait_and_tells_nothing(tasks, qtbot):
    stopped, begun, told = threading.Event(), threading.Event(), []

    def job(ticket):
        ticket.stops_by(stopped.set)
        begun.set()
        assert stopped.wait(60)
        raise ConnectionError

    ticket = tasks.apart(job, told.append, told.append)
    qtbot.waitUntil(begun.is_set)
    ticket.cancel()
    qtbot.waitUntil(lambda: ticket.finished)
    assert told == []


def test_stopped_before_it_could_say_how_it_stops_at_once(tasks, qtbot):
    begun, told = threading.Event(), []

    def job(ticket):
        assert begun.wait(60)
        ticket.stops_by(lambda: told.append("stopped"))

    ticket = tasks.apart(job)
    ticket.cancel()
    begun.set()
    qtbot.waitUntil(lambda: ticket.finished)
    assert told in (["stopped"], [])  # none where it was stopped before it began


def test_trouble_apart_is_told(tasks, qtbot):
    told = []

    def job(_ticket):
        raise InvalidInput("Held.")

    tasks.apart(job, None, told.append)
    qtbot.waitUntil(lambda: len(told) == 1)
    assert told[0].sentence == "Held."


def test_closing_stops_what_is_apart(bench, qtbot):
    tasks, stopped = Tasks(bench.store), threading.Event()
    begun = threading.Event()

    def job(ticket):
        ticket.stops_by(stopped.set)
        begun.set()
        stopped.wait(60)

    tasks.apart(job)
    qtbot.waitUntil(begun.is_set)
    tasks.close()
    assert stopped.is_set()
