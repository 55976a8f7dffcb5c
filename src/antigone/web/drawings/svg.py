# SPDX-License-Identifier: Apache-2.0
"""A small SVG writer: elements by name, numbers kept short, every text escaped."""

from __future__ import annotations

from xml.etree import ElementTree  # noqa: S405  only writes; nothing is parsed

from django.utils.safestring import SafeString, mark_safe

Element = ElementTree.Element


def drawing(width: float, height: float, *, title: str, description: str, name: str) -> Element:
    """An empty drawing with a title and a description, which screen readers read aloud.

    `name` is unique on its page. Colours come from the style sheet, by class: the page's content
    policy allows no inline style.
    """
    root = Element(
        "svg",
        {
            "viewBox": f"0 0 {short(width)} {short(height)}",
            "width": short(width),
            "height": short(height),
            "role": "group",
            "class": "drawing",
            "aria-labelledby": f"{name}-title {name}-desc",
        },
    )
    add(root, "title", id=f"{name}-title").text = title
    add(root, "desc", id=f"{name}-desc").text = description
    return root


def add(parent: Element, tag: str, **attributes: object) -> Element:
    """Add an element to `parent`; ``stroke_width`` is written stroke-width, ``class_`` class."""
    return ElementTree.SubElement(
        parent,
        tag,
        {_attribute(name): _value(value) for name, value in attributes.items()},
    )


def text(parent: Element, x: float, y: float, words: str, css: str, anchor: str = "start") -> None:
    """Write `words` at (x, y)."""
    add(parent, "text", x=x, y=y, class_=css, text_anchor=anchor).text = words


def link(parent: Element, address: str, label: str) -> Element:
    """A link around parts of a drawing; its title is what a screen reader says."""
    found = add(parent, "a", href=address)
    add(found, "title").text = label
    return found


def markup(root: Element) -> SafeString:
    """The drawing as markup. Every text and attribute was escaped by the XML writer."""
    return mark_safe(ElementTree.tostring(root, encoding="unicode"))  # noqa: S308


def short(number: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{number:.2f}".rstrip("0").rstrip(".") if number % 1 else str(int(number))


def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _value(value: object) -> str:
    return short(value) if isinstance(value, int | float) else str(value)
