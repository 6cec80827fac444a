"""Arrows run down only: config → {grids, volunteers} → campaign → accounts, and inside campaign floor by floor.

Imports are read from the source, those inside functions too; so are models named as text, for a foreign key
"app.Model" and get_model("app", "Model") tie two apps together just as an import does.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAY_KNOW: dict[str, set[str]] = {
    "accounts": {"accounts"},
    "campaign": {"campaign", "accounts"},
    "grids": {"grids", "campaign", "accounts"},
    "volunteers": {"volunteers", "campaign", "accounts"},
    "config": {"config", "grids", "volunteers", "campaign", "accounts"},
}
APPS = set(MAY_KNOW)

# Inside campaign: a module may use those of its own floor and of the floors below.
FLOORS: list[set[str]] = [
    {"errors", "roles", "scoping", "registry", "doorbell", "moments", "gateways", "spoken"},
    {"marks", "models"},  # one floor: a counted model leaves marks, and a mark is a model
    {
        "appointments", "calendar", "coordinates", "forms", "heartbeats", "keyset", "maps", "once", "organisation", "photos",
        "imports", "recurrence", "sheets", "streets",
    },
    {"tallies", "outbox"},
    {"messages"},
    {"goals", "publicity", "works", "stories", "metrics"},
    {"figures", "reports", "dashboards", "todos", "statements", "huguo"},
]  # fmt: skip
# The faces stand on top of all floors: Django and Celery look for them by these names.
FACES = {
    "adminsite",  # not in admin/: that package registers on the site, so the site must stand before it
    "admin", "api", "apps", "checks", "context", "management", "migrations", "navigation", "receivers",
    "signals", "tasks", "templatetags", "urls", "views", "wordings",
}  # fmt: skip
# Lower floors that ask an upper one when they are called, each for a reason.
ALLOWED_UP: dict[tuple[str, str], str] = {
    ("scoping", "models"): "who is appointed where stands in a table; asked by name, at the question",
}


def sources(app: str) -> Iterator[Path]:
    return (path for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts)


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every module that the source imports, wherever the import stands, and every name taken from it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield node.lineno, "relative"


def named(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every app that is named as text: "app.Model", "app.module", get_model("app", …), import_string("app.…")."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for argument in (*node.args, *(word.value for word in node.keywords)):
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    head, dot, rest = argument.value.partition(".")
                    if head in APPS and dot and rest.replace(".", "").replace("_", "").isalnum():
                        yield node.lineno, argument.value
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("get_model", "get_app_config", "import_module") and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and first.value in APPS:
                    yield node.lineno, str(first.value)


def arrows_up(app: str, tree: ast.AST) -> list[str]:
    """The lines of a source of `app` that name an app it must not know."""
    wrong = []
    for line, module in (*imported(tree), *named(tree)):
        head = module.split(".")[0]
        if head in APPS and head not in MAY_KNOW[app]:
            wrong.append(f"{line}: {app} names {module}")
    return wrong


def floor_of(module: str) -> int | None:
    """The floor of a module of campaign; None for a face; -1 for what stands on no floor."""
    if module in FACES:
        return None
    return next((number for number, floor in enumerate(FLOORS) if module in floor), -1)


def floors_up(module: str, tree: ast.AST) -> list[str]:
    """The lines of campaign's `module` that use a module on a higher floor, or a face."""
    here = floor_of(module)
    if here is None:
        return []
    wrong = []
    for line, name in (*imported(tree), *named(tree)):
        parts = name.split(".")
        if parts[0] != "campaign" or len(parts) < 2 or parts[1] == module:
            continue
        there = floor_of(parts[1])
        if there == -1:
            continue  # a task's or a model's name; a module without a floor is found by the test below
        if (there is None or there > here) and (module, parts[1]) not in ALLOWED_UP:
            wrong.append(f"{line}: campaign.{module} uses campaign.{parts[1]}, which stands above it")
    return wrong


@pytest.mark.parametrize("app", sorted(APPS))
def test_no_app_names_one_above_or_beside_it(app):
    wrong = [
        f"{path.relative_to(ROOT)}:{line}" for path in sources(app) for line in arrows_up(app, parse(path))
    ]
    assert wrong == []


def test_every_module_of_campaign_stands_on_a_floor():
    assert [name for name in modules_of_campaign() if floor_of(name) == -1] == []


def test_no_floor_names_a_module_that_is_gone():
    assert sorted(set().union(*FLOORS) - set(modules_of_campaign())) == []


def test_inside_campaign_a_floor_uses_only_floors_below():
    wrong = []
    for path in sources("campaign"):
        name = path.relative_to(ROOT / "campaign").parts[0].removesuffix(".py")
        wrong += [f"{path.relative_to(ROOT)}:{line}" for line in floors_up(name, parse(path))]
    assert wrong == []


@pytest.mark.parametrize("app", ["campaign", "grids", "volunteers"])
def test_models_know_no_verb_no_form_and_no_page(app):
    """A model file says what a thing is. What can be done with it stands beside the models, never under them."""
    faces = {"views", "forms", "admin", "api", "tasks", "urls"}
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for path in sources(app)
        if "models" in path.parts
        for line, module in imported(parse(path))
        if module.split(".")[0] == app and len(module.split(".")) > 1 and module.split(".")[1] in faces
    ]
    assert wrong == []


def modules_of_campaign() -> list[str]:
    tops = {path.relative_to(ROOT / "campaign").parts[0] for path in sources("campaign")}
    return sorted(name.removesuffix(".py") for name in tops if name != "__init__.py")


def parse(path: Path) -> ast.AST:
    return ast.parse(path.read_text(encoding="utf-8"))


# --- The tests can fail -----------------------------------------------------------------------------
WRONG = [
    ("campaign", "from grids.models import Case"),
    ("campaign", "def inside():\n    import volunteers.signups"),
    ("accounts", "from campaign import registry"),
    ("grids", "from volunteers import hours"),
    ("volunteers", "import grids"),
    ("campaign", "models.ForeignKey('grids.Zone', models.PROTECT)"),
    ("campaign", "models.ForeignKey(to='volunteers.Volunteer', on_delete=1)"),
    ("volunteers", "apps.get_model('grids', 'Zone')"),
    ("grids", "apps.get_model('volunteers.Volunteer')"),
    ("accounts", "import_string('campaign.outbox.post')"),
    ("grids", "from config import timetable"),
]


@pytest.mark.parametrize(("app", "line"), WRONG)
def test_an_arrow_up_is_found(app, line):
    assert arrows_up(app, ast.parse(line)) != []


@pytest.mark.parametrize(
    ("app", "line"),
    [
        ("grids", "from campaign.models import Community"),
        ("config", "from volunteers import tasks"),
        ("campaign", "models.ForeignKey('campaign.Community', models.PROTECT)"),
        ("grids", "import gridsomething"),
        ("campaign", "log('grids. and more')"),
    ],
)
def test_an_arrow_down_is_no_finding(app, line):
    assert arrows_up(app, ast.parse(line)) == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("scoping", "from campaign import tallies"),
        ("registry", "from campaign.models import Tally"),
        ("tallies", "def f():\n    from campaign.reports import year"),
        ("models", "from campaign.views import home"),
        ("goals", "from campaign.admin.scoped import ScopedAdmin"),
    ],
)
def test_a_floor_that_uses_one_above_is_found(module, line):
    assert floors_up(module, ast.parse(line)) != []


def test_a_floor_that_uses_one_below_is_no_finding():
    assert floors_up("tallies", ast.parse("from campaign import registry")) == []
    assert floors_up("views", ast.parse("from campaign import reports")) == []
