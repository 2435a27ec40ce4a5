"""Mail providers at which anybody gets an address: their domains say nothing about whose people write."""

PROVIDERS = frozenset(
    {
        "aol.com", "arcor.de", "bluewin.ch", "duck.com", "email.de", "fastmail.com", "freenet.de",
        "gmail.com",
        "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hey.com", "hotmail.com",
        "hotmail.de", "icloud.com", "live.com", "live.de", "mac.com", "mail.de", "mail.ru", "mailbox.org",
        "me.com", "msn.com", "online.de", "outlook.com", "outlook.de", "pm.me", "posteo.de", "posteo.net",
        "proton.me", "protonmail.com", "qq.com", "t-online.de", "tutanota.com", "tutanota.de", "vodafone.de",
        "web.de", "yahoo.com", "yahoo.de", "yandex.com", "ymail.com", "zoho.com",
    }
)  # fmt: skip


def is_free_mail(domain: str) -> bool:
    """Whether addresses of this domain are given to anybody."""
    return domain.lower() in PROVIDERS
