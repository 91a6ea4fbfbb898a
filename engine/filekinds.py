"""Which files are taken, and whether a content is what its name says. Pure: name and bytes in, media type out."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from pathlib import PurePosixPath

import filetype  # type: ignore[import-untyped]

from .errors import N_, InvalidInput

OOXML = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."

#: what an office sends: scans, pictures, office papers, plain text, archives of them; nothing that a browser could run
MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".heic": "image/heic",
    ".docx": OOXML + "wordprocessingml.document",
    ".xlsx": OOXML + "spreadsheetml.sheet",
    ".pptx": OOXML + "presentationml.presentation",
    ".odt": OPEN_DOCUMENT + "text",
    ".ods": OPEN_DOCUMENT + "spreadsheet",
    ".odp": OPEN_DOCUMENT + "presentation",
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
    ".rtf": "application/rtf",
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".zip": "application/zip",
}

#: the part that makes an Office Open XML package a text, a table or slides
_MAIN_PART = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".pptx": "ppt/presentation.xml"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|\?xml|iframe|meta)", re.IGNORECASE)
#: never inside an archive either
_RUNNABLE = tuple(
    f".{suffix}"
    for group in (
        "exe dll com scr msi bat cmd ps1 vbs vbe js jse wsf hta jar",
        "sh py php apk lnk html htm svg docm xlsm pptm",
    )
    for suffix in group.split()
)
LONGEST_NAME = 200


def checked(name: str, content: bytes, accept: Sequence[str] = ()) -> tuple[str, str]:
    """The cleaned name and the media type of a file that may be taken; InvalidInput on `file` otherwise.

    `accept` are the suffixes (with dot, small letters) a form's field takes; () takes all that are known.
    """
    name = clean_name(name)
    suffix = PurePosixPath(name).suffix.lower()
    allowed = tuple(s for s in accept if s in MEDIA_TYPES) if accept else tuple(MEDIA_TYPES)
    if suffix not in allowed:
        raise InvalidInput(
            "file",
            N_("“%(name)s” is of a kind that is not taken here. Use one of these: %(kinds)s."),
            name=name,
            kinds=", ".join(s.lstrip(".").upper() for s in allowed),
        )
    if not content:
        raise InvalidInput("file", N_("“%(name)s” is empty."), name=name)
    if not _is(suffix, content):
        raise InvalidInput(
            "file",
            N_("The content of “%(name)s” is not what its name says. Save it again in its own format."),
            name=name,
        )
    return name, MEDIA_TYPES[suffix]


def clean_name(name: str) -> str:
    """A file name that is safe on every system: no path, no control or direction characters, at most 200 long."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    name = re.sub(r'[<>:"|?*]', "_", name)
    name = " ".join(name.split()).strip(". ")
    if not name:
        return "file"
    path = PurePosixPath(name)
    if len(name) > LONGEST_NAME:
        suffix = path.suffix[:20]
        name = name[: LONGEST_NAME - len(suffix)].rstrip(". ") + suffix
    return name


def _is(suffix: str, content: bytes) -> bool:
    if suffix == ".pdf":
        return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-")
    if suffix in (".doc", ".xls", ".ppt"):
        return content.startswith(_OLE)
    if suffix == ".rtf":
        return content.startswith(b"{\\rtf")
    if suffix in (".txt", ".csv"):
        return _is_text(content)
    if suffix in _MAIN_PART:
        names = _members(content)
        return _MAIN_PART[suffix] in names and not any(n.lower().endswith("vbaproject.bin") for n in names)
    if suffix in (".odt", ".ods", ".odp"):
        return _first_member(content) == MEDIA_TYPES[suffix].encode()
    if suffix == ".zip":
        names = _members(content)
        return bool(names) and not any(n.lower().endswith(_RUNNABLE) for n in names)
    return bool(filetype.guess_mime(content) == MEDIA_TYPES[suffix])


def _is_text(content: bytes) -> bool:
    """Readable text, of which no browser could make a page."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            content = content.decode("utf-16").encode()
        except UnicodeDecodeError:
            return False
    if any(byte in content for byte in (b"\0", b"\x1b")) or filetype.guess(content) is not None:
        return False
    return _MARKUP.search(content[:4096]) is None and not content.startswith(b"#!")


def _members(content: bytes) -> frozenset[str]:
    """The names inside a ZIP archive, from its directory alone: nothing is unpacked."""
    if not content.startswith(b"PK\x03\x04"):
        return frozenset()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return frozenset()


def _first_member(content: bytes) -> bytes:
    """What an OpenDocument file says it is: its first member `mimetype`, stored uncompressed at a fixed place."""
    if content[:4] != b"PK\x03\x04" or content[30:38] != b"mimetype":
        return b""
    return content[38 : 38 + int.from_bytes(content[18:22], "little")][:100]
