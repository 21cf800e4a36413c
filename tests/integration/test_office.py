"""What a process holds of the office."""

from datetime import timedelta

from app.config import Settings
from app.deadlines import seed
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now
from app.office import LOOK_AGAIN, Office
from app.org.operations import add_region


def test_a_new_jurisdiction_is_known_without_a_restart(database, tmp_path) -> None:
    office = Office.opened(
        Settings(
            database_url=database.url.render_as_string(hide_password=False),
            secret_key="of these tests and nothing else",
            files_url=tmp_path.as_uri(),
            cookie_secure=False,
            public_url="http://localhost",
        )
    )
    assert office.tenants == ()
    with database.transaction(GLOBAL_TENANT) as session:
        seed.seed(session, real_now())
        add_region(
            session, code="330381", name_zh="瑞安", name_en="Ruian", parent=None, is_tenant=True, calendar=seed.CODE
        )
    assert office.tenants == (), "not asked again at once"
    office._jurisdictions.seen_at -= LOOK_AGAIN + timedelta(seconds=1)
    assert office.tenants == ("330381",)
    office.database.dispose()
