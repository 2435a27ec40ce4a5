"""The service policy in English."""

from portal.rules.service_shapes import Group, Point, Section, Words

EN = Words(
    title="Our service",
    lead="Whom we serve when, what you can rely on, and what it takes: these are the rules {company}"
    " works by, and anybody may know them.",
    as_of="As of {day}",
    sections=(
        Section(
            "why",
            "Why there is an order",
            (
                (
                    "We want to give you the best advice there is and mend what is broken as fast as we"
                    " can. That takes people who know their trade, think analytically and see how things"
                    " hang together. We spend a lot of time on their training."
                ),
                (
                    "Such people are rare. We cannot hire as many as we like without giving up knowledge"
                    " and experience. So service time is scarce and has to be shared out."
                ),
                (
                    "That is why there are two groups: customers with a service agreement and customers"
                    " without one. The group decides how much we do for you and when your turn comes."
                ),
            ),
        ),
        Section(
            "groups",
            "The two groups",
            groups=(
                Group(
                    "with",
                    "With a service agreement",
                    "You are served first.",
                    (
                        Point("Tickets", "Your tickets come before all tickets without an agreement."),
                        Point(
                            "Phone",
                            "You have a service number of your own without a waiting queue. If somebody"
                            " is free you are put through at once; if not, you hear the busy tone at once"
                            " and lose no time.",
                        ),
                        Point("Entitlement", "You are entitled to the support that was agreed."),
                        Point(
                            "Data protection",
                            "We conclude a data processing agreement with you. It makes possible:"
                            " {capabilities}.",
                        ),
                        Point("Articles", "You read our internal articles as well."),
                        Point(
                            "Billing",
                            "What goes beyond the agreement, outside service hours for example, is billed"
                            " by our general price list.",
                        ),
                    ),
                ),
                Group(
                    "without",
                    "Without a service agreement",
                    "You are served when nobody with an agreement waits.",
                    (
                        Point("Tickets", "We work on your tickets when no higher-ranked one waits."),
                        Point(
                            "Phone",
                            "You reach us at the public number. When we are busy you wait in a queue, and"
                            " after a few minutes you can leave a message on the voicemail.",
                        ),
                        Point("Entitlement", "You are not entitled to support."),
                        Point(
                            "Data protection",
                            "Without a data processing agreement our help is limited. Not possible:"
                            " {capabilities}.",
                        ),
                        Point(
                            "Articles",
                            "Product documentation and public articles are open to you around the clock.",
                        ),
                        Point("Billing", "All work is billed by our general price list."),
                    ),
                ),
            ),
        ),
        Section(
            "order",
            "The order we work in",
            points=(
                Point(
                    "The agreement",
                    "Service levels come first, by their rank; then everybody without one.",
                ),
                Point("The severity", "Inside a group the severity counts: critical, high, normal, low."),
                Point(
                    "The arrival",
                    "Among equals, what reached us earlier comes first. Asking again changes nothing"
                    " about that, for better or worse.",
                ),
            ),
            is_numbered=True,
            closing=("Should a ticket ever be moved forward, we write down why.",),
        ),
        Section("levels", "Our service levels"),
        Section("hours", "Service hours"),
        Section("contact", "How to reach us"),
        Section("prices", "Price list"),
        Section(
            "data",
            "What needs a data processing agreement",
            (
                (
                    "As soon as personal data reaches us while we work, or we cannot rule out that we get"
                    " to see some, we need a data processing agreement with you, or the explicit consent"
                    " of every person concerned."
                ),
                (
                    "Such an agreement brings duties, effort and liability for both sides. So we conclude"
                    " it after a mutual review, and on the basis of a relationship that is meant to last."
                ),
            ),
        ),
        Section(
            "vendor",
            "Why an update contract is not enough",
            (
                "A service agreement is about our work for you.",
                (
                    "Update contracts, Software Assurance, software maintenance and cloud products billed"
                    " by the month are about what a manufacturer does, new versions for example. As a rule"
                    " they are concluded with the manufacturer; we pass them on or bill them. They change"
                    " nothing about the order of your tickets."
                ),
            ),
        ),
        Section(
            "faster",
            "If you would like it to be faster",
            (
                (
                    "With a service agreement your tickets move forward by themselves, you reach us"
                    " without a waiting queue, and with the data processing agreement we may help you"
                    " directly on your systems. Talk to us if you would like one."
                ),
            ),
        ),
    ),
    labels={
        "always": "Always possible",
        "portal": "Portal",
        "portal_text": "Around the clock, with your place in the queue: {address}",
        "phone": "Public number",
        "service_number": "Service number",
        "service_number_text": "Customers with a service agreement have one of their own.",
        "mail": "E-mail",
        "post": "Postal address",
        "zone": "Local time in {zone}. Tickets are taken around the clock.",
        "levels_ranked": "Their tickets come in this order:",
        "levels_equal": "All levels have the same rank; they differ in what was agreed.",
        "levels_one": "There is one level:",
        "without": "Without an agreement",
        "without_text": "Then all tickets of customers without a service agreement.",
        "same_rank": "{names} have the same rank.",
        "page": "Page",
    },
)
