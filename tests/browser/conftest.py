"""One installation and one browser for the whole folder.

Both end with the folder (`package`), because Playwright's event loop keeps Django's ORM from being used in
the same thread. So these tests see the product from outside only: pages, API, `manage.py`.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.api import Api
from tests.browser.people import People, started_chromium
from tests.installation import Installation, free_port


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Servers, web, worker and beat with the demo story, as `make run` starts them."""
    running = Installation(tmp_path_factory.mktemp("browser") / "data", free_port())
    try:
        running.wait_until_ready()
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser that everybody's profiles are in."""
    with started_chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def api(installation: Installation) -> Api:
    """What is true, as the lead may know it."""
    return Api(installation, "lead")


@pytest.fixture(scope="package")
def _everybody(installation: Installation, chromium: Browser) -> People:
    return People(chromium, installation.address)


@pytest.fixture
def people(_everybody: People) -> Iterator[People]:
    """Makes persons. In the end no page may have done what no page may do."""
    yield _everybody
    assert _everybody.leave() == []
