# SPDX-License-Identifier: Apache-2.0
"""Addresses: all of them are the pages'."""

from django.urls import include, path

urlpatterns = [path("", include("antigone.web.urls"))]

handler403 = "antigone.web.errors.forbidden"
handler404 = "antigone.web.errors.not_found"
handler500 = "antigone.web.errors.fault"
