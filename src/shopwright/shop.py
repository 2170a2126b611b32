"""The library: one shop, opened from a folder.

    from shopwright import Filter, Shop

    with Shop.open("my-shop") as shop:
        print(shop.ingest("feed.xml"))
        light = Filter("attr:weight", "range", high=2.0, unit="kg")
        for hit in shop.search("two-person tent", filters=[light]).hits:
            print(shop.product(hit.id).title)
        print(shop.chat("a two-person tent under 2 kg").answer.text)

`search` takes words and filters; `chat` reads conditions out of a sentence. Both answer as soon as `ingest` returns;
vectors are filled in behind it by a thread. What another process writes into the folder is taken in
a second after it is done.
"""

from __future__ import annotations

import atexit
import weakref
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from shopwright.assistant.accepted_table import rewriter_in
from shopwright.assistant.connecting import Connections
from shopwright.assistant.equipping import equipment
from shopwright.assistant.planning import Planning
from shopwright.assistant.recommending.dial import Dial
from shopwright.assistant.recommending.goods import Goods
from shopwright.assistant.recommending.recommending import Recommending
from shopwright.assistant.remembering.conversations import Conversations
from shopwright.assistant.remembering.remembering import Remembering
from shopwright.assistant.render import make_card
from shopwright.assistant.session import Session
from shopwright.assistant.shop_models import ShopModels, language_of
from shopwright.assistant.strategy.policies import policy_of
from shopwright.assistant.strategy.visits import Visits
from shopwright.assistant.suggesting import Suggesting
from shopwright.assistant.thinking import CommonSense
from shopwright.assistant.tools import Tools
from shopwright.assistant.turn import Assistant
from shopwright.catalog.demo_filling import fill_with_demo, is_demo, mark_own, wants_demo
from shopwright.catalog.documents import read_documents
from shopwright.catalog.events.importing import Progress as EventProgress
from shopwright.catalog.events.importing import import_events
from shopwright.catalog.events.kept import Events
from shopwright.catalog.events.log import EventLog
from shopwright.catalog.events.report import EventReport
from shopwright.catalog.ingest import IngestReport, Progress, ingest
from shopwright.catalog.profile import Profiles
from shopwright.catalog.searches import SearchLog
from shopwright.catalog.shelves import Shelves
from shopwright.catalog.store import Store
from shopwright.catalog.vocabulary import Vocabulary, load_vocabulary
from shopwright.config import Home, Settings
from shopwright.errors import StoreError
from shopwright.knowledge.synonyms import Synonyms
from shopwright.models.cached import CachedEncoder
from shopwright.models.kept_file import KeptFile
from shopwright.models.protocols import Encoder, Judge, LanguageModel, PairScorer
from shopwright.search.answer import Relevance
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.fusion import weights_of
from shopwright.search.keeper import Keeper
from shopwright.search.merchandising import Preview, doubts, preview
from shopwright.search.passage_keeper import PassageKeeper
from shopwright.search.related import Related
from shopwright.search.report import Report, before_and_after, report
from shopwright.search.rules import Rules, RulesFile
from shopwright.search.suggest import Suggesters, Suggestion
from shopwright.skills.recommend.codes.coded import Coded
from shopwright.skills.recommend.sequence.behaviour import Behaviour
from shopwright.skills.recommend.standing import Standing
from shopwright.skills.rewrite.reader import Reader
from shopwright.types import (
    Card,
    Filter,
    Hit,
    Product,
    Recommendations,
    RecommendRequest,
    SearchPage,
    SearchRequest,
    ShopStatus,
    Sort,
    Turn,
    TurnEvent,
)

_OPEN: weakref.WeakSet[Shop] = weakref.WeakSet()


class Shop(Shelves):
    """A merchant's shop: its store, its search index and its assistant. Use `Shop.open`.

    Safe for many reading threads; writes (ingest, indexing) take turns.
    """

    def __init__(self, home: Home, store: Store, models: ShopModels, settings: Settings) -> None:
        super().__init__(store)
        self.home = home
        self.encoder, self.scorer, self.judging = models.encoder, models.scorer, models.judging
        self.model_name = models.language_name
        self._remembering = CachedEncoder(models.encoder, home.vectors)  # for what is indexed, never for what is asked
        self._remote = models.remote
        self.conversations = Conversations(store, models.encoder)
        self.profiles = Profiles(store)
        self._memory = Remembering(self.conversations, self.profiles, models.prompt_tokens)
        self._assistant: Assistant | None = None
        self.sense = CommonSense(store, home, self._remembering, models.language)
        self.connections = Connections(settings.servers)
        self._planning = Planning(home.models, models.language)
        self.searches = SearchLog(store, lambda *texts: before_and_after(self.index.state, Synonyms.packaged(), *texts))
        self.events = EventLog(Events(store, settings.events_days))
        self._suggesters = Suggesters(self.searches.popular, Synonyms.packaged())
        self._rules = RulesFile(home.rules)
        self._visits = Visits(self.events.kept, home.models)
        self._policy = policy_of(home.policies, settings)
        self._goods: Goods | None = None
        self._recommending = Recommending(
            self.events.kept,
            self.profiles,
            self._goods_now,
            KeptFile[Behaviour | None](home.models / "recommend.npz", Behaviour.load, None),
            self.sense,
            Dial(settings.recommend_explore, stands=KeptFile(home.dial, Standing.load, Standing())),
            codes=KeptFile[Coded | None](home.models / "recommend-codes.npz", Coded.load, None),
        )
        self.rewriter = rewriter_in(home.path, home.models)
        self._keeper = Keeper(
            home.index,
            home.path / "index.lock",
            store,
            self._open_index,
            lambda: self.sense.follow(load_vocabulary(store)),
        )  # the vocabulary is kept in the store, so that the first message does not wait for it
        self._passages = PassageKeeper(home.index / "passages", store, self._remembering)
        self.passages = self._passages.index
        with self._keeper.lock:
            self._keeper.catch_up()
        _OPEN.add(self)

    @classmethod
    def open(
        cls,
        home: str | Path | None = None,
        *,
        model: str | LanguageModel | None = None,
        encoder: Encoder | None = None,
        scorer: PairScorer | None = None,
        judge: Judge | None = None,
    ) -> Shop:
        """Open the shop in a folder, making an empty one when there is none.

        Args:
            home: the folder; default SHOPWRIGHT_HOME or `~/.shopwright`.
            model: `URL#NAME` of an OpenAI-compatible endpoint, or a language model, to read and word turns.
            encoder: another text encoder than the folder's own or else the shipped one.
            scorer: another cross-encoder, likewise.
            judge: another judge of claims and evidence, likewise; the shipped one is loaded when it is first needed.

        Raises:
            StoreError: the folder cannot be used.
            ModelError: a model in the folder is damaged, or not the one that its card describes.
            ConfigError: `model` is not of the form URL#NAME, or `shop.toml` in the folder holds what is not allowed.
        """
        place = Home.resolve(home)
        language, name = language_of(model)
        try:
            place.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"home {place.path}: {error.strerror}; choose a folder that can be written with --home"
            ) from error
        settings = Settings.read(place.settings)
        models = ShopModels.choose(place, settings, language, name, encoder, scorer, judge)
        return cls(place, Store(place.store_url), models, settings)

    def close(self) -> None:
        """Stop the indexing thread and close the store and the index; done at exit when nobody does it before."""
        _OPEN.discard(self)
        self._suggesters.close()
        self.searches.close()
        self.events.close()
        self.sense.close()
        self.connections.close()
        self._keeper.close()
        self._remembering.close()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def index(self) -> EmbeddedIndex:
        """The search index as it stands."""
        return self._keeper.index

    # ── filling ──

    @property
    def name(self) -> str:
        """The shop's name as the assistant uses it."""
        value = self.store.meta("name")
        return value.decode() if value else "this shop"

    @name.setter
    def name(self, name: str) -> None:
        self.store.set_meta("name", name.encode())
        self._assistant = None

    def ingest(
        self,
        feed: str | Path,
        *,
        full: bool = False,
        columns: Mapping[str, str] | None = None,
        currency: str | None = None,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Read a product feed into the shop and make it searchable; see `catalog.ingest.ingest`."""
        with self._keeper.lock:
            with self._keeper.taking_in() as written:
                report = ingest(
                    self.store,
                    Path(feed),
                    full=full,
                    columns=columns,
                    currency=currency,
                    progress=progress,
                    written=written,
                )
            mark_own(self.store)
            self._keeper.catch_up()
        return report

    def ingest_documents(self, path: str | Path) -> int:
        """Read policies, answers and guides (Markdown, HTML, text; a file or a folder); returns how many."""
        with self._keeper.lock:
            count = self.store.put_documents(read_documents(Path(path)))
            self.passages = self._passages.rebuild()
        return count

    def import_events(
        self,
        path: str | Path,
        *,
        format: str | None = None,
        columns: Mapping[str, str] | None = None,
        progress: EventProgress | None = None,
    ) -> EventReport:
        """Read a file of what shoppers did; see `catalog.events.importing.import_events`."""
        kept = self.events.kept
        return import_events(kept, Path(path), format=format, columns=columns, progress=progress)

    def ingest_demo(self, progress: Progress | None = None) -> IngestReport:
        """Fill this shop with the demo shop, or bring it up to the packaged data; see `wants_demo`."""
        with self._keeper.lock:
            report = fill_with_demo(self.store, progress)
            self.refresh()
        return report

    @property
    def wants_demo(self) -> bool:
        """Whether `ingest_demo` has something to do; see `catalog.demo_filling.wants_demo`."""
        return wants_demo(self.store)

    def refresh(self) -> None:
        """Bring the search indexes up to the store, after it was written to directly."""
        with self._keeper.lock:
            self.passages = self._passages.rebuild()
            self._keeper.catch_up()

    def fill_vectors(self, progress: Progress | None = None) -> int:
        """Encode every product that has no vector yet; returns how many. `ingest` starts this in the background."""
        return self._keeper.fill(progress)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the background encoding is done, here or in another process; returns whether it is."""
        self._follow(at_once=True)
        filled = self._keeper.wait(timeout_s)
        return self.assistant is not None and self.sense.wait(timeout_s) and filled

    # ── reading ──

    def search(
        self,
        query: str = "",
        *,
        filters: Sequence[Filter] = (),
        sort: Sort = "relevance",
        offset: int = 0,
        limit: int = 20,
        facets: bool = False,
        explain: bool = False,
        rerank_ms: float = 0.0,
        literal: bool = False,
        log: bool = False,
    ) -> SearchPage:
        """Search the catalogue by words and by the conditions of `filters`; words are not read for conditions.

        Misspelled words are corrected from the catalogue (`SearchPage.searched`), with `literal` they are not.
        With `explain` each hit says why it stands where it does (`Hit.why`). The cross-encoder reads as many of the
        best results once more as it can in `rerank_ms`; at 0 it does not. `log` says that a shopper asked this, so that
        it counts in the `report`: set it once for a query, not for every letter.

        Raises:
            ConfigError: a filter, the order or the page is none of what is allowed.
        """
        self._follow()
        order = (tuple(filters), sort, offset, limit, facets)
        request = SearchRequest(query, *order, rerank_ms=rerank_ms, explain=explain, literal=literal)
        page = self.index.search(request)
        if log and not literal and not offset:
            self.searches.add(query, page, filtered=bool(filters))
        return page

    def suggest(self, prefix: str = "", limit: int = 8) -> tuple[Suggestion, ...]:
        """Queries that what was typed may become, best first; departments when nothing was typed.

        The first call after the catalogue changed takes a second for 100,000 products; meanwhile others get what held
        before.
        """
        self._follow()
        return self._suggesters.of(self.index.state).suggest(prefix, limit)

    def report(self, days: int = 30, limit: int = 20, least: int = 1) -> Report:
        """What shoppers searched for, and what became of it; see `search.report.report`."""
        self._follow()
        self.searches.flush()
        return report(self.searches, self.index.state, self.encoder, Synonyms.packaged(), days, limit, least)

    def substitutes(self, product_id: str, limit: int = 6) -> tuple[Hit, ...]:
        """What can be bought in place of a product, best first; fewer than `limit`, or none, when nothing is like it.

        Raises:
            NotFoundError: when there is no such product.
        """
        return self._related.substitutes(self.product(product_id), limit)

    def complements(self, product_id: str, limit: int = 6) -> tuple[Hit, ...]:
        """What goes with a product, best first; only products for which something says so.

        Raises:
            NotFoundError: when there is no such product.
        """
        return self._related.complements(self.product(product_id), limit)

    def recommend(self, request: RecommendRequest | None = None, **known: Any) -> Recommendations:
        """What somebody might like, best first, each with its reason.

        Args:
            request: what is known of them.
            known: fields of a `RecommendRequest`, in place of one or over its own: `place="product", product="mug-1"`.

        Raises:
            ConfigError: the request contradicts itself, or asks for what cannot be.
            NotFoundError: there is no such product as that whose page it is.
        """
        return self._recommending.recommend(replace(request or RecommendRequest(), **known))

    def never(self, product_id: str, *, shopper: str = "", session: str = "") -> None:
        """Do not recommend a product again: to a shopper who agreed that this is kept, or else in a visit.

        Raises:
            ConfigError: neither shopper nor session is named.
            NotFoundError: there is no such product, or the shopper did not agree.
        """
        self._recommending.nevers.add(self.product(product_id).id, shopper_id=shopper, session_id=session)

    def again(self, product_id: str, *, shopper: str = "", session: str = "") -> bool:
        """Undo `never`; returns whether there was anything to undo."""
        return self._recommending.nevers.remove(product_id, shopper_id=shopper, session_id=session)

    def nevers(self, *, shopper: str = "", session: str = "") -> frozenset[str]:
        """Ids of what is not recommended again to a shopper, or in a visit."""
        return self._recommending.nevers.of(shopper, session)

    def card(self, product: Product, variant_id: str | None = None) -> Card:
        """A product as it is shown, with price and stock as text."""
        return make_card(product, variant_id)

    def status(self) -> ShopStatus:
        """What the shop holds."""
        words = self.vocabulary
        return ShopStatus(
            name=self.name,
            products=self.store.count(),
            documents=self.store.count_documents(),
            reviews=self.store.count_reviews(),
            dense_coverage=self.index.coverage,
            departments=words.departments,
            currency=words.currency,
            model=self.model_name,
        )

    # ── rules ──

    @property
    def rules(self) -> Rules:
        """The merchant's rules for result lists, as they stand in `rules.json`.

        Set them to write the file; every process that has the shop open follows with its next search.
        """
        return self._rules()

    @rules.setter
    def rules(self, rules: Rules) -> None:
        rules.save(self.home.rules)

    def preview_rules(self, query: str, rules: Rules | None = None, *, limit: int = 20) -> Preview:
        """The first results of a query without rules and with these, or with those in force."""
        self._follow()
        return preview(self.index.search, query, self.rules if rules is None else rules, limit)

    def doubt_rules(self, rules: Rules | None = None) -> list[str]:
        """What looks wrong about rules in this shop: ids of no product, filters that nothing meets."""
        self._follow()
        return doubts(self.index.search, self.rules if rules is None else rules, self.store.products)

    # ── conversation ──

    def chat(self, message: str, *, session_id: str | None = None, shopper: str = "", device: str = "") -> Turn:
        """Answer a message and return the whole turn.

        Args:
            session_id: of the conversation to go on with; a new one begins without it.
            shopper: id of who talks, whose profile then counts; "" for nobody that is known.
            device: "phone", or "" for anything else.

        Raises:
            StoreError: the conversation is another shopper's.
        """
        turn: Turn | None = None
        for event in self.stream(message, session_id=session_id, shopper=shopper, device=device):
            if event.kind == "done":
                turn = event.data
        if turn is None:
            raise StoreError("the turn ended without a result; please report this")
        return turn

    def stream(
        self, message: str, *, session_id: str | None = None, shopper: str = "", device: str = ""
    ) -> Generator[TurnEvent, None, None]:
        """Answer a message piece by piece; the last event is `done` with the turn. See `chat`."""
        session = Session.load(self.store, session_id)
        session.shopper, session.device = self.conversations.shopper_of(session.id, shopper), device
        yield from self.assistant.stream(message, session)

    @property
    def vocabulary(self) -> Vocabulary:
        """The catalogue's words as they stand."""
        return self.assistant.vocabulary

    @property
    def assistant(self) -> Assistant:
        """The assistant over the catalogue as it stands; made anew when the catalogue has changed."""
        self._follow()
        current = self._assistant
        if current is not None and self._is_current(current):
            return current
        with self._keeper.lock:
            reader = Reader(load_vocabulary(self.store))
            tools = Tools(
                self.store, self.index, self.passages, self.encoder, reader.lexicon, self.judging, self._instead
            )
            self.sense.follow(reader.vocabulary)
            others, rules = self.connections.tools(), self.home.delivery
            box, service = equipment(tools, reader.vocabulary, rules, others, demo=is_demo(self.store))
            suggesting = Suggesting(self._recommending, self._goods_now, self.sense, self.store, self._memory.known)
            thinks = (self._remote, self.sense, service, self._planning, self._memory, self._policy, self._visits)
            self._assistant = Assistant(self.name, box, reader, *thinks, suggesting)
            return self._assistant

    # ── inside ──

    def _is_current(self, assistant: Assistant) -> bool:
        tools = assistant.tools
        same = tools.index is self.index and tools.passages is self.passages
        return same and assistant.vocabulary.sequence == self.store.sequence

    def _goods_now(self) -> Goods:
        """The catalogue as it stands, for recommending."""
        self._follow()
        state = self.index.state
        if self._goods is None or self._goods.state is not state:
            self._goods = Goods(state, self.store.products, self.encoder)
            self.sense.follow()
        return self._goods

    def _instead(self, product: Product) -> list[str]:
        """Ids of what can be bought in place of a product."""
        return [hit.id for hit in self._related.substitutes(product)]

    @property
    def _related(self) -> Related:
        """Related products over the index as it stands."""
        self._follow()
        return Related(self.index.state, self.store.products, self.encoder)  # the scorer wins too little for its time

    def _open_index(self) -> EmbeddedIndex:
        relevance = Relevance(weights_of(self.home.models), self.scorer, Synonyms.packaged(), self.rewriter)
        return EmbeddedIndex(self.home.index, self._remembering, self._rules, relevance)

    def _follow(self, *, at_once: bool = False) -> None:
        """Take in what another process wrote."""
        with self._keeper.following(at_once=at_once) as looks:
            if not looks:
                return
            self.passages = self._passages.follow()
            if self._assistant is not None and self._assistant.name != self.name:
                self._assistant = None


@atexit.register
def _close_open_shops() -> None:
    """A thread that is still encoding when the interpreter goes would end the process with an abort."""
    for shop in list(_OPEN):
        shop.close()
