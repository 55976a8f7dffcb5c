# SPDX-License-Identifier: Apache-2.0
"""Addresses of the pages: a case by its short name, everything in it by the source's key."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from antigone.web import (
    about,
    accounts,
    administration,
    cases,
    charts,
    claims,
    contradictions,
    corrections,
    entries,
    families,
    history,
    identifications,
    jobs,
    ledger,
    persons,
    places,
    records,
    remains,
    set_up,
)

app_name = "web"
_CASE = "case/<slug:slug>"

urlpatterns = [
    path("", cases.case_list, name="cases"),
    path("about/", about.about, name="about"),
    path("language/", login_not_required(set_language), name="language"),
    path("set-up/", set_up.set_up, name="set-up"),
    path("account/", accounts.own, name="account"),
    path("accounts/", administration.account_list, name="accounts"),
    path("accounts/open/", administration.open_account, name="open-account"),
    path("accounts/<uuid:number>/", administration.one_account, name="one-account"),
    path("accounts/<uuid:number>/suspend/", administration.suspend, name="suspend-account"),
    path("accounts/grants/<uuid:number>/approve/", administration.approve, name="approve-grant"),
    path("accounts/grants/<uuid:number>/end/", administration.end, name="end-grant"),
    path("account/sign-out-everywhere/", accounts.sign_out_everywhere, name="everywhere"),
    path(f"{_CASE}/", cases.overview, name="case"),
    path(f"{_CASE}/graves/", places.grave_list, name="graves"),
    path(f"{_CASE}/graves/<path:key>/", places.one_grave, name="grave"),
    path(f"{_CASE}/number/", places.number, name="number"),
    path(f"{_CASE}/remains/", remains.remains_list, name="remains"),
    path(f"{_CASE}/remains/<path:key>/", remains.one_remains, name="one-remains"),
    path(f"{_CASE}/persons/", persons.person_list, name="persons"),
    path(f"{_CASE}/persons/<path:key>/", persons.one_person, name="person"),
    path(f"{_CASE}/drawn/remains/<path:key>/", charts.drawn_remains, name="drawn-remains"),
    path(f"{_CASE}/sites/<path:key>/", charts.one_site, name="site"),
    path(f"{_CASE}/families/", families.family_list, name="families"),
    path(f"{_CASE}/families/<path:key>/", families.one_family, name="family"),
    path(f"{_CASE}/contradictions/", contradictions.contradiction_list, name="contradictions"),
    path(f"{_CASE}/claims/", claims.claim_list, name="claims"),
    path(f"{_CASE}/claims/<path:key>/", claims.one_claim, name="claim"),
    path(f"{_CASE}/jobs/", jobs.job_list, name="jobs"),
    path(f"{_CASE}/jobs/weigh/", jobs.weigh, name="weigh"),
    path(f"{_CASE}/jobs/<uuid:job>/cancel/", jobs.cancel, name="cancel-job"),
    path(f"{_CASE}/jobs/<uuid:job>/retry/", jobs.retry, name="retry-job"),
    path(f"{_CASE}/runs/<int:number>/", identifications.run, name="run"),
    path(f"{_CASE}/records/", records.index, name="record-index"),
    path(f"{_CASE}/records/<slug:table>/", records.record_list, name="records"),
    path(f"{_CASE}/records/<slug:table>/new/", entries.enter, name="new-record"),
    path(f"{_CASE}/records/<slug:table>/<uuid:record>/", records.one_record, name="record"),
    path(f"{_CASE}/correct/<slug:table>/<uuid:record>/", corrections.correct, name="correct"),
    path(f"{_CASE}/history/<slug:table>/<uuid:record>/", history.history, name="history"),
    path(f"{_CASE}/ledger/", ledger.event_list, name="ledger"),
    path(f"{_CASE}/ledger/<int:sequence>/", ledger.one_event, name="event"),
    path("checkpoints/", ledger.checkpoint_list, name="checkpoints"),
    path("checkpoints/make/", ledger.make_checkpoint, name="make-checkpoint"),
    path("checkpoints/<uuid:checkpoint>/note/", ledger.note, name="note"),
    path("checkpoints/<uuid:checkpoint>/day-sheet/", ledger.sheet, name="day-sheet"),
    path("checkpoints/<uuid:checkpoint>/witness/", ledger.record_witnessing, name="witness"),
]
