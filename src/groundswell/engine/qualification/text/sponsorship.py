"""Signs in a post that it was paid for: platform flags, disclosure words, affiliate links, codes.

Words are read with their negations: "not sponsored" and "unbezahlte Werbung" disclose nothing, and
"#adventure" is no "#ad". Words that also have an everyday meaning (#collab, #partner, "thanks to")
are left out: a missed advertisement is corrected by hand, an invented one offends.
"""

import re
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc


class Sign(StrEnum):
    """What shows that a post was paid for; the strongest sign of a post counts."""

    FLAG = "flag"  # the platform's own label
    WORDS = "words"  # a disclosure in the caption
    AFFILIATE = "affiliate"  # an affiliate link, or words that say so
    CODE = "code"  # a discount code


# One entry a language; each word stands alone, hashtags with their sign.
_HASHTAGS = {
    "en": "ad advert advertisement advertising sponsored sponsoredpost sponsoredby sponsoredad "
    "paidad paidpartnership paidpartner paidcollab paidpromotion gifted giftedbybrand prgift "
    "brandambassador brandpartner spon",
    "de": "anzeige werbung bezahltewerbung bezahltepartnerschaft gesponsert sponsert reklame",
    "fr": "publicité publicite partenariatrémunéré partenariatremunere partenariatpayé "
    "sponsorisé sponsorise collaborationcommerciale collabcommerciale annonce",
    "es": "publicidad publi anuncio patrocinado patrocinada colaboraciónpagada colaboracionpagada",
    "it": "pubblicità pubblicita adv sponsorizzato sponsorizzata collaborazioneretribuita",
    "pt": "publicidade parceriapaga conteúdopatrocinado conteudopatrocinado",
    "pl": "reklama materiałreklamowy materialreklamowy współpracareklamowa wspolpracareklamowa "
    "sponsorowane",
    "nl": "reclame advertentie betaaldesamenwerking gesponsord",
    "sv": "reklam betaltsamarbete annons sponsrat",
    "da": "reklamesamarbejde sponsoreret betaltsamarbejde",
    "no": "annonse annonsørinnhold",
    "fi": "mainos kaupallinenyhteistyö kaupallinenyhteistyo",
    "tr": "işbirliği isbirligi reklamiçerir",
    "ru": "реклама спонсор",
    "uk": "спонсоровано",
    "ja": "広告 タイアップ プロモーション スポンサー",
    "ko": "광고 유료광고 협찬",
    "zh": "广告 廣告 赞助 贊助",
    "id": "iklan berbayar",
    "vi": "quảngcáo quangcao",
    "ar": "إعلان اعلان إعلان_مدفوع",
    "hi": "विज्ञापन",
}

_PHRASES = {
    "en": r"paid (partnership|promotion|advertisement|post)|sponsored (by|post|content|video)"
    r"|(is|was|are) (proudly |kindly )?sponsored|(thanks|thank you)[^.!?\n]{0,60}\bsponsoring"
    r"|in (paid )?partnership with|(sent|gifted|given) (to me )?(for free )?by @\w+"
    r"|(today'?s|this video'?s|our|my) sponsor",
    "de": r"bezahlte (werbung|partnerschaft|kooperation)|gesponsert von|anzeige[:|]|werbung[:|]",
    "fr": r"partenariat (rémunéré|payé)|collaboration commerciale|sponsorisée? par",
    "es": r"colaboración (pagada|remunerada)|patrocinad[oa] por|publicidad[:|]",
    "it": r"collaborazione (retribuita|a pagamento)|sponsorizzat[oa] da|pubblicità[:|]",
    "pt": r"parceria paga|patrocinad[oa] por|publicidade[:|]",
    "pl": r"(płatna |reklamowa )współpraca|współpraca (reklamowa|płatna|komercyjna)"
    r"|materiał reklamowy|sponsorowan[yea] przez",
    "nl": r"betaalde samenwerking|gesponsord door",
    "sv": r"(betalt|i betalt) samarbete|sponsras av",
    "da": r"(betalt|reklame)samarbejde|sponsoreret af",
    "no": r"(betalt|reklame) ?samarbeid|sponset av",
    "fi": r"kaupallinen yhteistyö",
    "tr": r"reklam içerir|ücretli (iş birliği|ortaklık)|sponsorluğunda",
    "ru": r"на правах рекламы|реклама[.:]|erid",
    "ja": r"提供[::]|プロモーションを含み",
    "ko": r"유료 ?광고|제작비를 지원|협찬을? 받",
    "id": r"konten berbayar|disponsori oleh",
    "vi": r"được tài trợ bởi|hợp tác có trả phí",
}

_NEGATIONS = (
    r"\b(not|isn'?t|wasn'?t|aren'?t|never|non|no|un)[- ]?"
    r"(an? |a paid |paid |actually |even |being |in any way )*"
    r"(sponsored|sponsorship|sponsors?|ads?|advert(isement|ising)?|paid|affiliated?|gifted)\b"
    r"( (by|post|content|video|partnership|promotion|links?))*"
    r"|#(not|non|no|un)(an?)?(sponsored|spon|sponsorship|ads?|paid|gifted)\w*"
    r"|\b(keine?|nicht|un)[- ]?(bezahlte[rn]? |gesponserte )?"
    r"(werbung|anzeige|gesponsert|bezahlt\w*)( (werbung|partnerschaft|von))?"
    r"|#(unbezahlte|keine|unbezahltund?)\w*(werbung|anzeige|nicht\w*)\w*"
    r"|\b(non|pas( une?| de)?|sans) (publicité|pub|sponsorisée?|sponsor|partenariat\w*)"
    r"|\b(no( es)?|sin) (una? )?(publicidad|patrocinad[oa]|patrocinio|colaboración pagada)"
    r"|\b(non( è)?|senza) (una )?(pubblicità|sponsorizzat[oa])"
    r"|\b(não( é)?|sem) (uma? )?(publi(cidade)?|patrocinad[oa]|patrocínio|parceria paga)"
    r"|\b(nie|bez) (jest )?(sponsorowan\w+|reklam\w+|współprac\w+ reklamow\w+)"
    r"|\b(niet|geen) (gesponsord|reclame|advertentie|betaalde samenwerking)"
    r"|\b(inte|ej|ikke|ei) (sponsrat|sponset|sponsoreret|reklame?|mainos|annonse?)"
    r"|\bне (реклама|спонсор\w*)|reklam değil\w*|광고 ?(아님|아닙니다)|広告では(ない|ありません)"
)

_AFFILIATE_HOSTS = (
    r"amzn\.to/|amazon\.[a-z.]{2,6}/\S*[?&]tag=|rstyle\.me/|shopstyle\.it/|shopltk\.com/|liketk\.it/"
    r"|shrsl\.com/|shareasale\.com/|awin1\.com/|linksynergy\.com/|anrdoezrs\.net/|jdoqocy\.com/"
    r"|tkqlhce\.com/|dpbolvw\.net/|kqzyfj\.com/|pntra[ck]?\.com/|pxf\.io/|sjv\.io/|avantlink\.com/"
    r"|go\.magik\.ly/|magik\.ly/|s\.click\.aliexpress\.com/|rover\.ebay\.com/|ebay\.us/"
    r"|tradedoubler\.com/|tradetracker\.net/|zanox\.com/|skimresources\.com/|redirectingat\.com/"
    r"|viglink\.com/|redirect\.viglink|prf\.hn/|howl\.me/|bhphotovideo\.com/\S*/BI/|clickbank\.net/"
    r"|[?&](aff(iliate)?(_?id|_?code|_?sub)?|ref(erral|id|_?code)?|irclickid|afftrack|awc|kbid)="
    r"|utm_(medium|source)=(affiliate|influencer)"
)
_AFFILIATE_WORDS = (
    r"affiliate[- ]links?|\(affiliates?\)|#affiliate\w*|#afflinks?"
    r"|affiliate (program|partner|commission)"
    r"|\b(earn|get|receive|make)s? an? (small |tiny |affiliate )*commission|#commissionsearned"
    r"|commissions? earned|amazon[- ](associate|partner)|affiliate[- ]?links|provisions?[- ]?links?"
    r"|liens? affiliés?|lien d'affiliation|enlaces? de afiliados?"
    r"|links? (di affiliazione|affiliat[oi])"
    r"|links? de afiliados?|linki? afiliacyjn\w+"
)
_CODE_WORD = (
    r"(code|coupon|promocode|discountcode|rabatt?code|gutschein(code)?|code promo|codice( sconto)?"
    r"|código|codigo|cupón|cupom|kupon|kod( rabatowy)?|kortingscode|rabattkod|промокод)"
)
# A code is in capitals. Without a digit it needs a verb, a colon or quotes: "dress code BLACK".
_CODE = (
    rf"(?i:\b{_CODE_WORD}\b\s*(is|ist|est|es|è|é)?\s*[:=]?\s*)[\"'“”‘’«]?"
    r"(?=[A-Z0-9]*[0-9])[A-Z][A-Z0-9]{2,19}\b"
    r"|(?i:\b(use|using|enter|apply|with|mit|avec|usa|con|com|met|med|z) "
    rf"(\w+ ){{0,2}}{_CODE_WORD}"
    r"\s*[:=]?\s*)[\"'“”‘’«]?[A-Z]{4,20}\b"
    rf"|(?i:\b{_CODE_WORD}\s*)([:=]\s*[\"'“”‘’«]?|[\"'“”‘’«])[A-Z]{{4,20}}\b"
)


_TAGS = "|".join(sorted({word for words in _HASHTAGS.values() for word in words.split()}))
_SAID = "|".join(_PHRASES.values())
_OPENING = (
    r"(ads?|advert(isement|ising)?|sponsored|anzeige|werbung|publicité|pub|publicidade?|pubblicità|adv"
    r"|reklam[ae]?|reclame|annons|mainos|реклама|広告|광고|广告)"
)
# The word alone at the beginning, or in brackets: "Ad | new shoes", "Werbung. Heute", "[Anzeige]".
_AD_MARK = rf"^\W{{0,3}}{_OPENING}\s*([:|/.!–—-]|$)|[\[(]\s*{_OPENING}\s*[\])]"
_WORDS = re.compile(rf"(?<!\w)(?:#(?:{_TAGS})(?!\w)|{_AD_MARK}|{_SAID})", re.IGNORECASE)
_NEGATED = re.compile(_NEGATIONS, re.IGNORECASE)
_AFFILIATE = re.compile(f"{_AFFILIATE_HOSTS}|{_AFFILIATE_WORDS}", re.IGNORECASE)
_DISCOUNT = re.compile(_CODE)


def _net(*patterns: str) -> str:
    r"""A pattern for RE2, which runs over all captions in linear time and catches no less.

    RE2 has no look-around and reads ``\w`` as ASCII, so borders are dropped and letters widened.
    """
    whole = "|".join(patterns).replace(r"\b", "").replace(r"\w", r"[\pL\pN_]")
    return f"(?i){whole}"


_NET = _net(
    rf"#({_TAGS})([^\pL\pN_]|$)", _AD_MARK, _SAID, _AFFILIATE_HOSTS, _AFFILIATE_WORDS, _CODE_WORD
)


def sign_in(text: str) -> Sign | None:
    """The strongest sign in the words and addresses of one post."""
    said = _NEGATED.sub(" ", text)
    if _WORDS.search(said):
        return Sign.WORDS
    if _AFFILIATE.search(said):
        return Sign.AFFILIATE
    if _DISCOUNT.search(said):
        return Sign.CODE
    return None


def signs(
    captions: pa.ChunkedArray | pa.Array,
    links: pa.ChunkedArray | pa.Array,
    flags: pa.ChunkedArray | pa.Array,
) -> npt.NDArray[np.object_]:
    """The strongest sign of each post.

    Args:
        captions: Text of each post; null where unknown.
        links: List of addresses of each post; null where unknown.
        flags: The platform's paid-partnership label; null where unknown.

    Returns:
        A ``Sign`` or None for each post, shape (posts,).
    """
    joined = pc.binary_join(pc.cast(links, pa.list_(pa.string())), " ")
    words = pc.binary_join_element_wise(pc.fill_null(captions, ""), pc.fill_null(joined, ""), " ")
    caught = pc.match_substring_regex(words, pattern=_NET)
    found = np.full(len(words), None, dtype=object)
    rows = np.flatnonzero(np.asarray(caught))
    for row, text in zip(rows.tolist(), pc.filter(words, caught).to_pylist(), strict=True):
        found[row] = sign_in(text)
    found[np.asarray(pc.fill_null(flags, False))] = Sign.FLAG  # noqa: FBT003 - a fill value
    return found
