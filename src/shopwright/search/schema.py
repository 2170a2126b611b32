"""The tantivy side of the index: fields, analysers, and how a product becomes a document.

| field | holds | for |
|---|---|---|
| id | the product's id, raw | deletion |
| key | the product's integer key, the same in columns and vectors | joining the halves |
| title | words of the title, unstemmed, with positions, stored | phrases, vocabulary, highlights |
| text | `texts.weighted_text`, stemmed, with frequencies | BM25 |
| facts | `texts.facts_text`, stemmed, with frequencies | BM25 at a low weight |
| tags | `tags.tags`, raw | a sieve behind filters |
| description | stored only | highlights |
| meta | on one document only: the state of the index as JSON, stored | opening |
"""

from __future__ import annotations

from pathlib import Path

import tantivy

from shopwright.search.tags import tags
from shopwright.search.texts import SHOWN, facts_text, spaced, weighted_text
from shopwright.types import Product

VERSION = 1
META = "state"
_LONGEST_WORD = 60


def schema() -> tantivy.Schema:
    """The fields of the table above."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("key", indexed=True, fast=True)
    builder.add_text_field("title", tokenizer_name="plain", index_option="position", stored=True)
    builder.add_text_field("text", tokenizer_name="english", index_option="freq")
    builder.add_text_field("facts", tokenizer_name="english", index_option="freq")
    builder.add_text_field("tags", tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("description", stored=True)
    builder.add_text_field("meta", tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("state", stored=True)
    return builder.build()


def analysers() -> tuple[tantivy.TextAnalyzer, tantivy.TextAnalyzer]:
    """(plain, english): words in lower case without accents; the same, stemmed (Porter 2)."""

    def words() -> tantivy.TextAnalyzerBuilder:
        return (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.remove_long(_LONGEST_WORD))
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.ascii_fold())
        )

    return words().build(), words().filter(tantivy.Filter.stemmer("english")).build()


def open_tantivy(folder: Path) -> tantivy.Index:
    """The tantivy index in the folder, created when there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    index = tantivy.Index(schema(), path=str(folder))
    plain, english = analysers()
    index.register_tokenizer("plain", plain)
    index.register_tokenizer("english", english)
    return index


def document(product: Product, key: int) -> tantivy.Document:
    """A product as tantivy document."""
    entry = tantivy.Document()
    entry.add_text("id", product.id)
    entry.add_integer("key", key)
    entry.add_text("title", spaced(product.title))
    entry.add_text("text", weighted_text(product))
    if product.attributes and (facts := facts_text(product)):
        entry.add_text("facts", facts)
    for tag in tags(product):
        entry.add_text("tags", tag)
    if product.description:
        entry.add_bytes("description", product.description[:SHOWN].encode("utf-8", "replace"))
    return entry


def state_document(state: bytes) -> tantivy.Document:
    """The document that names the state; `META` is its term."""
    entry = tantivy.Document()
    entry.add_text("meta", META)
    entry.add_bytes("state", state)
    return entry
