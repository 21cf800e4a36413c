"""Roles and permissions: the table that the office's order rests on."""

import re

import pytest

from app.org.roles import APPLICANT, PERMISSIONS, PUBLIC, ROLES

ON_POSTS = ROLES.keys() - {APPLICANT, PUBLIC}


def who(permission: str) -> set[str]:
    return {code for code, role in ROLES.items() if permission in role.permissions}


@pytest.mark.parametrize(
    ("rule", "permission", "roles"),
    [
        ("the window receives", "case.receive", {"clerk"}),
        ("the applicant applies once", "case.apply", {APPLICANT}),
        ("the applicant takes the application back", "case.withdraw", {APPLICANT}),
        ("an applicant sees their own only", "case.read-own", {APPLICANT}),
        ("a department sees what it takes part in", "case.read", {"clerk", "reviewer", "decider", "head"}),
        ("who oversees reads all", "case.read-all", {"supervisor", "operator"}),
        ("Art. 42: who decides or heads may extend", "case.extend", {"decider", "head"}),
        ("what comes from outside comes to a window, a head, a program", "case.message", {"clerk", "head", "operator"}),
        ("a department claims", "step.claim", {"clerk", "reviewer", "decider", "head"}),
        ("a supervisor urges", "supervision.urge", {"supervisor"}),
        ("a supervisor takes up and closes entries", "supervision.handle", {"supervisor"}),
        ("who handles a step explains its light", "supervision.explain", {"clerk", "reviewer", "decider", "head"}),
        ("a supervisor handles no step", "step.complete", {"clerk", "reviewer", "decider", "head", APPLICANT}),
        ("a designer drafts items, a publisher does not", "item.draft", {"designer"}),
        ("who looks after the catalogue publishes", "item.publish", {"designer", "publisher"}),
        ("an administrator orders the office", "org.manage", {"admin", "platform"}),
        ("what all jurisdictions share is the platform's", "region.manage", {"platform"}),
        ("what a role may do is the platform's to say", "role.manage", {"platform"}),
        ("the calendar is the platform's", "calendar.manage", {"platform"}),
        ("patterns of codes are the platform's", "setting.manage", {"platform"}),
        ("an operator retries incidents", "incident.retry", {"operator"}),
        ("an operator proves the record", "audit.verify", {"operator"}),
        ("anyone may verify a document", "document.verify", {APPLICANT, PUBLIC}),
        ("anyone may read the catalogue", "item.read", set(ROLES)),
    ],
)
def test_who_may(rule, permission, roles):
    assert who(permission) == roles, rule


def test_no_permission_is_read_in_two_ways():
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+(-[a-z]+)?", permission) for permission in PERMISSIONS)


def test_every_role_has_names_and_something_to_do():
    for role in ROLES.values():
        assert role.zh.strip()
        assert role.en.strip()
        assert role.permissions


def test_who_works_on_posts_may_manage_tokens_of_their_own():
    assert who("token.manage") == ON_POSTS | {APPLICANT}
