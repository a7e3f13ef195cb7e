"""`make test` runs a short selection (INTEGRATION=short); `make integration` and pytest by itself run everything."""

import os

import pytest

from tests.support import selection


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("INTEGRATION") == "short":
        selection.leave_out(config, items)
