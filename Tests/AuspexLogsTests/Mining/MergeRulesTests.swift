import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct MergeRulesTests {
    private func texts(_ lines: [String]) -> [String] {
        var miner = TemplateMiner()
        let matches = lines.map { miner.add($0) }
        return matches.map { miner.finalText($0) }
    }

    /// Lines that differ in one word, `%` in the form.
    private func variants(_ form: String, _ count: Int) -> [String] {
        let words = [
            "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
            "nu", "xi", "omicron", "pi", "rho", "sigma",
        ]
        return words.prefix(count).map { form.replacing("%", with: $0) }
    }

    @Test(
        "a position becomes variable at as many values as its context asks for, and not before",
        arguments: [
            ("load done mode=%", 2), ("login user % ok", 2), ("size 12 % left of it", 0), ("mode is '%' now", 3),
            ("plugin % failed here", 5), ("moved to %", 5), ("moved it to % today", 4),
            ("it has been moved to % today", 3), ("% was seen", 16), ("% was seen again", 5), ("seen %", 5),
            ("__ %", 16), ("disk is gone (%) again", 3), ("disk gone (%)", 5), ("{\"kind\":\"%\"}", 2),
        ])
    func thresholds(form: String, threshold: Int) {
        let wildcards = form.replacing("%", with: "<*>").replacing(" 12 ", with: " <*> ")
        if threshold == 0 {
            // A unit after a number: two units are enough.
            #expect(Set(texts(["size 12 KB left of it", "size 12 MB left of it"])).count == 1)
            return
        }
        #expect(Set(texts(variants(form, threshold - 1))).count == threshold - 1)
        #expect(Set(texts(variants(form, threshold))) == [wildcards])
    }

    @Test("words that differ in nothing but their digits are one at once")
    func sameStem() {
        #expect(Set(texts(["link eth0 is up", "link eth1 is up"])) == ["link <*> is up"])
        #expect(Set(texts(["link eth0 is up", "link bond0 is up"])).count == 2)
        #expect(Set(texts(["nodes n1 n2 n3 joined", "nodes n7 n8 joined"])) == ["nodes <*> joined"])
    }

    @Test("an empty value and a value are the same place")
    func emptyValue() {
        #expect(texts(["login rhost=", "login rhost="]) == ["login rhost=", "login rhost="])
        #expect(Set(texts(["login rhost=", "login rhost=10.1.2.3"])) == ["login rhost=<*>"])
        #expect(Set(texts(["from 10.0.0.1 () ok", "from 10.0.0.2 (a.example.net) ok"])) == ["from <*> (<*>) ok"])
    }

    @Test("lists of any length are one variable")
    func lists() {
        #expect(Set(texts(["took 1, 2, 3 of it", "took 7 of it", "took 8 9 of it"])) == ["took <*> of it"])
    }

    @Test("two words that vary independently, with three values each, are values; a verb with two is none")
    func products() {
        let owners = ["north", "south", "west"]
        let disks = ["alder", "birch", "cedar"]
        let pairs = owners.flatMap { owner in disks.map { "lease \(owner) covers pool \($0) until midnight" } }
        #expect(Set(texts(pairs)) == ["lease <*> covers pool <*> until midnight"])
        // Five of nine pairs are too few to tell.
        #expect(Set(texts(Array(pairs.prefix(5)))).count > 1)
        let verbs = ["opened", "closed"].flatMap { verb in disks.map { "door was \(verb) of room \($0) again" } }
        #expect(Set(texts(verbs)).count == verbs.count)
    }

    @Test("words that are written as names are values at three")
    func names() {
        let names = ["ssh.service", "a-timer", "PAUSED"]
        #expect(Set(texts(names.map { "unit \($0) is gone" })) == ["unit <*> is gone"])
        #expect(Set(texts(["unit ssh.service is gone", "unit a-timer is gone", "unit disk is gone"])).count == 3)
        #expect(Set(texts(["unit ssh.service", "unit a-timer", "unit PAUSED"])).count == 3)
    }

    @Test("what the system says of an error is one value, and lines with one are compared without it")
    func errors() {
        let errors = ["Permission denied", "No such file or directory", "Input/output error"]
        #expect(texts(["cannot open it: \(errors[0])", "cannot open it"]).first == "cannot open it: Permission denied")
        #expect(Set(texts(errors.map { "cannot open it: \($0)" })) == ["cannot open it: <*>"])
        #expect(Set(texts(errors.map { "cannot open (\($0)) now" })) == ["cannot open (<*>) now"])
        // Longer texts that begin like one, and messages that merely contain one, are none.
        #expect(Set(texts(["it failed: Permission denied by policy", "it failed: Is a directory"])).count == 2)
        #expect(Set(texts(["Permission denied for it", "Is a directory for it"])).count == 2)
        let words = ["north", "south", "west", "east", "up"]
        let lines = words.indices.map { "cannot open \(words[$0]) now: \(errors[$0 % 3])" }
        #expect(Set(texts(lines)) == ["cannot open <*> now: <*>"])
        // An error that is always the same stays in the text.
        let same = texts(words.map { "cannot open \($0) now: Is a directory" })
        #expect(Set(same) == ["cannot open <*> now: Is a directory"])
    }

    @Test("several words between quotes are one value, an apostrophe opens no quote, and a message is no value")
    func phrases() {
        #expect(Set(texts(["line 'a b c' is long", "line 'what else' is long"])) == ["line '<*>' is long"])
        #expect(Set(texts(["line \"a b c\" is long", "line \"else\" is long"])).count == 2)
        let pairs = [("this", "that"), ("one or two", "three"), ("new", "the rest")]
        #expect(Set(texts(pairs.map { "class '\($0.0)' has no '\($0.1)' here" })) == ["class '<*>' has no '<*>' here"])
        #expect(Set(texts(["it can't find what isn't here", "it can't see what isn't here"])).count == 2)
        #expect(Set(texts(["put msg=\"cache is warm\" on 1", "put msg=\"all is done\" on 2"])).count == 2)
        let reasons = ["cache is warm", "all is done"].map { "put why=\"\($0)\" on 1" }
        #expect(Set(texts(reasons)) == ["put why=\"<*>\" on <*>"])
    }

    @Test("what another program said behind a sentence and a colon is one value, at three of several lengths")
    func endings() {
        let said = ["peer went away", "not now", "certificate has expired"]
        #expect(Set(texts(said.map { "cannot reach the peer: \($0)" })) == ["cannot reach the peer: <*>"])
        #expect(Set(texts(said.prefix(2).map { "cannot reach the peer: \($0)" })).count == 2)
        #expect(Set(texts(said.map { "peer says: \($0)" })).count == 3)
        #expect(Set(texts(["so it", "not now", "no way"].map { "cannot reach the peer: \($0)" })).count == 3)
    }

    @Test("words that vary together are folded once enough lines agree elsewhere")
    func fold() {
        var generator = SplitMix64(seed: 5)
        let lines = (0..<60).map { _ in
            "task \(generator.word(4...9)) by \(generator.word(4...9)) was queued again"
        }
        let final = Set(texts(lines))
        #expect(final.count <= 3, "\(final)")
    }

    @Test("free text after a common beginning becomes one variable")
    func freeText() {
        var generator = SplitMix64(seed: 6)
        let lines = (0..<200).map { _ in
            let words = (0..<Int.random(in: 3...14, using: &generator)).map { _ in generator.word(2...9) }
            return "chat message said: \(words.joined(separator: " "))"
        }
        let final = texts(lines)
        #expect(final.last == "chat message said: <*>")
        #expect(Set(final).count == 1, "\(Set(final))")
    }

    @Test("the id of a merged template is an alias of the oldest's, and is reported once")
    func aliases() {
        var miner = TemplateMiner()
        let matches = variants("plugin % failed here", 5).map { miner.add($0) }
        #expect(matches.map(\.isNew) == [true, true, true, true, false])
        #expect(matches.map(\.isChanged) == [false, false, false, false, true])
        #expect(matches[4].template == matches[0].template && matches[4].version == 2)
        let old = Set(matches[1...3].map(\.template))
        let aliases = miner.takeAliases()
        #expect(Set(aliases.map(\.old)) == old && Set(aliases.map(\.new)) == [matches[0].template])
        #expect(miner.takeAliases().isEmpty)
        for match in matches { #expect(miner.resolve(match.template) == matches[0].template) }
        let template = miner.template(matches[2].template)
        #expect(template?.count == 5 && template?.firstLine == 1 && template?.lastLine == 5)
        #expect(template?.example == "plugin alpha failed here")
    }

    @Test("a frozen miner changes no text and gives an unknown message a template of its own")
    func frozen() {
        var miner = TemplateMiner()
        let first = variants("plugin % failed here", 4).map { miner.add($0) }
        miner.isFrozen = true
        let later = miner.add("plugin epsilon failed here")
        #expect(later.isNew)
        #expect(miner.finalText(first[0]) == "plugin alpha failed here")
        #expect(miner.takeAliases().isEmpty)
    }
}
