"""The public list as RSS 2.0 (https://www.rssboard.org/rss-specification), newest first."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import format_datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from ....infra.i18n import _
from .public import PublicDocument, news_at

ATOM: Final = "http://www.w3.org/2005/Atom"
MOST: Final = 50


def rss(
    documents: Sequence[PublicDocument], *, municipality: str, page: str, address: str
) -> bytes:
    """An item for each version in force; its guid is the version's id, so that a new version of a
    document is news and nothing else is. `page` is the list, `address` the feed itself."""
    register_namespace("atom", ATOM)
    root = Element("rss", {"version": "2.0"})
    channel = SubElement(root, "channel")
    title = _("Governing documents in force, {municipality}", municipality=municipality)
    _text(channel, "title", title)
    _text(channel, "link", page)
    _text(channel, "description", _("What is decided, in force and public."))
    _text(channel, "language", "sv")
    SubElement(
        channel,
        f"{{{ATOM}}}link",
        {"href": address, "rel": "self", "type": "application/rss+xml"},
    )
    latest = sorted(documents, key=lambda each: (news_at(each), each.version.id), reverse=True)
    for document in latest[:MOST]:
        _item(channel, document, page)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _item(channel: Element, document: PublicDocument, page: str) -> None:
    version = document.version
    item = SubElement(channel, "item")
    _text(item, "title", f"{document.type}: {document.title}")
    _text(item, "link", f"{page}#d-{document.id}")
    told = _(
        "Version {number}, decided by {body} {day}.",
        number=version.number,
        body=version.decided_by,
        day=str(version.decided_on),
    )
    _text(item, "description", " ".join(part for part in (document.summary, told) if part))
    _text(item, "category", document.type)
    _text(item, "guid", f"urn:uuid:{version.id}").set("isPermaLink", "false")
    _text(item, "pubDate", format_datetime(news_at(document)))


def _text(parent: Element, tag: str, text: str) -> Element:
    element = SubElement(parent, tag)
    element.text = text
    return element
