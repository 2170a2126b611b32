from __future__ import annotations

import threading

from shopwright.skills.plan.workers import Cancellation, Workers


def test_a_hung_job_takes_nobodys_place() -> None:
    workers, hang, done = Workers(kept=1), threading.Event(), threading.Semaphore(0)
    for _ in range(3):
        workers.submit(lambda: hang.wait(10) and None)
    for _ in range(5):
        workers.submit(lambda: done.release())
    assert all(done.acquire(timeout=5) for _ in range(5))
    hang.set()


def test_threads_are_used_again() -> None:
    workers, seen, done = Workers(), set(), threading.Event()

    def job() -> None:
        seen.add(threading.get_ident())
        done.set()

    for _ in range(20):
        done.clear()
        workers.submit(job)
        assert done.wait(5)
        while not workers._idle:
            pass
    assert len(seen) == 1


def test_a_cancellation_calls_once_also_when_it_comes_first() -> None:
    cancel, calls = Cancellation(), []
    cancel.on_cancel(lambda: calls.append("early"))
    cancel.cancel()
    cancel.cancel()
    cancel.on_cancel(lambda: calls.append("late"))
    assert calls == ["early", "late"]
    assert cancel.cancelled
