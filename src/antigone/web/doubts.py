# SPDX-License-Identifier: Apache-2.0
"""What speaks against a file's seeming type, in the reader's words; it is kept in English."""

from __future__ import annotations

import re

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

DOUBTS = (
    _("it is too large to be looked into"),
    _("decoding it went beyond the limits of memory or time"),
    _("%(count)s bytes follow where the %(form)s picture ends"),
    _("it has too many frames"),
    _("it does not decode as %(form)s: %(fault)s"),
    _("it has %(width)s x %(height)s pixels"),
    _("it is a zip archive as well"),
    _("it is a PDF as well"),
    _("it holds markup"),
    _("the %(form)s picture has no end"),
    _("the GIF picture has a block of no known kind"),
    _("the JPEG picture has bytes between its segments"),
    _("the PDF has no trailer at its end"),
    _("it is no sound zip archive: %(fault)s"),
    _("it unpacks to more than is read"),
    _("it is packed too tight"),
    _("it is of no known format"),
    _("it is empty"),
    _("it is markup"),
    _("it holds control characters"),
)
"""What `exchange.limited_decoder` says."""


def doubt_in_words(doubt: str) -> str:
    """The doubt in the reader's language; one of no known kind as it is."""
    for template in DOUBTS:
        found = _pattern(template).fullmatch(doubt)
        if found:
            return gettext(template) % found.groupdict()
    return doubt


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"%\((\w+)\)s", template)
    names = [f"(?P<{one}>.+?)" if n % 2 else re.escape(one) for n, one in enumerate(parts)]
    return re.compile("".join(names))
