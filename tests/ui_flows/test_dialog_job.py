"""Work of a small dialog: it can be stopped, says how it ended, and is never called stopped
where it was done all the same."""

import pytest

from db.errors import Cancelled, DiskFull
from ui.dialogs.job import DialogJob
from ui.dialogs.small import SmallDialog


@pytest.fixture
def job(tasks, shown):
    dialog = shown(SmallDialog("Work"))
    made = DialogJob(dialog, tasks)
    dialog.body.addWidget(made.strip)
    made.dialog, made.seen, made.came = dialog, [], []
    made.busy.connect(made.seen.append)
    return made


def test_work_tells_how_far_it_is_and_what_came_of_it(job, qtbot):
    def work(watched):
        watched["progress"]("Packing", 3, 3)
        assert not watched["cancelled"]()
        return 7

    job.run(work, job.came.append, "Beginning")
    qtbot.waitUntil(lambda: job.came == [7])
    assert job.seen == [True, False]
    assert not job.strip.isVisible()
    assert job.dialog.problem.sentence == ""


def test_stopped_it_is_busy_until_it_has_and_says_so(job, qtbot):
    def work(watched):
        while not watched["cancelled"]():
            pass
        raise Cancelled("Between two files.")

    job.run(work, job.came.append, "Beginning")
    assert job.seen == [True]
    assert job.strip._cancel.isVisible()
    job.strip.cancelled.emit()
    assert job.seen == [True], "nothing else begins while it comes to its end"
    assert "Stopping…" in job.strip.accessibleName()
    qtbot.waitUntil(lambda: job.seen == [True, False])
    assert job.dialog.problem.sentence.startswith("Stopped. What was done so far is kept")
    assert job.came == []
    job.run(lambda _w: 1, job.came.append, "Again")
    qtbot.waitUntil(lambda: job.came == [1])
    assert job.dialog.problem.sentence == ""


def test_what_cannot_be_taken_back_offers_no_stopping(job, qtbot):
    job.run(lambda _w: 1, job.came.append, "Leaving", stoppable=False)
    assert not job.strip._cancel.isVisible()
    qtbot.waitUntil(lambda: job.came == [1])


def test_what_went_wrong_is_said_as_it_stands(job, qtbot):
    told = []
    job.failed.connect(lambda: told.append(True))

    def work(_watched):
        raise DiskFull("The stick is full. Nothing was written.")

    job.run(work, job.came.append, "Beginning")
    qtbot.waitUntil(lambda: told == [True])
    assert job.dialog.problem.sentence == "The stick is full. Nothing was written."
    assert job.seen == [True, False]
