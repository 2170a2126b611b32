"""A column map guessed from names and values.

Names are compared in snake_case with lists of synonyms (English first, with the common words of shops in German,
French, Spanish, Italian and Dutch); the values of a sample must then look like the field: a `price` that holds words is
none. Columns that fit no field become attributes, unless they are ids, addresses, long texts, bookkeeping, or empty.

What not: no model takes part, and a column is never split. When the guess is wrong, the merchant gives the map.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shopwright.catalog.attributes import attribute_name, snake_case
from shopwright.catalog.feeds.columns import IGNORED, ColumnMap
from shopwright.catalog.feeds.values import read_availability, read_date, read_path, text_of
from shopwright.catalog.money import CURRENCIES, currency_code, parse_money
from shopwright.errors import RowError

SAMPLE = 500

_SYNONYMS: Mapping[str, str] = {
    # Best name first. A field takes one column; description, images and highlights take all that fit.
    "id": "id product_id item_id article_id articleid productid itemid sku item_sku product_sku variant_sku "
    "asin offer_id uniq_id unique_id artikelnummer artikelnr art_nr article_number item_number "
    "product_number item_no product_no article_no uid pid code product_code reference handle gtin ean upc "
    "barcode isbn isbn13",
    "title": "title product_title product_name prod_name productname name item_name article_name display_name "
    "productdisplayname titel bezeichnung artikelbezeichnung produktname artikelname nom nom_produit "
    "nombre nome titre titulo titolo naam item_title product book_title label",
    "description": "description product_description detail_desc long_description desc descr body body_html details "
    "about overview beschreibung langbeschreibung produktbeschreibung descripcion descrizione omschrijving "
    "descriptif content full_description summary short_description kurzbeschreibung about_product "
    "product_details",
    "highlights": "highlights bullets bullet_points bullet_point feature_bullets features key_features about_item "
    "product_highlight product_highlights bulletpoints",
    "brand": "brand product_brand vendor manufacturer marke hersteller marque marca merk maker fabricant producer",
    "category": "category categories category_path product_category category_tree product_category_tree breadcrumb "
    "breadcrumbs category_list kategorie kategorien categorie catégorie categoria warengruppe "
    "google_product_category category_name taxonomy",
    "attributes": "attributes attrs specifications specification specs spec technical_details technical_data "
    "properties param params parameters characteristics product_specifications item_specifics eigenschaften",
    "price": "price regular_price current_price selling_price unit_price product_price price_incl_tax preis vk "
    "verkaufspreis prix precio prezzo prijs retail_price sales_price our_price final_price actual_price "
    "base_price",
    "price_minor": "price_minor price_cents price_in_cents price_minor_units cents",
    "list_price": "list_price compare_at_price compare_price msrp rrp uvp was_price old_price original_price "
    "strike_price initial_price market_price mrp regular_price retail_price",
    "sale_price": "sale_price special_price discounted_price discount_price offer_price promo_price promotional_price "
    "angebotspreis aktionspreis prix_promo precio_oferta sonderpreis",
    "sale_price_minor": "sale_price_minor sale_price_cents",
    "sale_dates": "sale_price_effective_date",
    "sale_start": "sale_price_start_date special_price_from_date sale_start date_sale_price_starts",
    "sale_end": "sale_price_end_date special_price_to_date sale_end date_sale_price_ends",
    "currency": "currency currency_code price_currency pricecurrency währung waehrung devise moneda valuta",
    "availability": "availability in_stock instock is_in_stock stock_status stockstatus available is_available "
    "verfügbarkeit verfuegbarkeit disponibilité disponibilidad lieferstatus availability_status",
    "stock": "stock quantity qty inventory inventory_quantity stock_quantity stock_level units_in_stock "
    "quantity_in_stock on_hand quantity_available available_quantity stock_qty bestand lagerbestand "
    "lagermenge menge existencias voorraad",
    "options": "options option_names",
    "variants": "variants variations skus",
    "images": "images image image_url image_link image_urls img img_url imgurl image_src main_image primary_image "
    "product_image picture pictures picture_url photo photos thumbnail thumbnail_url "
    "additional_image_link additional_image_links additional_images bild bilder bild_url bildlink image_1 "
    "image_2 image_3 image_4 image1 image2 image3 hi_res_image large_image",
    "url": "url link product_url product_link page_url producturl permalink href canonical_url deeplink "
    "product_page link_url web_url produkt_url",
    "rating": "rating average_rating avg_rating star_rating stars rating_value review_rating review_score ratings "
    "product_rating rating_avg bewertung overall_rating mean_rating",
    "rating_count": "rating_count ratings_count review_count reviews_count num_reviews number_of_reviews rating_number "
    "num_ratings no_of_ratings ratings_total total_reviews reviews anzahl_bewertungen",
    "gtin": "gtin gtin13 gtin14 gtin12 gtin8 ean ean13 ean_code eancode upc upc_code barcode isbn isbn13 ean_upc",
    "mpn": "mpn manufacturer_part_number part_number partnumber model_number modelnumber model_no oem_code "
    "herstellernummer part_no mfr_part_number",
    "condition": "condition item_condition zustand product_condition",
    "related": "related related_products",
    "released": "released release_date released_at date_released launch_date date_first_available release "
    "erscheinungsdatum publication_date date_published",
    "group_id": "item_group_id group_id",
    "group_title": "item_group_title",
}  # fmt: skip
_JOINED = ("images", "highlights")
_RANKS: Mapping[str, Sequence[str]] = {
    column: names.split()
    for column, names in {
        "top": "index_group division main_category master_category mastercategory top_category root_category "
        "parent_category category_1 category1 cat1 cat_1 category_level_1 level_1 l1_category department abteilung",
        "middle": "product_group sub_category subcategory category_2 category2 cat2 cat_2 category_level_2 level_2 "
        "l2_category unterkategorie class",
        "low": "product_type article_type articletype sub_sub_category category_3 category3 cat3 cat_3 "
        "category_level_3 level_3 l3_category item_type subclass producttype",
    }.items()
}
_ATTRIBUTE_NAMES = {
    "colour_group": "colour", "product_colour": "colour", "colour_name": "colour", "base_colour": "colour",
    "basecolour": "colour", "farbe": "colour", "couleur": "colour", "primary_colour": "colour", "product_size": "size",
    "größe": "size", "groesse": "size", "taille": "size", "product_material": "material", "product_weight": "weight",
    "item_weight": "weight", "gewicht": "weight", "product_width": "width", "product_height": "height",
    "product_length": "length",
}  # fmt: skip
_BOOKKEEPING_LIST = """
id ids uuid guid hash sku skus code url urls link href created updated modified timestamp cost margin price tax
taxes shipping seo meta slug handle status visibility visible published publish position html image img images
thumbnail tracking supplier warehouse export feed no nr seller merchant enabled deleted active raw md5 crawl scraped
checkout eligible redirect commission ads video videos file filename path embedding vector
"""
_BOOKKEEPING = frozenset(_BOOKKEEPING_LIST.split())
_WEB = re.compile(r"(?:https?:)?//\S+|/\S*\.(?:jpe?g|png|webp|gif|svg|avif)", re.IGNORECASE)
_ID_LIKE = re.compile(r"(?=\S*\d)[\w.\-]{5,}|[0-9a-f]{16,}", re.IGNORECASE)
_SUFFIXES = ("_name", "_text", "_value", "_en", "_de")


def guess_columns(rows: Sequence[Mapping[str, Any]], given: Mapping[str, str]) -> ColumnMap:
    """The column map of a table.

    Args:
        rows: a sample of its rows.
        given: columns whose target the merchant names.
    """
    samples: dict[str, list[object]] = {}
    for row in rows:
        for column, value in row.items():
            known = samples.setdefault(column, [])
            if value is not None and value != "" and value != []:
                known.append(value)
    targets = dict(given)
    constants = _fields(samples, targets)
    _levels(samples, targets)
    _by_value(samples, targets, len(rows))
    for column, values in samples.items():
        if column not in targets:
            targets[column] = unclaimed_target(column, values, len(rows))
    ordered = {column: targets[column] for column in samples} | {c: t for c, t in targets.items() if c not in samples}
    claimed = set(targets.values())

    def learn(column: str, value: object) -> str:
        target = _late(column, value, claimed)
        claimed.add(target)
        return target

    return ColumnMap(ordered, learn, constants)


def attribute_target(column: str, values: Sequence[object] = ()) -> str:
    """`attr:NAME` for a column that may be an attribute by its name and values, else `ignored`."""
    name, _ = attribute_name(column)
    short = _short(name)
    words = set(short.split("_"))
    if not name or words & _BOOKKEEPING or name.startswith("custom_label"):
        return IGNORED
    if any(isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value) for value in values):
        return IGNORED
    return f"attr:{_ATTRIBUTE_NAMES.get(short, short)}"


def _fields(samples: Mapping[str, list[object]], targets: dict[str, str]) -> dict[str, str]:
    """Columns that a field's synonyms name and whose values fit it. Returns constants read from names ("price_eur")."""
    constants: dict[str, str] = {}
    names = {column: snake_case(column) for column in samples}
    for field, words in _SYNONYMS.items():
        if field in targets.values() or (field.endswith("_minor") and field[:-6] in targets.values()):
            continue
        ranks = {word: rank for rank, word in enumerate(words.split())}
        fitting: list[tuple[int, str]] = []
        for column, name in names.items():
            stem, currency = _without_currency(name) if "price" in field else (name, None)
            word = stem if stem in ranks else _short(stem)
            plain = word == field and field in ("id", "title")  # there is nothing else that it could be
            if column not in targets and word in ranks and (plain or _fits(field, samples[column])):
                fitting.append((ranks[word], column))
                if currency and field == "price":
                    constants.setdefault("currency", currency)
        fitting.sort(key=lambda pair: pair[0])
        if field == "description":
            fitting = [pair for pair in fitting if pair is fitting[0] or _mean_length(samples[pair[1]]) > 40]
        for _, column in fitting if field in (*_JOINED, "description") else fitting[:1]:
            targets[column] = field
    return constants


def _levels(samples: Mapping[str, list[object]], targets: dict[str, str]) -> None:
    """Category levels that stand in columns of their own, from broad to narrow."""
    whole = next((column for column, target in targets.items() if target == "category"), None)
    if whole is not None and (whole not in samples or any(len(read_path(value)) > 1 for value in samples[whole][:50])):
        return
    if any(target.startswith("category:") for target in targets.values()):
        return
    chosen: dict[str, str] = {}
    for rank, words in _RANKS.items():
        named = {_short(snake_case(column)): column for column in samples if column not in targets}
        column = next((named[word] for word in words if word in named), None)
        if column is not None and all(isinstance(value, str | list) for value in samples[column]):
            chosen[rank] = column
    ordered = [chosen.get("top"), whole, chosen.get("middle"), chosen.get("low")]
    found = [column for column in ordered if column is not None]
    if chosen:
        single = len(found) == 1
        targets.update({column: "category" if single else f"category:{n}" for n, column in enumerate(found, start=1)})


def _by_value(samples: Mapping[str, list[object]], targets: dict[str, str], rows: int) -> None:
    """An id and a title where no name gave one: the most distinct short code, the most distinct short text."""
    free = [column for column in samples if column not in targets and len(samples[column]) >= max(1, 0.9 * rows)]
    texts = {column: [text_of(value) for value in samples[column]] for column in free}
    distinct = {column: len(set(values)) / max(len(values), 1) for column, values in texts.items()}
    if "id" not in targets.values():
        codes = [c for c in free if distinct[c] > 0.98 and all(v and " " not in v and len(v) < 60 for v in texts[c])]
        codes = [column for column in codes if not all(_WEB.fullmatch(value) for value in texts[column])]
        if codes:
            targets[max(codes, key=lambda column: distinct[column])] = "id"
    if "title" not in targets.values():
        named = [c for c in free if c not in targets and distinct[c] > 0.5 and 4 < _mean_length(samples[c]) < 160]
        named = [c for c in named if any(re.search(r"[^\W\d_]{2}", value) for value in texts[c][:20])]
        named = [c for c in named if not any(_WEB.fullmatch(value) for value in texts[c][:20])]
        if named:
            targets[max(named, key=lambda column: distinct[column])] = "title"


def unclaimed_target(column: str, values: list[object], rows: int) -> str:
    """What becomes of a column that fits no field."""
    if not values or (rows >= 50 and len(values) < 0.01 * rows):
        return IGNORED
    texts = [text_of(value) for value in values]
    if sum(bool(_WEB.match(text)) for text in texts) > 0.5 * len(texts) or _mean_length(values) > 200:
        return IGNORED
    if len(texts) >= 20 and len(set(texts)) == len(texts) and all(_ID_LIKE.fullmatch(text) for text in texts):
        return IGNORED
    return attribute_target(column, values)


def _late(column: str, value: object, claimed: set[str]) -> str:
    """The target of a column that first appears after the sample."""
    name = snake_case(column)
    for field, words in _SYNONYMS.items():
        free = field not in claimed or field in _JOINED
        if free and (name in words.split() or _short(name) in words.split()) and _fits(field, [value]):
            return field
    return unclaimed_target(column, [value], 1)


def _short(name: str) -> str:
    return next((name.removesuffix(suffix) for suffix in _SUFFIXES if name.endswith(suffix)), name)


def _without_currency(name: str) -> tuple[str, str | None]:
    """ "price_eur" -> ("price", "EUR")."""
    stem, _, last = name.rpartition("_")
    return (stem, last.upper()) if stem and last.upper() in CURRENCIES and last != "all" else (name, None)


def _mean_length(values: Sequence[object]) -> float:
    return sum(len(text_of(value)) for value in values) / len(values) if values else 0.0


def _is_price(value: object) -> bool:
    try:
        parse_money(value)
    except RowError:
        return False
    return True


def _number(value: object, high: float) -> bool:
    try:
        return not isinstance(value, bool) and abs(float(text_of(value).replace(",", ""))) <= high
    except ValueError:
        return False


_CHECKS: Mapping[str, tuple[float, Callable[[object], bool]]] = {
    # Share of the sample's values that must look like the field, and how that looks.
    "id": (0.9, lambda value: isinstance(value, str | int) and not isinstance(value, bool)),
    "title": (0.9, lambda value: isinstance(value, str)),
    "description": (0.9, lambda value: isinstance(value, str)),
    "highlights": (0.9, lambda value: isinstance(value, str | list)),
    "brand": (0.9, lambda value: isinstance(value, str)),
    "attributes": (0.9, lambda value: isinstance(value, Mapping | list) or text_of(value)[:1] in ("{", "[")),
    "price": (0.5, _is_price),
    "price_minor": (0.9, lambda value: _number(value, 1e12)),
    "list_price": (0.5, _is_price),
    "sale_price": (0.5, _is_price),
    "sale_price_minor": (0.9, lambda value: _number(value, 1e12)),
    "currency": (0.5, lambda value: currency_code(text_of(value)) is not None),
    "availability": (0.5, lambda value: read_availability(value) != "unknown"),
    "stock": (0.5, lambda value: _number(value, 1e9)),
    "variants": (0.9, lambda value: isinstance(value, list) or text_of(value)[:1] == "["),
    "images": (0.5, lambda value: not isinstance(value, str) or bool(_WEB.match(value.lstrip("[\"' ")))),
    "url": (0.5, lambda value: bool(_WEB.match(text_of(value))) or text_of(value).startswith("/")),
    "rating": (0.5, lambda value: isinstance(value, Mapping | list) or _number(value, 10)),
    "rating_count": (0.5, lambda value: _number(value, 1e9)),
    "gtin": (0.5, lambda value: len(re.sub(r"\D", "", text_of(value))) >= 8),
    "related": (0.9, lambda value: isinstance(value, Mapping)),
    "released": (0.5, lambda value: read_date(value) is not None),
}


def _fits(field: str, values: Sequence[object]) -> bool:
    """Whether the values look like the field. An empty column fits by its name alone."""
    share, check = _CHECKS.get(field, (0.0, bool))
    return not values or sum(map(check, values)) >= share * len(values)
