"""What each role may do. Data: `operations.ensure_roles` brings the tables to what stands here.

A permission is a thing of the office and a verb, joined by a dot. `…-all` reaches over the whole jurisdiction, `…-own`
is the applicant's own; without either it is what one's department takes part in.
"""

from typing import Final, NamedTuple


class Role(NamedTuple):
    """A role's names and the permissions that it carries."""

    zh: str
    en: str
    permissions: frozenset[str]


_HANDLING = {
    "case.read",
    "diagram.read",
    "document.read",
    "item.read",
    "step.claim",
    "step.complete",
    "step.read",
    "step.release",
    "step.transfer",
    "supervision.explain",
    "token.manage",
}
"""What everybody does who handles steps of a department."""

_OVERSEEING = {"case.read-all", "diagram.read", "document.read", "item.read", "step.read", "token.manage"}
"""What everybody may see who looks over the whole jurisdiction."""

_CATALOGUING = {
    "diagram.read",
    "item.confirm",
    "item.publish",
    "item.read",
    "item.review",
    "token.manage",
}
"""What everybody does who looks after the catalogue, which all jurisdictions share."""

_ADMINISTERING = {"audit.read", "diagram.read", "item.read", "org.manage", "token.manage", "webhook.manage"}
"""What an administrator does in one jurisdiction: departments, posts, people, and who is told of what."""

APPLICANT: Final = "applicant"
"""Not given by a post: every account of the kind “applicant” has this role, and no other."""

PUBLIC: Final = "public"
"""The role of everybody, logged in or not."""

ROLES: Final[dict[str, Role]] = {
    "clerk": Role("综合窗口", "Window clerk", frozenset(_HANDLING | {"case.message", "case.receive"})),
    "reviewer": Role("审查人", "Reviewer", frozenset(_HANDLING)),
    "decider": Role("决定人", "Decider", frozenset(_HANDLING | {"case.extend"})),
    "head": Role(
        "部门负责人", "Head of department", frozenset(_HANDLING | {"case.extend", "case.message", "supervision.read"})
    ),
    "supervisor": Role(
        "监察员",
        "Supervisor",
        frozenset(_OVERSEEING | {"audit.read", "supervision.handle", "supervision.read", "supervision.urge"}),
    ),
    "designer": Role("流程设计", "Process designer", frozenset(_CATALOGUING | {"item.draft"})),
    "publisher": Role("事项发布", "Publisher of items", frozenset(_CATALOGUING | {"case.move"})),
    "admin": Role("管理员", "Administrator", frozenset(_ADMINISTERING)),
    "platform": Role(
        "平台管理",
        "Platform administrator",
        frozenset(_ADMINISTERING | {"calendar.manage", "region.manage", "role.manage", "setting.manage"}),
    ),
    "operator": Role(
        "运维",
        "Operator",
        frozenset(
            _OVERSEEING | {"audit.read", "audit.verify", "case.message", "case.move", "incident.read", "incident.retry"}
        ),
    ),
    APPLICANT: Role(
        "申请人",
        "Applicant",
        frozenset(
            {
                "case.apply",
                "case.read-own",
                "case.withdraw",
                "diagram.read",
                "document.read",
                "document.verify",
                "item.read",
                "step.complete",
                "step.read",
                "token.manage",
            }
        ),
    ),
    PUBLIC: Role("社会公众", "The public", frozenset({"document.verify", "item.read"})),
}

OVER_ALL: Final = frozenset(
    {
        "calendar.manage",
        "item.confirm",
        "item.draft",
        "item.publish",
        "item.review",
        "region.manage",
        "role.manage",
        "setting.manage",
    }
)
"""Permissions over what all jurisdictions share: catalogue, regions, roles, calendars, settings.

The rule of lending: whoever has `org.manage` lends (puts on a post, gives with a post) what stays within their own
jurisdiction. What is named here is lent only by those who have `role.manage`, for they say what a role is; otherwise
the administrator of a district could make themselves the administrator of all.
"""

PERMISSIONS: Final[frozenset[str]] = frozenset().union(*(role.permissions for role in ROLES.values()))
"""Every permission there is."""

OF_POSTS: Final[frozenset[str]] = frozenset().union(
    *(role.permissions for code, role in ROLES.items() if code not in (APPLICANT, PUBLIC))
)
"""Those that a post may carry. What is the applicant's own is no office's."""
