"""Whatever is killed, and whenever: nothing is lost, nothing doubled, nothing half-written."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from learndyn.sweeps import LocalProcesses, load_sweep, sweep
from learndyn.sweeps.grid import Point

from . import functions
from .run_logged import run

ROOT = Path(__file__).parents[2]
IN_FLIGHT = 4  # what run_logged allows

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")


@pytest.fixture
def environment(monkeypatch):
    monkeypatch.setenv("SWEEP_LOG", os.devnull)
    monkeypatch.setenv("SWEEP_PAUSE", "0")
    return monkeypatch


def undisturbed(count):
    with ThreadPoolExecutor(1) as pool:
        return sweep(functions.logged, {"a": range(count)}, executor=pool, progress=False)


def rows(store):
    """What is in the file, key by key, in the order in which it came; checked by SQLite itself."""
    if not store.exists():
        return []
    database = sqlite3.connect(store)
    try:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return []
        return database.execute("SELECT key, status, result FROM points ORDER BY rowid").fetchall()
    finally:
        database.close()


def executed(log):
    return log.read_bytes().split(b"\n")[:-1] if log.exists() else []


def number(key):
    """The line that the point with this key logs."""
    return str(Point.from_key(key).values["a"]).encode()


def same_bits(one, other):
    assert one.done.all() and other.done.all()
    assert one.arrays.keys() == other.arrays.keys()
    for name, array in one.arrays.items():
        assert array.dtype == other[name].dtype and array.shape == other[name].shape
        assert all(
            np.asarray(a).tobytes() == np.asarray(b).tobytes()
            for a, b in zip(array.ravel(), other[name].ravel(), strict=True)
        )


def start(store, log, count, pause, kind):
    arguments = [str(store), str(log), str(count), str(pause), kind]
    return subprocess.Popen([sys.executable, "-m", "tests.sweeps.run_logged", *arguments], cwd=ROOT)


def wait_until_it_works(process, log, points=1):
    while len(executed(log)) < points and process.poll() is None:
        time.sleep(0.002)


@pytest.mark.parametrize(("kind", "kills", "count"), [("processes", 15, 300), ("threads", 20, 400)])
def test_a_run_that_is_killed_at_any_moment_loses_only_what_was_in_flight(
    tmp_path, environment, kind, kills, count
):
    store = tmp_path / "store.sqlite"
    rng = np.random.default_rng(kills)
    kept, repeated = [], 0
    killed = finished = 0
    while killed < kills:
        log = tmp_path / f"log-{killed}"
        process = start(store, log, count, 0.02, kind)
        if rng.random() < 0.85:
            wait_until_it_works(process, log, points=rng.integers(1, 9))
            time.sleep(0.01 * rng.random())
        else:  # also before anything has begun
            time.sleep(0.5 * rng.random())
        process.kill()
        if process.wait() == 0:
            finished += 1
            break
        killed += 1
        before, kept = kept, rows(store)
        ran = Counter(executed(log))
        assert kept[: len(before)] == before, "what was stored is there, as it was"
        assert len({key for key, *_ in kept}) == len(kept), "nothing is there twice"
        assert all(status == "done" and result for _, status, result in kept)
        assert not ran.keys() & {number(key) for key, *_ in before}, "what was stored is not run again"
        assert max(ran.values(), default=1) == 1
        unsaved = ran.keys() - {number(key) for key, *_ in kept}
        assert len(unsaved) <= IN_FLIGHT
        repeated += len(unsaved)
    assert killed == kills and not finished, "the sweep is too small for so many kills"
    assert 0 < len(kept) < count
    log = tmp_path / "log-last"
    environment.setenv("SWEEP_LOG", str(log))
    with ThreadPoolExecutor(2) as pool:
        result = run(store, str(log), count, "0", pool)
    assert len(executed(log)) == count - len(kept), "running again finishes only what is missing"
    total = sum(len(executed(file)) for file in tmp_path.glob("log-*"))
    assert total == count + repeated
    same_bits(result, undisturbed(count))
    same_bits(load_sweep(store), result)


def test_a_worker_that_is_killed_at_any_moment_costs_only_its_own_point(tmp_path, environment):
    count, kills = 150, 20
    store, log = tmp_path / "store.sqlite", tmp_path / "log"
    rng = np.random.default_rng(1)
    killed = []
    ended = threading.Event()

    def kill_workers(pool):
        due = 1
        while len(killed) < kills and not ended.is_set():
            time.sleep(0.1 * rng.random())
            running = pool.processes()
            ran = len(executed(log))
            if ran < due or not running:
                continue
            victim = int(rng.choice(running))  # at work, between two points, or just starting
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                continue
            killed.append(victim)
            due = ran + rng.integers(1, 6)

    environment.setenv("SWEEP_LOG", str(log))
    environment.setenv("SWEEP_PAUSE", "0.2")
    with LocalProcesses(2) as pool:
        killer = threading.Thread(target=kill_workers, args=(pool,))
        killer.start()
        try:
            result = sweep(
                functions.logged,
                {"a": range(count)},
                store=store,
                executor=pool,
                attempts=50,
                progress=False,
            )
        finally:
            ended.set()
            killer.join()
    assert len(killed) == kills
    kept = rows(store)
    assert len(kept) == len({key for key, *_ in kept}) == count
    ran = Counter(executed(log))
    assert count < ran.total() <= count + kills, "each kill repeats one point at most, and some do"
    environment.setenv("SWEEP_LOG", os.devnull)
    environment.setenv("SWEEP_PAUSE", "0")
    same_bits(result, undisturbed(count))


def test_workers_end_when_the_run_is_killed(tmp_path, environment):
    log = tmp_path / "log"
    process = start(tmp_path / "store", log, 4, 10_000, "processes")  # far longer than the test waits
    wait_until_it_works(process, log)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        process.kill()
        process.wait()
        pytest.skip("needs /proc to find a process's children")
    threads = Path(f"/proc/{process.pid}/task").glob("*/children")
    workers = [int(pid) for file in threads for pid in file.read_text().split()]
    process.kill()
    process.wait()
    assert workers
    deadline = time.monotonic() + 60
    while any(alive(pid) for pid in workers):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_an_interrupt_keeps_what_is_finished_and_says_how_to_go_on(tmp_path, environment):
    store, log = tmp_path / "store", tmp_path / "log"
    arguments = [str(store), str(log), "1000", "0.02", "processes"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.sweeps.run_logged", *arguments],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while len(executed(log)) < 20:
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: workers get it too
    message = process.communicate(timeout=60)[1]
    assert process.returncode != 0
    kept = rows(store)
    assert len(executed(log)) - IN_FLIGHT <= len(kept)
    assert f"{len(kept)} of 1,000 points are in {store}; the same call runs the others" in message
    assert message.count("Traceback") == 1
