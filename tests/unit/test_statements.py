"""Statements: what lines add up to, and that corrections neither lose nor make money."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from billing.rules.correcting import ChargeFact, plan, reversal_key, slice_key, waiver_key
from billing.rules.paper_words import WORDS
from billing.rules.periods import Month
from billing.rules.totals import LineFact, net_of, totals_of
from lib.reasons import fields_of

amounts = st.decimals(-99_999, 99_999, places=2)
rates = st.sampled_from([Decimal("0.00"), Decimal("7.00"), Decimal("19.00")])


@given(st.lists(st.builds(LineFact, amounts, rates)))
def test_totals_equal_their_lines_to_the_cent(lines: list[LineFact]) -> None:
    totals = totals_of(lines)

    assert totals.net == sum((line.net for line in lines), Decimal(0))
    assert totals.gross == totals.net + totals.vat
    assert totals.vat == sum((share.vat for share in totals.shares), Decimal(0))
    for share in totals.shares:
        assert share.net == sum((line.net for line in lines if line.vat_percent == share.percent), Decimal(0))
        assert abs(share.vat * 100 - share.net * share.percent) <= Decimal("0.5")


@given(st.lists(st.builds(LineFact, amounts, rates)))
def test_a_statement_of_corrections_undoes_the_one_it_corrects(lines: list[LineFact]) -> None:
    undone = totals_of(LineFact(-line.net, line.vat_percent) for line in lines)

    assert undone.gross == -totals_of(lines).gross


def test_vat_is_worked_out_on_sums_and_not_on_lines() -> None:
    lines = [LineFact(Decimal("0.03"), Decimal(19))] * 3 + [LineFact(Decimal("10"), Decimal(7))]

    totals = totals_of(lines)

    assert [(share.percent, share.net, share.vat) for share in totals.shares] == [
        (Decimal("7.00"), Decimal("10.00"), Decimal("0.70")),
        (Decimal("19.00"), Decimal("0.09"), Decimal("0.02")),
    ]
    assert totals.gross == Decimal("10.81")


def test_covered_lines_belong_to_no_rate() -> None:
    assert totals_of([LineFact(Decimal(0), Decimal(0), is_covered=True)]).shares == ()


@pytest.mark.parametrize(
    ("quantity", "price", "surcharge", "unit", "net"),
    [
        ("50", "120", "0", "minute", "100.00"),
        ("1", "119", "50", "minute", "2.98"),
        ("23", "0.70", "0", "kilometre", "16.10"),
        ("1", "89", "0", "piece", "89.00"),
        ("-50", "120", "0", "minute", "-100.00"),
    ],
)
def test_what_a_quantity_costs(quantity: str, price: str, surcharge: str, unit: str, net: str) -> None:
    assert net_of(Decimal(quantity), Decimal(price), Decimal(surcharge), unit=unit) == Decimal(net)


def test_months_follow_each_other() -> None:
    month = Month.parse("2026-12")

    assert (month.ends_on, str(month.next), str(month.previous)) == (date(2026, 12, 31), "2027-01", "2026-11")
    assert Month.parse("2028-02").ends_on == date(2028, 2, 29)
    assert (month.in_words("de"), month.in_words("en")) == ("Dezember 2026", "December 2026")


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "10-2026", "", "2026-10-01", "1999-01"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{text}$"):
        Month.parse(text)


def test_papers_say_the_same_in_both_languages() -> None:
    german, english = WORDS["de"], WORDS["en"]

    assert german.keys() == english.keys()
    assert all(german.values())
    assert all(english.values())
    assert {key: set(fields_of(text)) for key, text in german.items()} == {
        key: set(fields_of(text)) for key, text in english.items()
    }


class Ledger(RuleBasedStateMachine):
    """Work is entered, taken back, decided anew, waived, collected and closed, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.slices: dict[int, Decimal] = {}
        self.charges: dict[str, ChargeFact] = {}
        self.closed: list[tuple[str, Decimal]] = []
        self.waived = Decimal(0)
        self.serial = 0

    @rule(net=amounts)
    def enter(self, net: Decimal) -> None:
        self.serial += 1
        self.slices[self.serial] = net

    @precondition(lambda self: self.slices)
    @rule(pick=st.randoms(use_true_random=False))
    def take_back(self, pick) -> None:  # type: ignore[no-untyped-def]  # hypothesis' own Random
        del self.slices[pick.choice(sorted(self.slices))]

    @precondition(lambda self: self.slices)
    @rule(pick=st.randoms(use_true_random=False), net=amounts)
    def decide_anew(self, pick, net: Decimal) -> None:  # type: ignore[no-untyped-def]
        del self.slices[pick.choice(sorted(self.slices))]
        self.enter(net)

    @precondition(lambda self: any(key.startswith("slice") for key in self.charges))
    @rule(pick=st.randoms(use_true_random=False))
    def waive(self, pick) -> None:  # type: ignore[no-untyped-def]
        charge = self.charges[pick.choice(sorted(key for key in self.charges if key.startswith("slice")))]
        if {waiver_key(charge.key), reversal_key(charge.key)} & self.charges.keys():
            return
        key = waiver_key(charge.key)
        self.charges[key] = ChargeFact(
            key, charge.slice_id, -charge.quantity, -charge.net, is_closed=False, corrects=charge.key
        )

    @rule()
    def collect(self) -> None:
        wanted = plan(self.slices.keys(), self.charges.values())
        for key in wanted.drop:
            assert not self.charges[key].is_closed
            del self.charges[key]
        for pk in wanted.add:
            key = slice_key(pk)
            assert key not in self.charges
            self.charges[key] = ChargeFact(key, pk, Decimal(1), self.slices[pk], is_closed=False)
        for back in wanted.take_back:
            key, of = reversal_key(back.key), self.charges[back.key]
            assert key not in self.charges
            self.charges[key] = ChargeFact(
                key, of.slice_id, -back.quantity, -back.net, is_closed=False, corrects=of.key
            )

    @rule()
    def close(self) -> None:
        self.collect()
        for key, fact in self.charges.items():
            if not fact.is_closed:
                self.charges[key] = ChargeFact(
                    key, fact.slice_id, fact.quantity, fact.net, is_closed=True, corrects=fact.corrects
                )
                self.closed.append((key, fact.net))

    @invariant()
    def what_is_closed_stays(self) -> None:
        assert len({key for key, _net in self.closed}) == len(self.closed), "a line is on one statement only"
        assert all(self.charges[key].net == net and self.charges[key].is_closed for key, net in self.closed)

    @invariant()
    def nothing_is_lost(self) -> None:
        before = dict(self.charges)
        self.collect()
        standing = {slice_key(pk) for pk in self.slices}
        waived = sum(
            (fact.net for fact in self.charges.values()
             if fact.key.startswith("waive") and fact.corrects in standing),
            Decimal(0),
        )  # fmt: skip
        billed = sum((fact.net for fact in self.charges.values()), Decimal(0))
        assert billed == sum(self.slices.values(), Decimal(0)) + waived
        again = plan(self.slices.keys(), self.charges.values())
        assert (again.add, again.drop, again.take_back) == ((), (), ()), "collecting twice is once"
        self.charges = before


Ledger.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
test_charges_follow_what_was_decided = Ledger.TestCase
