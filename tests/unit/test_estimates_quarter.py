"""The estimates of a simulated quarter: made with what was known at the time, compared with what happened."""

import pytest

from tests.quarter import quarter


@pytest.mark.parametrize("seed", range(5))
def test_seventy_to_ninety_percent_come_true_and_the_range_is_at_most_twice_the_estimate(seed: int) -> None:
    """The estimate is the middle that is told: the mean wait of those who are compared."""
    figures = quarter(seed)
    print(figures)  # pytest -s, or where it fails
    assert figures.told > 0.9 * figures.tickets
    assert 0.70 <= figures.inside <= 0.90
    assert figures.width <= 2.0
    # Whoever still waits after an hour is told a range from then on; it is as honest.
    assert 0.65 <= figures.inside_later <= 0.90
    for share in figures.by_band.values():
        assert 0.65 <= share <= 0.92
