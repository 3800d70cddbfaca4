"""One object for each event loop."""

import asyncio
import gc
import weakref

from ibm_quantum_backends.loops import PerLoop


class Thing:
    pass


def test_one_for_each_loop_and_none_for_those_that_are_over() -> None:
    things = PerLoop(Thing)

    async def get() -> weakref.ref[Thing]:
        assert things.get() is things.get()
        return weakref.ref(things.get())

    first, second = asyncio.run(get()), asyncio.run(get())
    gc.collect()
    assert first() is None
    assert second() is not None
