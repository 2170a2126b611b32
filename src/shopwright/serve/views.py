"""From the library's values to what the API says: pure functions without HTTP.

Cards come from `Shop.card`; here attributes, offers and related products are put in order beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shopwright.catalog.offers import attribute_text
from shopwright.serve.filters import format_filter, label_field, label_filter
from shopwright.serve.schemas import (
    MAX_QUERY,
    ActiveFilter,
    FacetValueView,
    FacetView,
    Line,
    Offer,
    ProductResponse,
    RelatedGroup,
    RelatedProduct,
    RelatedResponse,
    Result,
    SearchResponse,
    SuggestionView,
    SuggestResponse,
)
from shopwright.shop import Shop
from shopwright.types import AttributeValue, Facet, Filter, Hit, Product, Relation, SearchPage, SearchRequest

_RELATIONS: dict[Relation, str] = {
    "required_part": "You will need",
    "accessory": "Goes with it",
    "part_of_set": "From the same set",
    "often_bought_with": "Often bought together",
    "substitute": "Instead of it",
}
MAX_RELATED = 8
"""Products shown in one relation."""


def search_view(shop: Shop, request: SearchRequest, page: SearchPage, notes: list[str]) -> SearchResponse:
    """A page of hits with their cards. A hit whose product was deleted meanwhile is left out."""
    products = shop.products([id for hit in page.hits for id in (hit.id, *hit.instead)])
    return SearchResponse(
        query=request.query,
        searched=page.searched,
        total=page.total,
        offset=request.offset,
        limit=request.limit,
        sort=request.sort,
        results=[_result(shop, products, hit) for hit in page.hits if hit.id in products],
        facets=[_facet(facet) for facet in page.facets],
        filters=[active(filter) for filter in request.filters],
        notes=notes,
        timings=page.timings,
        dense_coverage=page.dense_coverage,
    )


def suggest_view(shop: Shop, prefix: str, limit: int) -> SuggestResponse:
    """The suggestions for what was typed."""
    found = shop.suggest(prefix, limit)
    views = [SuggestionView(text=one.text, products=one.products, parts=one.parts) for one in found]
    return SuggestResponse(query=prefix[:MAX_QUERY], suggestions=views)


def product_view(shop: Shop, asked: str) -> ProductResponse:
    """A product in full, asked for by its own id or a variant's.

    Raises:
        NotFoundError: when neither answers to the id.
    """
    product = shop.product(asked)
    variant = next((variant.id for variant in product.variants if variant.id == asked), None)
    return ProductResponse(
        product=product,
        card=shop.card(product, variant),
        attributes=attribute_lines(product.attributes),
        offers=_offers(shop, product),
        reviews=shop.reviews(product.id),
        related=_related(shop, product),
    )


def active(filter: Filter) -> ActiveFilter:
    """A filter as a chip."""
    return ActiveFilter(f=format_filter(filter), field=filter.field, label=label_filter(filter))


def attribute_lines(attributes: Mapping[str, AttributeValue]) -> list[Line]:
    """Attributes in words, in the merchant's order; empty ones are left out."""
    return [
        Line(name=f"attr:{name}", label=label_field(f"attr:{name}"), value=text)
        for name, value in attributes.items()
        if (text := attribute_text(value))
    ]


def related_view(shop: Shop, asked: str) -> RelatedResponse:
    """What can be bought in place of a product, and what goes with it.

    Raises:
        NotFoundError: when nothing answers to the id.
    """
    product = shop.product(asked)
    return RelatedResponse(
        substitutes=_beside(shop, shop.substitutes(product.id)), complements=_beside(shop, shop.complements(product.id))
    )


def _beside(shop: Shop, hits: Sequence[Hit]) -> list[RelatedProduct]:
    found = shop.products([hit.id for hit in hits])
    return [
        RelatedProduct(id=hit.id, card=shop.card(found[hit.id]), why=list(hit.why)) for hit in hits if hit.id in found
    ]


def _result(shop: Shop, products: Mapping[str, Product], hit: Hit) -> Result:
    return Result(
        id=hit.id,
        variant_id=hit.variant_id,
        card=shop.card(products[hit.id], hit.variant_id),
        highlights=hit.highlights,
        ranks=hit.ranks,
        score=hit.score,
        why=list(hit.why),
        instead=[shop.card(products[id]) for id in hit.instead if id in products],
    )


def _facet(facet: Facet) -> FacetView:
    values = [
        FacetValueView(
            label=value.label,
            value=value.filter.values[0] if value.filter.values else "",
            count=value.count,
            f=format_filter(value.filter),
        )
        for value in facet.values
    ]
    return FacetView(
        field=facet.field, label=facet.label, values=values, low=facet.low, high=facet.high, unit=facet.unit
    )


def _offers(shop: Shop, product: Product) -> list[Offer]:
    if not product.variants:
        return [Offer(card=shop.card(product))]
    return [
        Offer(
            variant_id=variant.id,
            options=variant.options,
            card=shop.card(product, variant.id),
            attributes=attribute_lines(variant.attributes),
        )
        for variant in product.variants
    ]


def _related(shop: Shop, product: Product) -> list[RelatedGroup]:
    wanted = {id for ids in product.related.values() for id in ids[:MAX_RELATED]}
    found = shop.products(sorted(wanted)) if wanted else {}
    groups = []
    for relation, label in _RELATIONS.items():
        ids = [id for id in product.related.get(relation, ())[:MAX_RELATED] if id in found]
        if ids:
            cards = [shop.card(found[id]) for id in ids]
            groups.append(RelatedGroup(relation=relation, label=label, cards=cards))
    return groups
