"""The real client keeps the model's promises under any schedule Hypothesis thinks of; with one line of it wrong, it does not."""

from collections.abc import Callable
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from streams.delivery import State

from .conversation import Frame
from .devices import Device, Town
from .real_client import RealClients
from .schedule import ANY, QUICK, Schedule, thorough

pytestmark = pytest.mark.timeout(600)

Can = Callable[[Device], object]


def anyone(_: Device) -> bool:
    return True


def at_work(device: Device) -> bool:
    return device.job is not None


def storing(device: Device) -> bool:
    return device.saving is not None


def connected(device: Device) -> bool:
    return device.door is not None or device.opening


def located(device: Device) -> bool:
    return device.door is not None and device.door.delivery.state is not State.LOCATING


def served(device: Device) -> bool:
    return device.door is not None


def sent_to(device: Device) -> bool:
    return device.welcome is not None or (device.door is not None and bool(device.door.wire))


def tamperable(device: Device) -> bool:
    return device.door is not None and bool(device.door.wire) and device.door.wire[0].type != "reset"


def some(can: Can) -> Callable[["DeviceSchedule"], bool]:
    return lambda self: any(can(device) for device in self.world.devices)


class DeviceSchedule(Schedule):
    """One or two devices, and a server that may be ahead of them."""

    clients: ClassVar[RealClients]
    world: Town

    @initialize(before=st.integers(0, 2), devices=st.integers(1, 2), calm=st.booleans())
    def start(self, before: int, devices: int, calm: bool) -> None:
        self.world = Town(self.clients, devices)
        if calm:
            self.world.settle()
        for _ in range(before):
            self.world.table = self.world.table.committed()

    def pick(self, which: int, can: Can) -> Device:
        able = [device for device in self.world.devices if can(device)]
        return able[which % len(able)]

    # What happens by itself, for a while or one thing at a time.

    @rule(which=ANY, steps=st.integers(1, 12), application=st.booleans())
    def calm(self, which: int, steps: int, application: bool) -> None:
        device = self.pick(which, anyone)
        for _ in range(steps):
            self.world.duty(device, application=application)
            self.world.check()

    @precondition(some(served))
    @rule(which=ANY, steps=st.integers(1, 8))
    def the_server_is_ahead(self, which: int, steps: int) -> None:
        """It sends what it has, and the client has not read yet."""
        device = self.pick(which, served)
        self.world.sweep(device)
        for _ in range(steps):
            self.world.serve(device)

    @rule(which=ANY)
    def sweep(self, which: int) -> None:
        self.world.sweep(self.pick(which, anyone))

    @precondition(some(at_work))
    @rule(which=ANY)
    def the_application_works(self, which: int) -> None:
        self.pick(which, at_work).works(self.world.table)

    @precondition(some(storing))
    @rule(which=ANY)
    def the_store_has_stored(self, which: int) -> None:
        self.pick(which, storing).stores()

    @precondition(some(sent_to))
    @rule(which=ANY)
    def a_frame_arrives(self, which: int) -> None:
        self.pick(which, sent_to).reads()

    @precondition(some(located))
    @rule(which=ANY, old=ANY, carries=st.booleans())
    def a_hint_arrives(self, which: int, old: int, carries: bool) -> None:
        door = self.pick(which, located).door
        hints = self.world.table.hints(rotates=True)
        if door and hints:
            at, fact = hints[-1 - old % len(hints)]
            door.hint(at, fact if carries else None)

    @precondition(some(located))
    @rule(which=ANY)
    def a_ping_arrives(self, which: int) -> None:
        door = self.pick(which, located).door
        assert door is not None
        door.write(Frame("ping", door.sent))

    # What goes wrong.

    @precondition(some(tamperable))
    @rule(which=ANY, repeats=st.booleans())
    def a_proxy_tampers(self, which: int, repeats: bool) -> None:
        door = self.pick(which, tamperable).door
        assert door is not None
        door.wire[:1] = door.wire[:1] * 2 if repeats else []
        door.drain()

    @rule(which=ANY, entries=st.integers(1, 8))
    def a_proxy_swallows(self, which: int, entries: int) -> None:
        """The next entries do not arrive, however often they are sent again."""
        self.pick(which, anyone).swallowed = entries

    @precondition(some(connected))
    @rule(which=ANY, silently=st.booleans())
    def the_connection_is_cut(self, which: int, silently: bool) -> None:
        self.pick(which, connected).cut(silently=silently)

    @rule(which=ANY)
    def a_device_dies_and_wakes_up(self, which: int) -> None:
        self.pick(which, anyone).wake_up()

    @precondition(some(at_work))
    @rule(which=ANY)
    def the_application_fails(self, which: int) -> None:
        self.pick(which, at_work).fails()

    @rule(which=ANY)
    def time_passes(self, which: int) -> None:
        self.pick(which, anyone).happens("advance")


def test_the_real_client_keeps_every_promise_under_any_schedule() -> None:
    with RealClients() as clients:
        run_state_machine_as_test(type("RealClient", (DeviceSchedule,), {"clients": clients}), settings=thorough(800))


MISTAKES = {
    "noDedup": "not next",
    "noGapCheck": "not next",
    "pingWithoutHead": "lost",
    "epochIgnored": "not next",
    "repairsForEver": "repairs for ever",
    "resetWithoutSnapshot": "lost",
    "ackBeforeApply": "acknowledged too much",
    "ackBeforeStore": "acknowledged too much",
    "cursorFirst": "lost",
    "applyDuringSnapshot": "two at once",
    "failedIsApplied": "lost",
}


@pytest.mark.parametrize(("mistake", "promise"), MISTAKES.items())
def test_a_client_with_one_line_wrong_is_caught(mistake: str, promise: str) -> None:
    with RealClients(mistake) as clients, pytest.raises(AssertionError, match=promise):
        run_state_machine_as_test(type("Mistaken", (DeviceSchedule,), {"clients": clients}), settings=QUICK)
