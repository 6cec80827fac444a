"""Which texts the portal says, and their Chinese. Used by bin/catalogue and by the tests of the catalogue."""

import ast
import datetime
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
THEME = ROOT / "locale" / "theme_strings.txt"
OURS = ("accounts", "campaign", "config", "grids", "volunteers", "templates")
# Packages whose pages our people see and that bring no complete Chinese.
PACKAGES = (
    "unfold",
    "axes",
    "django_filters",
    "rest_framework",
    "django.contrib.auth",
    "django.contrib.admin",
)
CHINESE = ("zh_Hans", "zh_CN")
_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
CONTEXT = "\x04"
BEGUN = datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC)  # fixed, so that merging twice changes nothing

# Name of the function -> (position of the context, of the text, of the plural).
CALLS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
_STRING = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_IN_TEMPLATE = re.compile(rf"(?<![\w.])(n?p?gettext(?:_noop)?|_)\(\s*({_STRING}(?:\s*,\s*{_STRING})*)")


@dataclass
class Text:
    """A text in the source, with the places where it stands."""

    id: str
    plural: str = ""
    context: str = ""
    places: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.context}{CONTEXT}{self.id}" if self.context else self.id


Texts = dict[str, Text]


# --- Reading the sources ----------------------------------------------------------------------------
def texts_of_python(source: str) -> Iterator[Text]:
    """The texts that a Python source hands to gettext; what is put together at run time is no text."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = [argument.value if isinstance(argument, ast.Constant) else None for argument in node.args]
            yield from _call(name, given)


def texts_of_template(source: str, name: str = "") -> Iterator[Text]:
    """The texts of translate and blocktranslate tags and of _("…") inside other tags."""
    for call in _IN_TEMPLATE.finditer(templatize(source, origin=name)):
        given = [ast.literal_eval(part) for part in re.findall(_STRING, call[2])]
        yield from _call(call[1], given)


def _call(name: str, given: list) -> Iterator[Text]:
    if name not in CALLS:
        return
    context, text, plural = CALLS[name]
    wanted = [position for position in (context, text, plural) if position is not None]
    if len(given) <= max(wanted) or not all(isinstance(given[position], str) for position in wanted):
        return
    if given[text]:
        yield Text(
            given[text],
            plural=given[plural] if plural is not None else "",
            context=given[context] if context is not None else "",
        )


def texts_under(folder: Path, name: str) -> Texts:
    """Every text under `folder`, by key; places are named from `name`."""
    found: Texts = {}
    for path in sorted(folder.rglob("*")):
        if path.relative_to(folder).parts[:1] == ("contrib",):
            continue  # a package's extras that are not installed
        place = f"{name}/{path.relative_to(folder).as_posix()}"
        if path.suffix == ".py" and "migrations" not in path.parts and "tests" not in path.parts:
            texts = texts_of_python(path.read_text(encoding="utf-8"))
        elif path.suffix in (".html", ".txt") and "templates" in (folder / path).parts:
            texts = texts_of_template(path.read_text(encoding="utf-8"), str(path))
        else:
            continue
        for text in texts:
            known = found.setdefault(text.key, text)
            known.plural = known.plural or text.plural
            if place not in known.places:
                known.places.append(place)
    return found


def ours() -> Texts:
    """Every text that this portal says itself."""
    found: Texts = {}
    for name in OURS:
        for key, text in texts_under(ROOT / name, name).items():
            if key in found:
                found[key].places += text.places
                found[key].plural = found[key].plural or text.plural
            else:
                found[key] = text
    return found


# --- Texts of packages without Chinese --------------------------------------------------------------
def package_texts() -> Texts:
    """The texts of PACKAGES for which no installed catalogue has Chinese."""
    known = _known_chinese()
    found: Texts = {}
    for name in PACKAGES:
        for key, text in texts_under(_folder(name), name.replace(".", "/")).items():
            if key not in known:
                found.setdefault(key, text)
    return found


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(package)
    return Path(spec.origin).parent


def _known_chinese() -> set[str]:
    known: set[str] = set()
    django = _folder("django")
    folders = [*django.glob("conf/locale"), *django.glob("contrib/*/locale")]
    folders.append(_folder("rest_framework") / "locale")
    for folder in folders:
        compiled = folder / "zh_Hans" / "LC_MESSAGES" / "django.mo"
        if compiled.exists():
            with compiled.open("rb") as file:
                known |= {_key(message) for message in read_mo(file) if message.id and any(message.string)}
    return known


def theme_texts() -> Texts:
    """The list of locale/theme_strings.txt: a text a line as JSON, or [context, text, plural]."""
    found: Texts = {}
    for line in THEME.read_text(encoding="utf-8").splitlines() if THEME.exists() else ():
        if line and not line.startswith("#"):
            value = json.loads(line)
            text = Text(value) if isinstance(value, str) else Text(value[1], value[2], value[0])
            text.places = ["the admin's theme and other packages"]
            found[text.key] = text
    return found


def write_theme() -> None:
    """Write the list anew from what is installed."""
    lines = [
        "# Texts of installed packages that have no Chinese of their own. Written by bin/catalogue --theme."
    ]
    for _name, text in sorted(package_texts().items()):
        plain = not text.context and not text.plural
        lines.append(
            json.dumps(text.id if plain else [text.context, text.id, text.plural], ensure_ascii=False)
        )
    THEME.parent.mkdir(exist_ok=True)
    THEME.write_text("\n".join(lines) + "\n", encoding="utf-8")


# --- The catalogue ----------------------------------------------------------------------------------
def wanted() -> Texts:
    """All that the catalogue must hold."""
    return {**theme_texts(), **ours()}


def read() -> Catalog:
    """The catalogue as it stands, empty when there is none."""
    if not PO.exists():
        return _empty()
    with PO.open("rb") as file:
        return read_po(file, locale="zh_Hans", domain="django")


def translations_in(files: Iterable[Path]) -> dict[str, str]:
    """The translations of JSON files; a later file wins."""
    found: dict[str, str] = {}
    for file in files:
        found.update(json.loads(file.read_text(encoding="utf-8")))
    return {text: full_width(chinese) for text, chinese in found.items()}


def full_width(chinese: str) -> str:
    """The text with the punctuation of Chinese print where a Chinese word stands before or behind it."""

    def wide(sign: re.Match) -> str:
        return _WIDE[sign[0].strip()]

    behind = re.sub(r"(?<=[\u4e00-\u9fff”）%s])[,;:?!](?:\s|$|(?=[\u4e00-\u9fff“（%]))", wide, chinese)
    before = re.sub(r"[,;:?!]\s?(?=[\u4e00-\u9fff])", wide, behind)
    return re.sub(r"(?<=[\u4e00-\u9fff”）])\.$", "。", before.replace("...", "……"))


def merge(new: dict[str, str]) -> list[str]:
    """Write the catalogue anew from the sources, with the translations it had and `new`; compile it.

    Returns the keys of what has no translation. Texts that nobody says any more are left out.
    """
    had = {_key(message): full_width(_string(message)) for message in read() if message.id}
    catalogue = _empty()
    missing = []
    texts = wanted()
    from_packages = theme_texts().keys() - ours().keys()
    for key in sorted(texts, key=lambda key: (key in from_packages, texts[key].places[:1], key)):
        text = texts[key]
        chinese = new.get(key) or had.get(key) or ""
        if not chinese:
            missing.append(key)
        catalogue.add(
            (text.id, text.plural) if text.plural else text.id,
            (chinese,) if text.plural else chinese,
            locations=[(place, 0) for place in text.places[:3]],
            context=text.context or None,
            flags=["python-format"] if re.search(r"%\(\w+\)", text.id) else [],
        )
    PO.parent.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    write_po(out, catalogue, width=110, include_lineno=False, omit_header=False)
    PO.write_bytes(out.getvalue())
    MO.write_bytes(compiled(catalogue))
    return missing


def compiled(catalogue: Catalog) -> bytes:
    """The .mo of a catalogue."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def problems() -> list[str]:
    """What keeps the catalogue from being complete, a line each."""
    stands = {_key(message): message for message in read() if message.id}
    texts = wanted()
    wrong = [f"missing: {key!r} ({', '.join(texts[key].places[:2])})" for key in texts.keys() - stands.keys()]
    wrong += [f"nobody says it any more: {key!r}" for key in stands.keys() - texts.keys()]
    for key, message in stands.items():
        if not _string(message):
            wrong.append(f"not translated: {key!r}")
        if message.fuzzy:
            wrong.append(f"fuzzy: {key!r}")
    if not MO.exists() or MO.read_bytes() != compiled(read()):
        wrong.append("django.mo is not what django.po says: run bin/catalogue")
    return sorted(wrong)


def _empty() -> Catalog:
    return Catalog(
        locale="zh_Hans",
        domain="django",
        project="street-campaign-portal",
        version="1",
        copyright_holder="",
        msgid_bugs_address="",
        last_translator="",
        language_team="zh_Hans",
        creation_date=BEGUN,
        revision_date=BEGUN,
        fuzzy=False,
        header_comment="# The Chinese of the portal. Written by bin/catalogue: edit the translations only.",
    )


def _key(message: Message) -> str:
    text = message.id[0] if isinstance(message.id, list | tuple) else message.id
    return f"{message.context}{CONTEXT}{text}" if message.context else text


def _string(message: Message) -> str:
    return message.string[0] if isinstance(message.string, list | tuple) else message.string or ""
