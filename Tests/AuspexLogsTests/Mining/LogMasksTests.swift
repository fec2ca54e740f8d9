import Testing

@testable import AuspexLogs

@Suite struct LogMasksTests {
    private func miner(_ masks: String...) throws -> TemplateMiner {
        try TemplateMiner(configuration: .init(masks: masks))
    }

    @Test("what a mask matches is a variable, from the first line on")
    func variable() throws {
        var miner = try miner(#"tenant-[a-z]+"#, #"\[[A-Z ]+\]"#)
        let first = miner.addText("quota of tenant-acme exceeded [DISK FULL] at once")
        let second = miner.addText("quota of tenant-globex exceeded [NO ROOM] at once")
        #expect(first.match.template == second.match.template)
        #expect(miner.finalText(first.match) == "quota of <*> exceeded <*> at once")
        #expect(second.parameters == ["tenant-globex", "[NO ROOM]"])
    }

    @Test("masks split words, and where two match the earlier one counts")
    func overlap() throws {
        var miner = try miner("bcd", "abcdef", "x+")
        let match = miner.addText("abcdef xxyxx end")
        #expect(miner.finalText(match.match) == "a<*>ef <*>y<*> end")
        #expect(match.parameters == ["bcd", "xx", "xx"])
    }

    @Test("a mask that matches nothing, everything or the empty text does no harm")
    func edges() throws {
        var nothing = try miner("z*")
        let first = nothing.add("took 12 ms")
        #expect(nothing.finalText(first) == "took <*> ms")
        var everything = try miner(".*")
        let second = everything.add("took 12 ms")
        #expect(everything.finalText(second) == "<*>")
        #expect(everything.addBytes([0xff, 0xfe, 0x20, 0x00]).match.isNew)
        #expect(everything.addText("").parameters.isEmpty)
    }

    @Test("what is no mask is refused with the reason", arguments: ["(", "", String(repeating: "x", count: 1_025)])
    func refused(mask: String) {
        let error = #expect(throws: LogConfigurationError.self) { try miner("a", mask) }
        #expect(error?.option == "masks")
    }

    @Test("masks come back with a snapshot")
    func snapshot() throws {
        var first = try miner("tenant-[a-z]+")
        let id = first.add("quota of tenant-acme exceeded").template
        var second = try TemplateMiner(restoring: first.snapshot())
        #expect(second.add("quota of tenant-globex exceeded").template == id)
        #expect(second.configuration.masks == ["tenant-[a-z]+"])
    }
}
