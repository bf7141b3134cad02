"""Any reply of Threads, told by its form alone."""

from datetime import datetime

from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.meta import graph, insights
from groundswell.connectors.adapters.networks.meta.contexts import Context
from groundswell.connectors.adapters.networks.meta.forms import reader
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.threads import posts
from groundswell.connectors.adapters.networks.threads.insights import MEANINGS
from groundswell.connectors.adapters.references import Reference
from groundswell.terms.exchange import Reply
from groundswell.terms.platforms import Platform

OF = "Threads"

_INSIGHT = frozenset(["values", "total_value", "link_total_values"])
_REPLY = frozenset(["root_post", "replied_to"])
_POST = frozenset(["media_type", "text", "permalink", "media_product_type", "is_quote_post"])
_PROFILE = frozenset(
    [
        *("threads_biography", "threads_profile_picture_url", "follower_count", "biography"),
        *("username", "profile_picture_url"),
    ]
)


def _read(reply: Reply, fields: Fields, page: Page, now: datetime) -> None:
    node, edge = graph.edge_of(reply, fields)
    context = Context(now)
    if edge in {"replies", "conversation"}:
        context = Context(now, post_id=node)
    elif edge == "threads":
        context = Context(now, account=Reference(Platform.THREADS, platform_id=node))
    listed = [fields]
    if isinstance(fields.values.get("data"), list):
        listed = fields.objects("data")
        fields.know("paging")
        fields.rest()
    metrics = [entry for entry in listed if entry.values.keys() & _INSIGHT]
    if metrics:
        insights.take(metrics, page, Context(now, account=context.account), MEANINGS)
    for entry in graph.distinct(listed):
        if not entry.values.keys() & _INSIGHT:
            _take(entry, context, in_answer=edge in {"replies", "conversation"})


def _take(entry: Fields, context: Context, *, in_answer: bool) -> None:
    keys = entry.values.keys()
    if posts.is_repost(entry):
        return
    if in_answer or keys & _REPLY or entry.values.get("is_reply") is True:
        posts.take_reply(entry, context)
    elif keys & _POST:
        posts.take_post(entry, context)
    elif keys & _PROFILE:
        posts.take_profile(entry, context)


read = reader(OF, _read, without_post=posts.NO_POST)
