# SPDX-License-Identifier: Apache-2.0
"""Pages of the work in the background: asked for, watched, cancelled, begun again."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from antigone.analysis.jobs import ask_to_weigh
from antigone.records.actions import jobs, leases
from antigone.records.errors import AttemptsUsedUp, JobAlreadyAsked, NoRun
from antigone.records.models import Job, User
from tests.web.test_pages import hold_markup, words

PAGE = "/case/wood/jobs/"


@pytest.fixture
def client(reader) -> Client:
    return reader()


@pytest.fixture
def asked(wood) -> Job:
    return ask_to_weigh(wood, seconds=30.0, by=User.objects.get(username="amina"))


@pytest.fixture
def read(client):
    """Read a page with the one client: an account has few sessions at a time."""

    def page(path: str = "") -> str:
        answer = client.get(f"/case/wood/{path}")
        assert answer.status_code == 200, path
        return answer.content.decode()

    return page


def taken():
    return leases.take(holder="a worker", kinds=["weigh"])


def test_a_case_is_asked_to_be_weighed_from_its_overview(client, read) -> None:
    form = re.search(r'<form class="one-button".*?</form>', read(), re.DOTALL)[0]
    action = re.search(r'action="([^"]+)"', form)[1]
    seconds = re.search(r'name="seconds" value="([^"]+)"', form)[1]
    answer = client.post(action, {"seconds": seconds})
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    job = Job.objects.get()
    assert (job.kind, job.arguments, job.asked_by.username) == ("weigh", {"seconds": 30.0}, "amina")
    page = words(read("jobs/"))
    assert "weigh the case waiting" in page
    assert "1 under way" in page
    assert "amina" in page


def test_the_page_is_whole_in_each_state_and_language(reader, asked, language) -> None:
    client = reader(language)

    def hold(*said: str) -> str:
        answer = client.get(PAGE)
        assert answer.status_code == 200
        page = answer.content.decode()
        hold_markup(page, PAGE, language)
        for one in said:
            assert one in words(page), one
        return page

    own = {"en": 0, "uk": 1}[language]
    hold(("waiting", "чекає")[own])
    lease = taken()
    leases.beat(lease, stage="dna", share=0.25)
    running = hold(("weighing DNA", "зважування ДНК")[own])
    assert 'value="0.25"' in running
    leases.refuse(lease, NoRun(case="wood"))
    hold(("has no identification run yet", "ще немає ідентифікаційного розрахунку")[own])
    jobs.retry(job=asked, by=asked.asked_by)
    leases.fail(taken(), AttemptsUsedUp(attempts=3))
    hold(("The job was begun 3 times", "стільки разів: 3")[own], ("Begin again", "Почати")[own])


def test_a_page_with_open_work_loads_itself_again_and_can_be_stopped(read, asked) -> None:
    page = read("jobs/")
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in page
    assert 'data-reload-every="4"' in page
    still = read("jobs/?still=1")
    assert "http-equiv" not in still
    assert "data-reload-every" not in still
    leases.finish(taken(), lambda: {})
    done = read("jobs/")
    assert "http-equiv" not in done
    assert "data-reload-every" not in done
    assert "under way" not in words(done)


def test_a_second_one_is_refused_in_words(client, asked) -> None:
    answer = client.post(f"{PAGE}weigh/", {"seconds": "30"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert str(JobAlreadyAsked(job=asked.pk)) in words(page)
    assert Job.objects.count() == 1
    hold_markup(page, PAGE, "en")


@pytest.mark.parametrize("seconds", ["", "soon", "0", "-3", "nan", "inf", "1e9", "\x00", "9" * 400])
def test_seconds_that_are_none_are_refused(client, seconds) -> None:
    answer = client.post(f"{PAGE}weigh/", {"seconds": seconds})
    assert answer.status_code == 422
    assert "Give more than 0 and at most 3600 seconds." in words(answer.content.decode())
    assert not Job.objects.exists()


def test_a_decimal_comma_is_read(client) -> None:
    assert client.post(f"{PAGE}weigh/", {"seconds": "2,5"}).status_code == 302
    assert Job.objects.get().arguments == {"seconds": 2.5}


def test_a_job_is_cancelled_and_begun_again(client, asked, read) -> None:
    cancel, retry = (f"{PAGE}{asked.pk}/{act}/" for act in ("cancel", "retry"))
    assert cancel in read("jobs/")
    taken()
    assert client.post(cancel).status_code == 302
    page = read("jobs/")
    assert "It stops at its next step." in page
    assert cancel not in page
    assert client.post(retry).status_code == 422
    running = Job.objects.get()
    leases.free_silent(job=running.pk, attempt=running.attempt, beat=running.beat)
    assert retry in read("jobs/")
    assert client.post(retry).status_code == 302
    assert Job.objects.get().state == "waiting"
    leases.finish(taken(), lambda: {"run": 1})
    done = read("jobs/")
    assert "/case/wood/runs/1/" in done
    assert client.post(cancel).status_code == 422


def test_changes_are_posts_with_their_token_and_of_this_case(reader, asked, large) -> None:
    strict = reader(enforce_csrf_checks=True)
    for act in ("weigh/", f"{asked.pk}/cancel/", f"{asked.pk}/retry/"):
        assert strict.get(f"{PAGE}{act}").status_code == 405
        assert strict.post(f"{PAGE}{act}").status_code == 403
    assert reader().post(f"/case/large/jobs/{asked.pk}/cancel/").status_code == 404
    assert reader().post(f"/case/none/jobs/{asked.pk}/cancel/").status_code == 404
    assert Job.objects.get().state == "waiting"
