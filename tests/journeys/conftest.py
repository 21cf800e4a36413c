"""The browser of the journeys."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM_MISSING = (
    "Browser tests need Chromium: “apt-get install chromium” as root on Debian or Ubuntu, "
    "or set CHROMIUM to the path of one."
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, driven by playwright. A test that uses it is marked `browser`; without it the test fails."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail(CHROMIUM_MISSING, pytrace=False)
    root = ["--no-sandbox"] if os.geteuid() == 0 else []  # chromium's sandbox refuses to run as root
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=[*root, "--disable-dev-shm-usage"])
        yield opened
        opened.close()
