"""The names of events: those of GA4's e-commerce reference, and what other sources call the same thing.

Sources: Google Analytics 4, "Recommended events"; Segment, "E-commerce Spec V2"; Vertex AI Search for commerce,
`UserEvent.eventType`; for tables the words that public click logs use (REES46, RetailRocket).
"""

from __future__ import annotations

NAMES = frozenset(
    (
        "view_item_list", "select_item", "view_item", "add_to_wishlist", "add_to_cart", "remove_from_cart", "view_cart",
        "begin_checkout", "add_shipping_info", "add_payment_info", "purchase", "refund", "view_promotion",
        "select_promotion", "search", "view_search_results",
    )
)  # fmt: skip
"""Events that are kept; every other name is counted and left out."""

SEARCHES = frozenset(("search", "view_search_results"))
VIEW, CART, PURCHASE = "view_item", "add_to_cart", "purchase"
"""The names that are rolled up by day and product."""

SEGMENT = {
    "products searched": "search",
    "product list viewed": "view_item_list",
    "product list filtered": "view_item_list",
    "promotion viewed": "view_promotion",
    "promotion clicked": "select_promotion",
    "product clicked": "select_item",
    "product viewed": "view_item",
    "product added": "add_to_cart",
    "product removed": "remove_from_cart",
    "cart viewed": "view_cart",
    "checkout started": "begin_checkout",
    "payment info entered": "add_payment_info",
    "order completed": "purchase",
    "order refunded": "refund",
    "product added to wishlist": "add_to_wishlist",
}

RETAIL = {
    "search": "search",
    "category-page-view": "view_item_list",
    "detail-page-view": "view_item",
    "add-to-cart": "add_to_cart",
    "remove-from-cart": "remove_from_cart",
    "shopping-cart-page-view": "view_cart",
    "purchase-complete": "purchase",
    "promotion-offered": "view_promotion",
}

TABLE = {
    "view": "view_item",
    "product_view": "view_item",
    "click": "select_item",
    "cart": "add_to_cart",
    "addtocart": "add_to_cart",
    "transaction": "purchase",
    "order": "purchase",
    "buy": "purchase",
    "wishlist": "add_to_wishlist",
}
