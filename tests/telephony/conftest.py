"""One product and one telephone system for the whole folder: a simulated one, then a real one."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.background import end_other_connections
from tests.telephony.asterisk import Asterisk, free_port
from tests.telephony.fake import FakePbx
from tests.telephony.fake_ari import ari_of
from tests.telephony.house import AGENTS, GOLD, REGISTERING, SECRET, House, Web, configuration
from tests.telephony.pbx import Pbx
from tests.telephony.real import RealPbx


@pytest.fixture(scope="package")
def web(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Web]:
    """The product's web server."""
    server = Web()
    try:
        server.start()
        yield server
    finally:
        server.kill()
        with django_db_blocker.unblock():
            end_other_connections()
            connection.close()


@pytest.fixture(scope="package", params=["fake", pytest.param("asterisk", marks=pytest.mark.needs_asterisk)])
def any_pbx(
    request: pytest.FixtureRequest,
    web: Web,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Pbx]:
    """A telephone system that asks this product."""
    folder = tmp_path_factory.mktemp(request.param)
    numbers = (GOLD.lstrip("+"),)
    if request.param == "fake":
        fake = FakePbx(web.address, SECRET, folder, contract_numbers=numbers, speed=4)
        with ari_of(fake) as fake.ari_port:
            yield fake
            fake.close()
        return
    ports = {name: free_port() for name in AGENTS}
    asterisk = Asterisk(folder, web.address, SECRET, ports, (REGISTERING,), numbers)
    with django_db_blocker.unblock():
        asterisk.files = configuration(web, asterisk.http_port, folder / "product")
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
        connection.close()
    with asterisk:
        real = RealPbx(asterisk, folder)
        real.ari_port = asterisk.http_port
        yield real
        real.close()


@pytest.fixture
def house(transactional_db: None, web: Web, any_pbx: Pbx) -> Iterator[House]:
    """A firm at the phone; in the end nobody talks any more."""
    firm = House(web, any_pbx)
    yield firm
    for call_id in any_pbx.channels():
        any_pbx.hang_up(call_id)
    firm.settle()
