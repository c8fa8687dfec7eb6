"""Functions that may read what is declared without a note, and why: nothing of it is shown, or it
was put up for everybody."""

from __future__ import annotations

from typing import Final

REASONS: Final[dict[str, str]] = {
    "tenants.entry.enter": "finds whose a key is that somebody comes in with: their own",
    "tenants.loading.load_actor": "whoever comes in is asked what they may; it is their own",
    "platform.modules.support.contacts.cards_of": "puts up whom to ask, by their work address",
    "platform.following._progress": "a job that is followed is noted when that begins",
    "workers.watch.watch_job": "the same",
    "tenants.sign_in.people.person_meant": "finds whom an account means; the sign-in is noted",
    "tenants.sign_in.rules.follow_rules": "decides what roles whoever signs in is given",
    "platform.asked.who_is_asked": "decides who answers for what; tells names only",
    "tenants.people.require_all_of": "decides whether the actor may change somebody",
    "tenants.people._refuse_last": "decides whether somebody is the last full administrator",
    "tenants.scim.roles.settle_roles": "decides what groups give and take; what they do is noted",
    "tenants.delegations.delegate_roles": "decides whether the colleague is still here",
    "tenants.sign_in.people._is_here": "decides whether an account's person may come in",
    "tenants.tokens.tokens._is_shut": "decides whether a key has to be shut; that it is, is noted",
    "tenants.tokens.tokens._refuse_other_than_own": "decides whether a key acts for somebody else",
    "tenants.tokens.tokens._refuse_wider": "compares with the key that the actor has come with",
    "platform.modules.goals.planning.adding.check_people": "decides who may answer: names only",
    "tenants.people._refuse_taken": "tells whoever adds a person that the address is taken",
    "platform.modules.leavers.scanning._rows": "looks for names; what it finds is noted",
}
