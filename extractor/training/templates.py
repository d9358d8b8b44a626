"""Generated sentences of the kind that the extractor reads, with the trees that Universal Dependencies asks for.

A node is (form, tag, relation, [dependents before], [dependents after]); a tag is "UPOS/XPOS". Amounts and dates stand as
the run time's stand-ins, names are invented by `data.organisation` or drawn from pools.
"""

from data import organisation

MONEY, DATE = "$00", ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "yesterday", "June", "March", "December", "2022", "2019"]

KINDS = [
    k.split()
    for k in "messenger;messenger service;messaging app;social network;video platform;chip maker;search engine;tech giant;lender;bank;carrier;"
    "airline;broadcaster;newspaper;news site;regulator;watchdog;operator;ministry;company;start-up;retailer;online retailer;VPN provider;"
    "software maker;telecom operator;insurer;payment service;website;app;exchange;crypto exchange;studio;game maker".split(";")
]
ADJECTIVES = "Swiss Russian Turkish German Chinese American Indian French Kenyan Brazilian local private popular Dutch Finnish".split()
FUNCTIONS = [
    f.split()
    for f in "spokesman;spokeswoman;company spokesman;chief executive;founder;minister;deputy minister;judge;prosecutor;lawyer;mayor;blogger".split(";")
]


def node(form, tag, relation, before=(), after=(), names=None):
    return {"w": form, "t": tag, "r": relation, "b": list(before), "a": list(after), "n": names}


def flatten(root):
    """The tree as a sentence."""
    order = []

    def walk(n, parent):
        for child in n["b"]:
            walk(child, n)
        order.append((n, parent))
        for child in n["a"]:
            walk(child, n)

    walk(root, None)
    index = {id(n): i + 1 for i, (n, _) in enumerate(order)}
    return {
        "id": "generated", "lemma": None,
        "w": [n["w"] for n, _ in order], "s": [True] * len(order),
        "u": [n["t"].split("/")[0] for n, _ in order], "x": [n["t"].split("/")[1] for n, _ in order],
        "h": [index[id(p)] if p else 0 for _, p in order], "r": [n["r"] for n, _ in order],
        "n": [n["n"] or "O" for n, _ in order],
    }


class Generator:
    def __init__(self, rng, pools):
        self.rng, self.pools = rng, pools

    def name(self, relation, kind="ORG", before=(), after=()):
        """A name of one to four words: companies compound onto their last word, persons are flat on their first."""
        words = organisation(self.rng) if kind == "ORG" else list(self.rng.choice(self.pools[kind]))
        tags = ["B-" + kind] + ["I-" + kind] * (len(words) - 1)
        if kind == "PER":
            rest = [node(w, "PROPN/NNP", "flat", names=t) for w, t in zip(words[1:], tags[1:])]
            return node(words[0], "PROPN/NNP", relation, before, rest + list(after), tags[0])
        parts = [node(w, "PROPN/NNP", "compound", names=t) for w, t in zip(words[:-1], tags)]
        return node(words[-1], "PROPN/NNP", relation, list(before) + parts, after, tags[-1])

    def target(self, relation, **more):
        if self.rng.random() < 0.12:
            return self.name(relation, "PER", **more)
        if self.rng.random() < 0.22:
            noun = self.rng.choice("company firm operator giant messenger bank platform carrier website".split())
            before = [self.the()] + ([node(self.rng.choice(["social", "local", "foreign"]), "ADJ/JJ", "amod")] if self.rng.random() < 0.3 else [])
            return node(noun, "NOUN/NN", relation, list(more.get("before", ())) + before, more.get("after", ()))
        if self.rng.random() < 0.3:
            return self.described(relation, **more)
        return self.name(relation, **more)

    def described(self, relation, before=(), after=()):
        """A name with what it is: "the messenger NAME", "Swiss chip maker NAME", "NAME, a carrier," """
        noun = self.rng.choice(KINDS)
        words = [node(w, "NOUN/NN", "compound") for w in noun[:-1]]
        if self.rng.random() < 0.45:
            words.insert(0, node(self.rng.choice(ADJECTIVES), "ADJ/JJ", "amod"))
        elif self.rng.random() < 0.2:
            words.insert(0, node(self.rng.choice(["US", "UK", "EU"]), "PROPN/NNP", "compound", names="B-LOC"))
        how = self.rng.random()
        if how < 0.55:
            # With a determiner the noun governs and the name is apposed.
            return node(noun[-1], "NOUN/NN", relation, [*before, self.the("the"), *words], [self.name("appos"), *after])
        if how < 0.8:
            # Without one the name governs.
            described = self.name(relation, after=after)
            described["b"] = [*before, node(noun[-1], "NOUN/NN", "nmod", words)] + described["b"]
            return described
        apposed = node(noun[-1], "NOUN/NN", "appos", [node(",", "PUNCT/,", "punct"), self.the("a"), *words], [node(",", "PUNCT/,", "punct")])
        return self.name(relation, before=before, after=[apposed, *after])

    def person(self, relation):
        """A person with a function: "chief executive NAME", "the minister NAME"."""
        noun = self.rng.choice(FUNCTIONS)
        words = [node(w, "NOUN/NN" if w != "chief" else "ADJ/JJ", "compound" if w != "chief" else "amod") for w in noun[:-1]]
        if self.rng.random() < 0.3:
            return node(noun[-1], "NOUN/NN", relation, [self.the("the"), *words], [self.name("appos", "PER")])
        described = self.name(relation, "PER")
        described["b"] = [node(noun[-1], "NOUN/NN", "nmod", words), *described["b"]]
        return described

    def speech(self, relation="root"):
        """NAME said it would comply; spokesman NAME declined to comment; NAME did not comment."""
        who = self.person("nsubj") if self.rng.random() < 0.4 else self.target("nsubj")
        r = self.rng.random()
        if r < 0.4:
            verb = self.rng.choice(["comply", "appeal", "leave", "pay"])
            said = node(verb, "VERB/VB", "ccomp", [node("it", "PRON/PRP", "nsubj"), node(self.rng.choice(["would", "will"]), "AUX/MD", "aux")])
            return node("said", "VERB/VBD", relation, [who], [said])
        if r < 0.7:
            return node("comment", "VERB/VB", relation, [who, node("did", "AUX/VBD", "aux"), node("not", "PART/RB", "advmod")])
        do = node("comment", "VERB/VB", "xcomp", [node("to", "PART/TO", "mark")])
        return node("declined", "VERB/VBD", relation, [who], [do])

    def targets(self, relation, **more):
        """One party, or two or three coordinated ones."""
        first = self.target(relation, **more)
        if self.rng.random() < 0.2:
            first["a"].append(self.name("conj", before=[node("and", "CCONJ/CC", "cc")]))
        return first

    def the(self, word=None):
        return node(word or self.rng.choice(["the", "the", "a"]), "DET/DT", "det")

    def actor(self, relation, before=()):
        r = self.rng.random()
        if r < 0.4:
            noun = self.rng.choice("court regulator watchdog authority judge tribunal agency commission".split())
            place = [node(self.rng.choice(["Moscow", "Paris", "Delhi", "district", "privacy", "antitrust", "media"]), "NOUN/NN", "compound")]
            if place[0]["w"][0].isupper():
                place = [node(place[0]["w"], "PROPN/NNP", "compound", names="B-LOC")]
            adj = [node(self.rng.choice(["Russian", "Turkish", "French", "federal", "Italian", "Indian"]), "ADJ/JJ", "amod")]
            middle = self.rng.choice([[], place, adj])
            return node(noun, "NOUN/NN", relation, list(before) + [self.the(self.rng.choice(["The", "A"]) if not before and relation.startswith("nsubj") else None)] + middle)
        if r < 0.85:
            return self.name(relation, before=before)
        place = self.rng.choice(self.pools["LOC"])
        if len(place) > 1:
            return self.name(relation, before=before)
        return node(place[0], "PROPN/NNP", relation, before, (), "B-LOC")

    def case(self, word):
        return node(word, "ADP/IN", "case")

    def money(self, relation, before=(), after=()):
        return node(MONEY, "SYM/$", relation, before, after)

    def date(self, relation="obl"):
        word = self.rng.choice(DATE)
        if word == "yesterday":
            return node(word, "NOUN/NN", "obl:unmarked")
        tag = "NUM/CD" if word.isdigit() else "PROPN/NNP"
        weekday = word.endswith("day")
        if weekday and self.rng.random() < 0.3:
            return node(word, tag, "obl:unmarked")
        return node(word, tag, relation, [self.case("on" if weekday else "in")])

    def reason(self):
        """What the act was for; it hangs on the verb."""
        if self.rng.random() < 0.6:
            verb, xpos, thing = self.rng.choice([
                ("breaching", "VBG", ["privacy", "rules"]), ("failing", "VBG", None), ("violating", "VBG", ["data", "laws"]),
                ("refusing", "VBG", None), ("breaking", "VBG", ["competition", "law"]), ("abusing", "VBG", ["its", "dominance"]),
                ("misleading", "VBG", ["many", "customers"]), ("spreading", "VBG", ["false", "information"]),
            ])
            mark = node(self.rng.choice(["for", "for", "after"]), "SCONJ/IN", "mark")
            if thing is None:
                what = self.rng.choice([("delete", "content"), ("store", "data"), ("remove", "posts"), ("report", "breaches")])
                rest = node(what[0], "VERB/VB", "xcomp", [node("to", "PART/TO", "mark")], [node(what[1], "NOUN/NNS" if what[1].endswith("s") else "NOUN/NN", "obj")])
                return node(verb, "VERB/" + xpos, "advcl", [mark], [rest])
            if thing[0] == "its":
                modifier = node("its", "PRON/PRP$", "nmod:poss")
            elif thing[0] in ("many", "false"):
                modifier = node(thing[0], "ADJ/JJ", "amod")
            else:
                modifier = node(thing[0], "NOUN/NN", "compound")
            obj = node(thing[1], "NOUN/NNS" if thing[1].endswith("s") else "NOUN/NN", "obj", [modifier])
            return node(verb, "VERB/" + xpos, "advcl", [mark], [obj])
        noun = self.rng.choice(["violations", "breaches", "ads", "practices", "failures"])
        modifier = node(self.rng.choice(["privacy", "data", "safety", "antitrust"]), "NOUN/NN", "compound")
        return node(noun, "NOUN/NNS", "obl", [self.case(self.rng.choice(["for", "over"])), modifier])

    def tail(self, date=0.45, reason=0.5):
        out = []
        if self.rng.random() < date:
            out.append(self.date())
        if self.rng.random() < reason:
            out.append(self.reason())
        if len(out) == 2 and self.rng.random() < 0.3:
            out.reverse()
        return out

    def stop(self):
        return node(".", "PUNCT/.", "punct")

    def auxiliary(self, passive=False):
        """(auxiliaries, tag of the verb form that follows)"""
        r = self.rng.random()
        if passive:
            be = node("was", "AUX/VBD", "aux:pass")
            if r < 0.6:
                return [be]
            if r < 0.8:
                return [node("has", "AUX/VBZ", "aux"), node("been", "AUX/VBN", "aux:pass")]
            return [node(self.rng.choice(["will", "could", "may"]), "AUX/MD", "aux"), node("be", "AUX/VB", "aux:pass")]
        if r < 0.65:
            return []
        return [node(self.rng.choice(["has", "had"]), "AUX/VBZ", "aux")]

    def fine_active(self, relation="root"):
        """The court fined NAME $00 for …"""
        aux = self.auxiliary()
        xpos = "VBN" if aux else "VBD"
        if not aux and self.rng.random() < 0.15:
            aux, xpos = [node(self.rng.choice(["will", "may", "could", "would"]), "AUX/MD", "aux")], "VB"
        verb = "fine" if xpos == "VB" else "fined"
        subject = self.actor("nsubj")
        if self.rng.random() < 0.2:
            return node(verb, "VERB/" + xpos, relation, [subject, *aux], [self.targets("obj"), *self.tail(reason=0.8)])
        return node(verb, "VERB/" + xpos, relation, [subject, *aux], [self.targets("iobj"), self.money("obj"), *self.tail()])

    def fine_passive(self, relation="root"):
        aux = self.auxiliary(True)
        after = [self.money("obj")] if self.rng.random() < 0.85 else []
        if self.rng.random() < 0.55:
            after.append(self.actor("obl:agent", [self.case("by")]))
        return node("fined", "VERB/VBN", relation, [self.targets("nsubj:pass"), *aux], after + self.tail())

    def pay(self, relation, mark=True):
        noun = self.rng.choice([None, None, "fine", "penalty"])
        if noun is None:
            obj = self.money("obj")
            after = [obj]
            r = self.rng.random()
            if r < 0.25:
                after.append(node("damages", "NOUN/NNS", "obl", [self.case("in")]))
            if r > 0.7:
                after.append(self.name("obl", before=[self.case("to")]))
        elif self.rng.random() < 0.5:
            after = [node(noun, "NOUN/NN", "obj", [self.the("a"), self.money("compound")])]
        else:
            after = [node(noun, "NOUN/NN", "obj", [self.the("a")], [self.money("nmod", [self.case("of")])])]
        before = [node("to", "PART/TO", "mark")] if mark else []
        return node("pay", "VERB/VB", relation, before, after + self.tail(0.2, 0.4))

    def order_to_pay(self, relation="root"):
        if self.rng.random() < 0.5:
            return node("ordered", "VERB/VBD", relation, [self.actor("nsubj")], [self.targets("obj"), self.pay("xcomp")])
        after = [self.pay("xcomp")]
        if self.rng.random() < 0.4:
            after.insert(0, self.actor("obl:agent", [self.case("by")]))
        return node("ordered", "VERB/VBN", relation, [self.targets("nsubj:pass"), *self.auxiliary(True)], after)

    def agree_to_pay(self, relation="root"):
        verb = self.rng.choice(["agreed", "refused", "promised", "failed"])
        return node(verb, "VERB/VBD", relation, [self.targets("nsubj")], [self.pay("xcomp")])

    def must_pay(self, relation="root"):
        pay = self.pay(relation, mark=False)
        pay["b"] = [self.targets("nsubj"), node(self.rng.choice(["must", "will", "may"]), "AUX/MD", "aux")]
        return pay

    def impose(self, relation="root"):
        """The court imposed a fine of $00 on NAME; handed NAME a $00 fine; hit NAME with a fine of $00."""
        noun = self.rng.choice(["fine", "fine", "penalty", "sanction"])
        subject = self.actor("nsubj")
        if self.rng.random() < 0.5:
            fine = lambda relation, before=(): node(noun, "NOUN/NN", relation, [*before, self.the("a")], [self.money("nmod", [self.case("of")])])
        else:
            fine = lambda relation, before=(): node(noun, "NOUN/NN", relation, [*before, self.the("a"), self.money("compound")])
        r = self.rng.random()
        if r < 0.45:
            verb = self.rng.choice(["imposed", "levied"])
            return node(verb, "VERB/VBD", relation, [subject], [fine("obj"), self.targets("obl", before=[self.case("on")]), *self.tail()])
        if r < 0.65:
            issued = fine("obj")
            issued["a"].append(self.targets("nmod", before=[self.case("against")]))
            return node("issued", "VERB/VBD", relation, [subject], [issued, *self.tail()])
        if r < 0.8:
            return node("handed", "VERB/VBD", relation, [subject], [self.targets("iobj"), fine("obj"), *self.tail()])
        verb = self.rng.choice(["hit", "slapped"])
        return node(verb, "VERB/VBD", relation, [subject], [self.targets("obj"), fine("obl", [self.case("with")]), *self.tail()])

    def impose_passive(self, relation="root"):
        noun = node("fine", "NOUN/NN", "nsubj:pass", [self.the("A")], [self.money("nmod", [self.case("of")])])
        after = [self.targets("obl", before=[self.case("on")])]
        if self.rng.random() < 0.5:
            after.append(self.actor("obl:agent", [self.case("by")]))
        return node("imposed", "VERB/VBN", relation, [noun, *self.auxiliary(True)], after + self.tail())

    def face(self, relation="root"):
        fine = node("fine", "NOUN/NN", "obj", [self.the("a")], [self.money("nmod", [self.case("of")])])
        if self.rng.random() < 0.5:
            fine = node("fine", "NOUN/NN", "obj", [self.the("a"), self.money("compound")])
        verb, xpos = self.rng.choice([("faces", "VBZ"), ("received", "VBD"), ("appealed", "VBD"), ("paid", "VBD")])
        return node(verb, "VERB/" + xpos, relation, [self.targets("nsubj")], [fine, *self.tail(0.3, 0.6)])

    def sue(self, relation="root"):
        matter = node(self.rng.choice(["patents", "ads", "data", "fees"]), "NOUN/NNS", "obl", [self.case("over")])
        if self.rng.random() < 0.5:
            return node("sued", "VERB/VBD", relation, [self.name("nsubj")], [self.targets("obj"), self.money("obl", [self.case("for")]), matter])
        return node("sued", "VERB/VBN", relation, [self.targets("nsubj:pass"), *self.auxiliary(True)], [self.money("obl", [self.case("for")]), self.date()])

    def transitive(self, relation="root"):
        """Acts without money, for the names: blocked, banned, sued, restricted."""
        verb = self.rng.choice("blocked banned sued suspended sanctioned restricted investigated accused warned left slowed unblocked blacklisted".split())
        after = [self.targets("obj")]
        if self.rng.random() < 0.35:
            place = self.rng.choice([p for p in [self.rng.choice(self.pools["LOC"]) for _ in range(4)] if len(p) == 1] or [["Russia"]])
            after.append(node(place[0], "PROPN/NNP", "obl", [self.case("in")], (), "B-LOC"))
        return node(verb, "VERB/VBD", relation, [self.actor("nsubj")], after + self.tail(0.4, 0.4))

    def slow(self, relation="root"):
        """Acts with one object that a particle or a time follows, so that two nouns in a row are not two objects."""
        verb, particle = self.rng.choice([("slowed", "down"), ("shut", "down"), ("switched", "off"), ("struck", "off"), ("cut", "off")])
        thing = self.described("obj") if self.rng.random() < 0.6 else self.target("obj")
        after = [node(particle, "ADP/RP", "compound:prt"), thing] if self.rng.random() < 0.7 else [thing, node(particle, "ADP/RP", "compound:prt")]
        return node(verb, "VERB/VBD", relation, [self.actor("nsubj")], after + [self.date()])

    def order(self, relation="root"):
        verb = self.rng.choice("ordered asked told urged forced".split())
        what, thing = self.rng.choice([("remove", "posts"), ("delete", "accounts"), ("hand", "data"), ("stop", "sales"), ("block", "websites"), ("open", "offices")])
        do = node(what, "VERB/VB", "xcomp", [node("to", "PART/TO", "mark")], [node(thing, "NOUN/NNS", "obj")])
        if self.rng.random() < 0.4:
            return node(verb, "VERB/VBN", relation, [self.targets("nsubj:pass"), *self.auxiliary(True)], [do])
        return node(verb, "VERB/VBD", relation, [self.actor("nsubj")], [self.targets("obj"), do])

    def relative(self, relation="root"):
        """NAME, which was fined $00 last month, said …"""
        inner = node("fined", "VERB/VBN", "acl:relcl", [node("which", "PRON/WDT", "nsubj:pass"), node("was", "AUX/VBD", "aux:pass")], [self.money("obj"), *self.tail()])
        inner["b"].insert(0, node(",", "PUNCT/,", "punct"))
        inner["a"].append(node(",", "PUNCT/,", "punct"))
        subject = self.name("nsubj", after=[inner])
        act = node(self.rng.choice(["appeal", "comply", "pay"]), "VERB/VB", "ccomp", [node("it", "PRON/PRP", "nsubj"), node("would", "AUX/MD", "aux")])
        return node("said", "VERB/VBD", relation, [subject], [act])

    def sentence(self):
        make = self.rng.choice(
            [self.fine_active] * 5 + [self.fine_passive] * 4 + [self.order_to_pay] * 3 + [self.impose] * 4 + [self.transitive] * 4
            + [self.order] * 2 + [self.speech] * 2 + [self.slow] * 2 + [self.agree_to_pay, self.must_pay, self.impose_passive, self.face, self.sue, self.relative]
        )
        r = self.rng.random()
        if r < 0.2:
            # "Reuters reported that …", "NAME said it had …"
            inner = make("ccomp")
            if self.rng.random() < 0.6:
                inner["b"].insert(0, node("that", "SCONJ/IN", "mark"))
            root = node(self.rng.choice(["said", "reported", "announced"]), "VERB/VBD", "root", [self.name("nsubj")], [inner])
        elif r < 0.32:
            # "…, Reuters reported."
            root = make()
            root["a"] += [node(",", "PUNCT/,", "punct"), node(self.rng.choice(["reported", "said"]), "VERB/VBD", "parataxis", [self.name("nsubj")])]
        else:
            root = make()
        root["a"].append(self.stop())
        s = flatten(root)
        s["w"][0] = s["w"][0][0].upper() + s["w"][0][1:]
        return s
