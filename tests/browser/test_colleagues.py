"""A company admin on a narrow phone, without scripts."""

from playwright.sync_api import expect

from tests.browser.people import People

PHONE = {"width": 360, "height": 780}
IS_NARROW = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def test_a_company_admin_invites_and_sees_to_a_colleague_without_scripts(people: People) -> None:
    admin = people.invite(java_script_enabled=False, viewport=PHONE)
    admin.sign_in("reiter")
    expect(admin.page.locator(".portal-nav a[href='/portal/colleagues/']")).to_have_count(0)

    admin = people.invite(java_script_enabled=False, viewport=PHONE)
    admin.accepted = ("422",)
    admin.sign_in("northgate")
    page = admin.page
    page.locator(".portal-menu-button").click()
    page.locator(".portal-nav a[href='/portal/colleagues/']").click()
    expect(page.get_by_role("heading", name="Colleagues")).to_be_visible()

    page.get_by_role("link", name="Invite a colleague").click()
    page.get_by_role("textbox", name="Name").fill("Kim Osei")
    page.get_by_role("textbox", name="E-mail").fill("kim@elsewhere.example")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.locator(".field-error")).to_contain_text("We could not invite this address.")
    expect(page.get_by_role("textbox", name="Name")).to_have_value("Kim Osei")

    page.get_by_role("textbox", name="E-mail").fill("k.osei@northgate-biotech.example")
    page.get_by_role("radio", name="All tickets of the company").check()
    page.get_by_role("button", name="Send the invitation").click()
    kim = page.locator(".ticket-item", has_text="Kim Osei")
    expect(kim).to_contain_text("Invited")
    expect(kim).to_contain_text("sees all tickets")
    assert page.evaluate(IS_NARROW)

    kim.get_by_role("link").click()
    page.get_by_role("link", name="Close the access").click()
    assert page.evaluate(IS_NARROW)
    page.get_by_role("button", name="Close the access").click()
    expect(page.locator(".ticket-item", has_text="Kim Osei")).to_contain_text("Access closed")
