"""Interleaved timing: every contender in turn, round after round."""

import statistics
import time

TURN = 0.01  # seconds that a turn of short calls lasts
LEAST = 3  # turns that everyone gets


class Clock:
    """The turns of one contender; one call each where evict is given."""

    def __init__(self, call, evict):
        self.call = call
        self.evict = evict
        self.times = []
        self.spent = 0.0
        start = time.perf_counter()
        call()
        took = time.perf_counter() - start
        self.calls = 1 if evict else max(1, round(TURN / took))

    def turn(self):
        start = time.perf_counter()
        if self.evict:
            self.evict()
        elif self.calls > 1:  # refill the caches that others have used
            self.call()
        first = time.perf_counter()
        for _ in range(self.calls):
            self.call()
        end = time.perf_counter()
        self.times.append((end - first) / self.calls)
        self.spent += end - start

    def done(self, share, most):
        return len(self.times) >= most or (
            len(self.times) >= LEAST and self.spent >= share)

    def summary(self):
        median = statistics.median(self.times)
        return {"median_ms": 1e3 * median, "min_ms": 1e3 * min(self.times),
                "spread": (max(self.times) - min(self.times)) / median,
                "runs": len(self.times)}


def measure(calls, seconds, most, evict=None):
    """{name: summary} of the contenders' calls, within about some seconds.

    Each contender has the same share of the time; one that has used it up
    rests after LEAST turns, while the others go on. Rounds start with another
    contender each time, so that nobody always follows the same one. evict is
    called before each call, and empties the caches.
    """
    clocks = {name: Clock(call, evict) for name, call in calls.items()}
    share = seconds / len(clocks)
    names = list(clocks)
    number = 0
    while any(not clock.done(share, most) for clock in clocks.values()):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            if not clocks[name].done(share, most):
                clocks[name].turn()
        number += 1
    return {name: clock.summary() for name, clock in clocks.items()}
