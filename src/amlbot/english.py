"""Everyday English words for one another, for knowledge that brings no synonyms of its own.

Only words that name a thing or an act. What frames a question ("how much", "what time", "I need",
"OK") tells intents and what is out of scope apart: with 29 such groups beside these, the AUROC of
scope fell by 0.007 on CLINC (docs/matching.md).

Not in `knowledge/`: the bundled answers never use them, and a `Matcher` alone must not read a disk.
"""

from __future__ import annotations

SYNONYMS = tuple(
    tuple(group.split(", "))
    for group in """
begin, start, commence, launch, initiate
stop, halt, quit, cease
cancel, abort, revoke, call off
delete, remove, erase, eliminate, get rid of
add, include, insert, append
create, generate, produce
change, modify, alter, edit, adjust, switch
increase, raise, boost, turn up
decrease, lower, reduce, turn down
find, locate, look for, search
show, display, view
tell, inform
give, provide
fix, repair, mend
broken, damaged, busted
wish, would like
help, assist, aid
remember, recall
repeat, replay
explain, clarify, describe
understand, comprehend
choose, pick, select
call, phone, dial
speak, talk, chat
schedule, arrange
book, reserve
booking, reservation
meeting, appointment
check, verify
buy, purchase
cost, price, fee
cheap, inexpensive, affordable
expensive, costly, pricey
money, cash, funds
job, occupation, profession, career
boss, employer
salary, income, wage, wages, earnings, paycheck
holiday, vacation
trip, journey, travel, traveling
car, vehicle, automobile, auto
gas, gasoline, fuel, petrol
flight, plane, airplane
hotel, motel, lodging, accommodation
restaurant, diner, eatery
meal, dish, dinner, lunch
cook, prepare, bake
film, movie
song, track, tune
funny, hilarious, humorous
photo, picture, image
big, large, huge
small, little, tiny
fast, quick, quickly, rapid
mom, mother, mum
dad, father
kid, child, kids, children
house, home
tv, television
shop, store
street, road
city, town
weather, forecast
substitute, replace, swap
lost, misplaced, missing
stolen, robbed
complete, finish, finished
reply, respond, answer
message, text
email, mail
bill, invoice
transfer, wire
dim, darken
volume, sound
mute, silence
quiet, silent
instructions, directions
spend, spent
luggage, baggage
shot, shots, vaccine, vaccination
ill, sick
doctor, physician
""".strip().splitlines()
)
"""Groups as in `Lexicon.synonyms`; no word is in two."""
