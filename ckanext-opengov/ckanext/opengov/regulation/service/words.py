"""The closed lists of open regulations: kinds of acts, of documents and of comments, channels, outcomes. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from ckanext.opengov.civic.service.refusal import N_

COMPONENT = "regulation"
TYPE = "draft_act"
LANGUAGES = ("kk", "ru", "en")
CITIZEN = "citizen"

KINDS: Mapping[str, str] = {
    "concept": N_("Concept of a draft law"),
    "law": N_("Draft law"),
    "decree": N_("Draft decree"),
    "order": N_("Draft order"),
    "local_decision": N_("Draft decision of a local body"),
    "service_standard": N_("Draft standard of a public service"),
}
DOCUMENTS: Mapping[str, str] = {
    "note": N_("Explanatory note"),
    "comparative_table": N_("Comparative table"),
    "impact_analysis": N_("Regulatory impact analysis"),
    "opinion": N_("Expert opinion"),
    "other": N_("Other document"),
}
REMARKS: Mapping[str, str] = {
    "remark": N_("Remark"),
    "proposal": N_("Proposal"),
    "support": N_("Words of support"),
}
# Channels of accredited experts.
CHANNELS: Mapping[str, str] = {
    "chamber": N_("Chamber of entrepreneurs"),
    "public_council": N_("Public council"),
    "ngo": N_("Non-governmental organization"),
    "anti_corruption": N_("Anti-corruption expertise"),
    "scientific_legal": N_("Scientific legal expertise"),
    "scientific_economic": N_("Scientific economic expertise"),
}
AUTHORS: Mapping[str, str] = {CITIZEN: N_("Citizen"), **CHANNELS}
OUTCOMES: Mapping[str, str] = {
    "accepted": N_("Accepted"),
    "partly": N_("Accepted in part"),
    "not_accepted": N_("Not accepted"),
    "out_of_scope": N_("Not about this act"),
}
# Outcomes after which the text of the place is to change.
PROMISES = frozenset({"accepted", "partly"})
# Outcomes that need a reason of substance, and its least length.
REASONED = frozenset({"partly", "not_accepted", "out_of_scope"})
SHORTEST_REASON = 40
LONGEST_REASON = 5_000
MARKS: Mapping[str, str] = {
    "same": N_("The text at this place is unchanged"),
    "changed": N_("The text at this place was changed"),
    "moved": N_("The place was moved"),
    "deleted": N_("The place was deleted"),
}
PARTS: Mapping[str, str] = {
    "section": N_("Section"),
    "chapter": N_("Chapter"),
    "article": N_("Article"),
    "paragraph": N_("Paragraph"),
    "subparagraph": N_("Subparagraph"),
}
