from shopwright.catalog.feeds.guess import guess_columns


def guess(*rows, **given):
    return guess_columns(rows, given).shown


def test_fashion_article_columns():
    row = {
        "article_id": "0108775015",
        "product_code": 108775,
        "prod_name": "Strap top",
        "detail_desc": "Jersey top with narrow shoulder straps.",
        "product_type_name": "Vest top",
        "product_group_name": "Garment Upper body",
        "colour_group_name": "Black",
        "index_group_name": "Ladieswear",
        "section_name": "Womens Everyday Basics",
        "price_scaled": 0.008,
    }
    assert guess(row) == {
        "article_id": "id",
        "product_code": "ignored",
        "prod_name": "title",
        "detail_desc": "description",
        "product_type_name": "category:3",
        "product_group_name": "category:2",
        "colour_group_name": "attr:colour",
        "index_group_name": "category:1",
        "section_name": "attr:section",
        "price_scaled": "ignored",
    }


def test_german_columns_with_a_currency_in_the_name():
    row = {"Artikelnummer": "A1", "Bezeichnung": "Zelt", "Preis (EUR)": "289,00", "Bestand": "3", "Farbe": "rot"}
    columns = guess_columns([row], {})
    assert columns.shown == {
        "Artikelnummer": "id",
        "Bezeichnung": "title",
        "Preis (EUR)": "price",
        "Bestand": "stock",
        "Farbe": "attr:colour",
    }
    assert columns.record(row)["currency"] == "EUR"


def test_values_decide_between_meanings():
    assert guess({"id": 1, "title": "a", "features": ["x", "y"]})["features"] == "highlights"
    assert guess({"id": 1, "title": "a", "attributes": {"x": 1}})["attributes"] == "attributes"
    assert guess({"id": 1, "title": "a", "reviews": [{"text": "x"}]})["reviews"] == "ignored"
    assert guess({"id": 1, "title": "a", "reviews": 12})["reviews"] == "rating_count"
    assert guess({"id": 1, "title": "a", "price": "good value"})["price"] == "ignored"
    assert guess({"id": 1, "title": "a", "url": "see shop"})["url"] == "ignored"


def test_regular_and_charged_prices():
    shown = guess({"id": 1, "title": "a", "price": 15, "list_price": 20})
    assert (shown["price"], shown["list_price"]) == ("price", "list_price")
    shown = guess({"id": 1, "title": "a", "regular_price": 20, "sale_price": 15})
    assert (shown["regular_price"], shown["sale_price"]) == ("price", "sale_price")


def test_a_path_stands_alone_and_levels_are_ordered():
    assert (
        guess({"id": 1, "title": "a", "category": "A > B", "product_type": "x"})["product_type"] == "attr:product_type"
    )
    shown = guess({"id": 1, "title": "a", "sub_category": "Tents", "category": "Camping"})
    assert (shown["category"], shown["sub_category"]) == ("category:1", "category:2")
    assert guess({"id": 1, "title": "a", "product_type": "Tent"})["product_type"] == "category"


def test_unknown_columns_are_attributes_unless_they_say_nothing_to_shoppers():
    row = {
        "id": 1,
        "title": "a",
        "material": "oak",
        "created_at": "2020",
        "photo_hash": "f3",
        "seo_title": "x",
        "supplier_id": 4,
    }
    shown = guess(row)
    assert shown["material"] == "attr:material"
    assert {shown[name] for name in ("created_at", "photo_hash", "seo_title", "supplier_id")} == {"ignored"}


def test_empty_long_and_code_columns_are_ignored():
    rows = [
        {"id": n, "title": f"thing {n}", "a": "", "b": f"x9{n:05}", "c": "long " * 100, "d": "oak"} for n in range(60)
    ]
    rows[0]["rare"] = ""
    shown = guess(*rows)
    assert [shown[name] for name in "abcd"] == ["ignored", "ignored", "ignored", "attr:d"]


def test_id_and_title_are_found_by_their_values():
    rows = [{"ref": f"K-{n}", "what": f"A thing of kind {n}", "group": "x"} for n in range(30)]
    shown = guess(*rows)
    assert (shown["ref"], shown["what"], shown["group"]) == ("id", "title", "attr:group")


def test_what_is_given_beats_the_guess():
    shown = guess({"id": 1, "title": "a", "price": 4995}, price="price_minor")
    assert shown["price"] == "price_minor"


def test_a_field_may_first_appear_late():
    columns = guess_columns([{"id": 1, "title": "a"}], {})
    assert columns.record({"id": 2, "title": "b", "sale_price": "5", "oak": "yes"}) == {
        "id": 2,
        "title": "b",
        "sale_price": "5",
        "attributes": {"oak": "yes"},
    }
