"""A question what a version would have made of cases that are over, of which a tenth is answered."""

from uuid import UUID

from app.kernel.database import Database
from app.kernel.ids import new_id
from app.studio.models import WhatIf
from tests.office import LAND, OPENED, TENANT


def begun(database: Database) -> UUID:
    """Committed, as if the ticker had replayed 200 cases of 2,000; four could be replayed."""
    counts = {"replayed": 4, "before yellow": 1, "before green": 3, "after green": 1, "after red": 2, "after yellow": 1}
    places = {
        "before yellow accept": 1,
        "before yellow decide": 1,
        "after yellow decide": 1,
        "after red decide": 2,
        "after red case:promised": 2,
    }
    with database.transaction(TENANT) as session:
        asked = WhatIf(
            tenant=TENANT,
            id=new_id(),
            item=LAND,
            version=1,
            assumed={"times": "none", "days": 0, "seconds": {}, "otherwise": 0, "outcomes": {}, "steps": {}},
            total=2000,
            done=200,
            tally={
                "counts": {**counts, "worse": 2},
                "places": places,
                "missed": {"never-done supplement": 196},
                "new": {},
            },
            by="designer",
            started_at=OPENED,
        )
        session.add(asked)
    return asked.id
