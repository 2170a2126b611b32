from __future__ import annotations

import threading

from shopwright.catalog.background import Background


def test_it_works_again_and_again_and_once_more_at_the_end() -> None:
    done = threading.Event()
    times: list[str] = []

    def work() -> None:
        times.append(threading.current_thread().name)
        if len(times) > 2:
            done.set()

    background = Background(work, 0.001, "writer")
    background.start()
    background.start()  # one thread
    assert done.wait(10)
    background.close()
    assert times[-1] == threading.current_thread().name
    assert set(times[:-1]) == {"writer"}
    assert all(thread.name != "writer" for thread in threading.enumerate())


def test_closed_it_does_not_begin() -> None:
    times: list[int] = []
    background = Background(lambda: times.append(1), 0.001, "writer")
    background.close()
    background.start()
    assert times == [1]
    assert all(thread.name != "writer" for thread in threading.enumerate())
