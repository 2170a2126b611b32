"""The vocabulary of Shopwright: the values that every other module speaks in.

Plain frozen dataclasses without behaviour beyond small derived properties, and without imports outside the standard
library. What crosses a process boundary (HTTP, a model endpoint, the store) goes through `pydantic.TypeAdapter` or the
codec of `catalog.codec`; these classes know nothing about it.

    products        money, quantities, products, documents, reviews
    search          request, filters, page
    planning        tools as they are declared, plans, approvals, results
    conversation    need, evidence, answer, trace
    memory          what was said, what is recalled of it, what a prompt is packed from
    verification    claims, what a judge reads, verdicts
    events          what shoppers do
    recommending    what a shopper might like

All names are those of this package: `from shopwright.types import Product`.
"""

from shopwright.types.conversation import (
    Answer,
    Bill,
    Card,
    Constraint,
    Context,
    Decision,
    Evidence,
    EvidenceKind,
    Need,
    Sentence,
    Span,
    Strategy,
    Table,
    Trace,
    Turn,
    TurnEvent,
    TurnEventKind,
    Voucher,
)
from shopwright.types.events import Event
from shopwright.types.memory import (
    ASSISTANT,
    SHOPPER,
    Episode,
    Packed,
    Piece,
    PieceRole,
    Preference,
    PreferenceKind,
    Recalled,
    Utterance,
    UtteranceKind,
)
from shopwright.types.planning import (
    Approval,
    Budget,
    Change,
    Condition,
    Plan,
    Ref,
    Step,
    StepResult,
    StepStatus,
    ToolSpec,
)
from shopwright.types.products import (
    AttributeValue,
    Availability,
    Document,
    Money,
    Product,
    Quantity,
    Rating,
    Relation,
    Review,
    ShopStatus,
    Variant,
)
from shopwright.types.recommending import (
    Candidate,
    CandidateSource,
    ChainStep,
    Place,
    Purpose,
    Recommendation,
    Recommendations,
    RecommendRequest,
)
from shopwright.types.search import (
    Facet,
    FacetValue,
    Filter,
    Hit,
    Mode,
    Reason,
    SearchPage,
    SearchRequest,
    Sort,
)
from shopwright.types.verification import Claim, Judgement, Mark, MarkReason, Verdict, VerdictLabel

__all__ = [
    "ASSISTANT",
    "SHOPPER",
    "Answer",
    "Approval",
    "AttributeValue",
    "Availability",
    "Bill",
    "Budget",
    "Candidate",
    "CandidateSource",
    "Card",
    "ChainStep",
    "Change",
    "Claim",
    "Condition",
    "Constraint",
    "Context",
    "Decision",
    "Document",
    "Episode",
    "Event",
    "Evidence",
    "EvidenceKind",
    "Facet",
    "FacetValue",
    "Filter",
    "Hit",
    "Judgement",
    "Mark",
    "MarkReason",
    "Mode",
    "Money",
    "Need",
    "Packed",
    "Piece",
    "PieceRole",
    "Place",
    "Plan",
    "Preference",
    "PreferenceKind",
    "Product",
    "Purpose",
    "Quantity",
    "Rating",
    "Reason",
    "Recalled",
    "RecommendRequest",
    "Recommendation",
    "Recommendations",
    "Ref",
    "Relation",
    "Review",
    "SearchPage",
    "SearchRequest",
    "Sentence",
    "ShopStatus",
    "Sort",
    "Span",
    "Step",
    "StepResult",
    "StepStatus",
    "Strategy",
    "Table",
    "ToolSpec",
    "Trace",
    "Turn",
    "TurnEvent",
    "TurnEventKind",
    "Utterance",
    "UtteranceKind",
    "Variant",
    "Verdict",
    "VerdictLabel",
    "Voucher",
]
