import numpy as np
import pytest

from shopwright.train.intent.shoppers.cascade import found, looked_at
from shopwright.train.intent.shoppers.settings import ShopperSettings


def test_a_perfect_first_product_is_found_as_often_as_it_is_opened() -> None:
    settings = ShopperSettings()
    assert found([1.0], looked_at([1.0], "phone", settings), settings.opens_wanted) == settings.opens_wanted


def test_nothing_is_found_in_nothing() -> None:
    assert found([], looked_at([], "phone", ShopperSettings()), 0.9) == 0
    assert found([0, 0], looked_at([0, 0], "phone", ShopperSettings()), 0.9) == 0


def test_lower_places_and_phones_find_less() -> None:
    settings = ShopperSettings()
    values = {
        (device, place): found(fits, looked_at(fits, device, settings), settings.opens_wanted)
        for device in ("phone", "desktop")
        for place in (0, 4)
        for fits in [[float(at == place) for at in range(5)]]
    }
    assert values["phone", 4] < values["desktop", 4] < values["desktop", 0] == values["phone", 0]


def test_the_closed_form_is_the_mean_of_a_simulation() -> None:
    settings, fits, random = ShopperSettings(), [0.0, 0.35, 0.0, 1.0], np.random.default_rng(0)
    pleased, tries = 0, 20_000
    for _ in range(tries):
        for fit in fits:
            if random.random() < settings.opens_wanted * fit:
                pleased += 1
                break
            if fit == 0 and random.random() < settings.opens_other * settings.put_off:
                break
            if random.random() >= settings.phone_goes_on:
                break
    exact = found(fits, looked_at(fits, "phone", settings), settings.opens_wanted)
    assert pleased / tries == pytest.approx(exact, abs=0.01)
