"""Problem codes that are each operation's own; see `refusals`."""

from collections.abc import Mapping
from typing import Final

OWN: Final[Mapping[str, str]] = {
    "accounts.change_password": "login-needed wrong-password",
    "accounts.close": "beyond-lending last-administrator last-platform-administrator not-found works-elsewhere",
    "accounts.end_session": "beyond-lending not-found works-elsewhere",
    "accounts.end_sessions": "beyond-lending not-found works-elsewhere",
    "accounts.reopen": "beyond-lending last-administrator last-platform-administrator not-found works-elsewhere",
    "accounts.reset_password": "beyond-lending not-found own-account works-elsewhere",
    "accounts.revoke_token": "beyond-lending not-found works-elsewhere",
    "accounts.sessions": "beyond-lending not-found works-elsewhere",
    "accounts.tokens": "beyond-lending not-found works-elsewhere",
    "benches.begin": "no-such-item not-on-bench",
    "benches.benches": "",
    "benches.check": "needed-too-much-memory no-such-bench not-on-bench too-busy took-too-long unworkable",
    "benches.clear": "no-such-bench not-on-bench",
    "benches.copy": "no-such-bench not-on-bench",
    "benches.give": "answer-unfit needed-too-much-memory no-such-bench not-on-bench too-busy took-too-long unworkable",
    "benches.hand_in": (
        "item-code-in-use item-refused needed-too-much-memory no-such-bench no-such-item not-on-bench not-proven "
        "saved-meanwhile too-busy took-too-long unworkable"
    ),
    "benches.one": "no-such-bench not-on-bench",
    "benches.save": "no-such-bench not-on-bench saved-meanwhile",
    "benches.sit": "no-such-bench",
    "calendar-sheets.read_sheet": (
        "needed-too-much-memory sheet-refused too-busy took-too-long unknown-calendar unworkable"
    ),
    "calendars.add": "calendar-refused unknown-calendar",
    "calendars.calendar": "unknown-calendar",
    "calendars.calendars": "",
    "calendars.change": "calendar-refused unknown-calendar",
    "calendars.changes": "unknown-calendar",
    "calendars.load": "calendar-refused not-found unknown-calendar",
    "calendars.loaded_year": "not-found unknown-calendar",
    "calendars.preview": "calendar-refused limit-refused threshold-refused unknown-calendar",
    "calendars.recount": "unknown-calendar",
    "cases.case": "no-such-item not-found",
    "cases.cases": "bad-cursor",
    "cases.deliver": "case-closed no-such-item not-awaited not-found",
    "cases.diagram": "no-such-item not-found",
    "cases.draft": "item-withdrawn no-such-item not-found not-received-here tenant-unknown",
    "cases.extend": "case-closed no-such-item not-extendable not-found",
    "cases.history": "not-found",
    "cases.ledger": "not-found",
    "cases.marks": "no-such-item not-found",
    "cases.save": "not-found wrong-state",
    "cases.submit": "invalid item-withdrawn materials-missing no-such-item not-found not-received-here wrong-state",
    "cases.withdraw": "case-closed no-such-item not-found not-received-here tenant-unknown wrong-state",
    "catalogue.catalogue": "no-such-item",
    "catalogue.checked": "bad-code-pattern needed-too-much-memory no-such-item too-busy took-too-long unworkable",
    "catalogue.comparison": (
        "needed-too-much-memory no-such-bench no-such-item not-on-bench too-busy took-too-long unworkable"
    ),
    "catalogue.confirm": (
        "bad-code-pattern diagram-refused item-act-forbidden item-refused needed-too-much-memory no-such-item "
        "not-proven not-reviewed somebody-else too-busy took-too-long unworkable version-gone-on"
    ),
    "catalogue.copy": (
        "bad-code-pattern bad-item-code diagram-refused item-act-forbidden item-code-in-use item-refused "
        "item-withdrawn needed-too-much-memory no-such-item not-proven stale too-busy took-too-long unworkable"
    ),
    "catalogue.diagram": "diagram-refused no-such-item",
    "catalogue.export": "no-such-item",
    "catalogue.form": "diagram-refused no-such-item not-found",
    "catalogue.history": "no-such-item",
    "catalogue.item": "no-such-item",
    "catalogue.new": (
        "bad-code-pattern bad-item-code item-act-forbidden item-code-in-use item-refused needed-too-much-memory "
        "no-such-item not-proven stale too-busy took-too-long unworkable"
    ),
    "catalogue.publish": (
        "bad-code-pattern diagram-refused item-act-forbidden item-refused needed-too-much-memory no-such-item "
        "not-confirmed not-proven not-reviewed somebody-else too-busy took-too-long unworkable"
    ),
    "catalogue.restore": (
        "bad-code-pattern diagram-refused item-act-forbidden item-not-withdrawn item-refused needed-too-much-memory "
        "no-such-item not-proven too-busy took-too-long unworkable"
    ),
    "catalogue.review": (
        "bad-code-pattern diagram-refused item-act-forbidden item-refused needed-too-much-memory no-such-item "
        "not-proven somebody-else too-busy took-too-long unworkable version-gone-on"
    ),
    "catalogue.send_back": "diagram-refused item-act-forbidden no-such-item reason-needed version-gone-on",
    "catalogue.version": "diagram-refused no-such-item",
    "catalogue.waive": (
        "bad-code-pattern diagram-refused item-act-forbidden needed-too-much-memory no-such-item nothing-to-waive "
        "own-work reason-needed too-busy took-too-long unworkable"
    ),
    "catalogue.withdraw": "diagram-refused item-act-forbidden item-not-published no-such-item reason-needed",
    "documents.content": "document-damaged no-document not-found",
    "documents.documents": "not-found",
    "documents.track": "no-such-item not-found",
    "documents.verify": "bad-verification-code not-found",
    "figures.board": "not-found",
    "figures.pace": "not-found",
    "figures.places": "not-found",
    "figures.weeks": "not-found",
    "incidents.incidents": "",
    "incidents.parked": "",
    "incidents.retry": "no-incident not-failed",
    "incidents.retry_case": "not-found",
    "items.diagram": "item-withdrawn no-such-item",
    "items.form": "item-withdrawn no-such-item not-found",
    "items.item": "item-withdrawn no-such-item",
    "items.items": "item-withdrawn no-such-item",
    "materials.attach": (
        "file-content-mismatch file-empty file-format-not-allowed file-name-unusable file-second-content "
        "file-too-large needed-too-much-memory no-such-item not-found stale too-busy took-too-long unworkable "
        "wrong-state"
    ),
    "materials.content": "file-damaged no-material not-found",
    "materials.materials": "not-found",
    "moving.back": "no-such-item not-found nothing-to-move stale still-moving",
    "moving.all_moves": "",
    "moving.batch": "not-found",
    "moving.moves": "",
    "moving.preview": "no-such-item nothing-to-move same-version too-many-cases",
    "moving.retry": "no-such-item not-found stale still-moving",
    "moving.start": (
        "no-such-item not-found not-published-yet nothing-to-move same-version stale still-moving too-many-cases"
    ),
    "moving.suggestions": "no-such-item",
    "notices.mark_read": "",
    "notices.notices": "bad-cursor",
    "office.departments": "",
    "office.posts": "",
    "office.regions": "",
    "order.add_department": "code-taken",
    "order.add_post": "beyond-lending closed code-taken not-found",
    "order.add_region": "code-taken",
    "order.add_role": "beyond-lending code-taken not-found",
    "order.change_post": "beyond-lending closed last-administrator last-platform-administrator not-found",
    "order.change_role": "beyond-lending last-administrator last-platform-administrator not-found role-fixed",
    "order.close_department": "in-the-way not-found",
    "order.close_post": "beyond-lending in-the-way not-found",
    "order.department_list": "",
    "order.give": "beyond-lending closed not-found post-already-held",
    "order.make_tenant": "code-taken not-found post-already-held wrong-state",
    "order.one_department": "not-found",
    "order.one_post": "not-found",
    "order.one_region": "not-found",
    "order.one_role": "not-found",
    "order.post_list": "not-found",
    "order.record": "",
    "order.region_list": "",
    "order.remove_role": "in-the-way not-found role-fixed",
    "order.rename_department": "not-found",
    "order.rename_region": "not-found",
    "order.reopen_department": "not-found",
    "order.reopen_post": "beyond-lending closed not-found",
    "order.role_list": "",
    "people.end_session": "not-found",
    "people.issue": "login-needed",
    "people.log_in": "login-refused",
    "people.me": "",
    "people.revoke": "not-found",
    "people.sessions": "",
    "people.tokens": "",
    "playing-files.play_files": "item-refused needed-too-much-memory too-busy took-too-long unworkable",
    "playing-files.try_files": "item-refused needed-too-much-memory too-busy took-too-long unworkable",
    "playing.keep_scenario": (
        "item-code-in-use item-refused needed-too-much-memory no-such-item not-proven stale too-busy took-too-long "
        "unworkable"
    ),
    "playing.play_version": "needed-too-much-memory no-such-item too-busy took-too-long unworkable",
    "playing.schema": "not-found",
    "playing.schemas": "",
    "playing.try_version": "needed-too-much-memory no-such-item too-busy took-too-long unworkable",
    "publishing.bring": (
        "bad-item-code item-act-forbidden item-refused needed-too-much-memory not-on-bench too-busy took-too-long "
        "unworkable"
    ),
    "publishing.check": "bad-code-pattern item-refused needed-too-much-memory too-busy took-too-long unworkable",
    "publishing.publish": (
        "bad-code-pattern item-act-forbidden item-refused needed-too-much-memory no-such-item not-confirmed "
        "not-proven not-reviewed somebody-else stale submit-first too-busy took-too-long unworkable"
    ),
    "publishing.submit": (
        "bad-code-pattern item-act-forbidden item-code-in-use item-refused needed-too-much-memory no-such-item "
        "not-proven stale too-busy took-too-long unworkable"
    ),
    "record.verdict": "",
    "settings.settle": "ambiguous-code-pattern unfit-code-pattern",
    "settings.settled": "",
    "staff.edit": "beyond-lending not-found works-elsewhere",
    "staff.in_hand": "not-found",
    "staff.join": "beyond-lending closed not-found post-already-held",
    "staff.leave": "beyond-lending last-administrator last-platform-administrator no-successor no-such-item not-found",
    "staff.move": (
        "beyond-lending closed last-administrator last-platform-administrator no-successor no-such-item not-found "
        "post-already-held"
    ),
    "staff.one_person": "not-found",
    "staff.particulars": "beyond-lending not-found works-elsewhere",
    "staff.people_list": "bad-cursor",
    "steps.claim": "already-claimed no-such-item not-found step-closed",
    "steps.complete": (
        "case-closed no-such-item not-claimed not-found not-yours opinion-needed step-closed unknown-outcome"
    ),
    "steps.counts": "",
    "steps.report": (
        "case-closed no-such-item not-claimed not-found not-yours nothing-to-report opinion-needed step-closed"
    ),
    "steps.for_applicants": "bad-cursor no-such-item",
    "steps.queue": "bad-cursor",
    "steps.release": "no-such-item not-claimed not-found not-yours step-closed",
    "steps.step": "no-such-item not-found",
    "steps.tallies": "",
    "supervision.ask": "entry-state no-such-item not-found",
    "supervision.close": "entry-state not-found",
    "supervision.entries": "bad-cursor not-found",
    "supervision.entry": "not-found",
    "supervision.explain": "no-such-item not-found nothing-asked",
    "supervision.lights": "bad-cursor",
    "supervision.take": "entry-state not-found",
    "supervision.urge": "no-such-item not-found step-not-open",
    "tables.preview": "needed-too-much-memory not-found sheet-refused too-busy took-too-long unworkable",
    "tables.table": "not-found",
    "tables.take_over": (
        "import-refused needed-too-much-memory not-found sheet-refused stale too-busy took-too-long unworkable"
    ),
    "tables.template": "not-found",
    "verification.compare": "bad-verification-code not-found",
    "webhooks.change": "no-webhook",
    "webhooks.deliveries": "bad-cursor no-webhook",
    "webhooks.kinds": "",
    "webhooks.listing": "",
    "webhooks.register": "too-many-webhooks",
    "webhooks.remove": "no-webhook stale",
    "webhooks.rotate": "no-webhook stale",
    "webhooks.send_again": "no-delivery no-webhook still-pending",
    "webhooks.test": "no-webhook",
    "webhooks.webhook": "no-webhook",
    "what-if.ask": "no-such-item not-found nothing-to-replay",
    "what-if.asked": "",
    "what-if.stop": "not-found",
    "what-if.told": "not-found",
}
