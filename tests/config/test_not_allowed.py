from django.urls import reverse


def test_an_address_of_a_form_opened_by_get_says_so(client, liaison):
    client.force_login(liaison)
    answer = client.get(reverse("visits:notice_read_all"))
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert "此地址只接收表单提交" in answer.content.decode()


def test_words_in_the_address_of_the_search_are_not_looked_for(client, casework):
    client.force_login(casework.petition)
    answer = client.get(reverse("visits:letter_search"), {"q": "供水"})
    assert answer.status_code == 302
    assert answer.url == reverse("visits:letter_list")
