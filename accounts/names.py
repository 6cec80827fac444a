"""Names of people where everybody may read: the family name alone. Knows no model."""

TWO_SIGN_FAMILY_NAMES = frozenset(
    [
        "欧阳",
        "上官",
        "司马",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "夏侯",
        "司徒",
        "端木",
        "百里",
        "南宫",
        "轩辕",
        "长孙",
        "宇文",
        "钟离",
        "呼延",
    ]
)


def mask(name: str) -> str:
    """张*, 欧阳**: enough for the person and who knows them, too little for a stranger."""
    bare = "".join(name.split())
    family = bare[:2] if bare[:2] in TWO_SIGN_FAMILY_NAMES and len(bare) > 2 else bare[:1]
    return family + "*" * max(len(bare) - len(family), 1) if bare else ""
