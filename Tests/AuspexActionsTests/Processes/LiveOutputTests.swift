import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct LiveOutputTests {
    private let id = OperationID(run: "r1", path: "steps/act", attempt: 1)

    private func order(_ program: String, effect: Effect = .idempotent) -> OperationOrder {
        OperationOrder(
            id: id, operation: .run(Command(argv: [program])), effect: effect, idempotencyKey: "key",
            timeout: .seconds(60))
    }

    /// The mask of somebody who knows one secret: it leaves out what may be the secret's beginning.
    private func mask(_ secret: String) -> (CapturedText) -> CapturedText {
        { text in
            var shown = text
            shown.head = text.head.replacing(secret, with: "******")
            shown.tail = text.tail.replacing(secret, with: "******")
            if text.droppedBytes > 0 {
                let cut = (1..<secret.count).last { shown.head.hasSuffix(secret.prefix($0)) } ?? 0
                shown.head.removeLast(cut)
            }
            return shown
        }
    }

    @Test("what a command has printed can be read while it runs, and how it ended when it is over")
    func whileRunning() async throws {
        let site = try TestSite()
        let program = try site.program(
            "echo one; echo problem >&2; while [ ! -e \(site.path)/go ]; do sleep 0.02; done; echo two; exit 4")
        let live = LiveOutput(spool: site.spool)
        #expect(live.read(id, .output, mask: { $0 }) == nil)
        let (order, performer) = (order(program), site.performer([program]))
        async let end = performer.perform(order, .silent)
        try await TestSite.wait { live.read(id, .output, mask: { $0 })?.text == "one\n" }
        try await TestSite.wait { live.read(id, .error, mask: { $0 })?.text == "problem\n" }
        let first = try #require(live.read(id, .output, mask: { $0 }))
        #expect(first.end == nil && first.next == 4 && !first.hasMore)
        #expect(live.read(id, .output, from: first.next, mask: { $0 })?.text == "")
        _ = FileManager.default.createFile(atPath: site.path + "/go", contents: nil)
        _ = await end
        let second = try #require(live.read(id, .output, from: first.next, mask: { $0 }))
        #expect(second.text == "two\n")
        #expect(second.end?.status == 4 && second.end?.reason == "exit 4: problem")
    }

    @Test("a secret that is printed in pieces is never shown, not even its beginning")
    func secretInPieces() async throws {
        let site = try TestSite()
        let program = try site.program(
            "printf 'token hun'; while [ ! -e \(site.path)/go ]; do sleep 0.02; done; printf 'ter2 end'")
        let live = LiveOutput(spool: site.spool)
        let (order, performer, mask) = (order(program), site.performer([program]), mask("hunter2"))
        async let end = performer.perform(order, .silent)
        try await TestSite.wait { live.read(id, .output, mask: mask)?.text.isEmpty == false }
        let first = try #require(live.read(id, .output, mask: mask))
        #expect(first.text == "token ")
        _ = FileManager.default.createFile(atPath: site.path + "/go", contents: nil)
        _ = await end
        #expect(live.read(id, .output, from: first.next, mask: mask)?.text == "****** end")
        for position in 0..<30 {
            let piece = try #require(live.read(id, .output, from: position, limit: 3, mask: mask))
            #expect(piece.text.isEmpty || "token ****** end".contains(piece.text))
        }
    }

    @Test("read in pieces of any size it is the same text, whatever its bytes are", arguments: [1, 2, 3, 7, 64])
    func pieces(limit: Int) async throws {
        let site = try TestSite()
        let program = try site.program(
            "printf 'a\\303\\244\\342\\202\\254\\360\\237\\230\\200\\377\\033[1mz\\r\\n\\000\\r'")
        _ = await site.performer([program]).perform(order(program), .silent)
        let live = LiveOutput(spool: site.spool)
        var text = ""
        var position = 0
        while let piece = live.read(id, .output, from: position, limit: limit, mask: { $0 }), piece.next > position {
            text += piece.text
            position = piece.next
            if !piece.hasMore { break }
        }
        #expect(text == "aä€😀\u{fffd}␛[1mz\n␀␍")
    }

    @Test("of an output that is too long its beginning and its end are shown")
    func tooLong() async throws {
        let site = try TestSite()
        let program = try site.program("echo begin; head -c 3000000 /dev/zero | tr '\\0' 'y'; echo end")
        _ = await site.performer([program]).perform(order(program), .silent)
        let piece = try #require(
            LiveOutput(spool: site.spool).read(id, .output, limit: .max, mask: { $0 }))
        #expect(piece.text.hasPrefix("begin\nyyy") && piece.text.hasSuffix("yyyend\n"))
        #expect(piece.text.contains("y\n[… not kept …]\ny"))
        #expect(piece.text.utf8.count < LiveOutput.mostBytes + 2 * ProcessConfiguration.keptBytes)
        #expect(!piece.hasMore)
    }

    @Test("of what only reads nothing is kept when it is over, and ids that lead elsewhere find nothing")
    func nothingKept() async throws {
        let site = try TestSite()
        let program = try site.program("echo x")
        _ = await site.performer([program]).perform(order(program, effect: .read), .silent)
        let live = LiveOutput(spool: site.spool)
        #expect(live.read(id, .output, mask: { $0 }) == nil)
        for run in ["../r1", "", "r2", "."] {
            let other = OperationID(run: run, path: "steps/../../act", attempt: 1)
            #expect(live.read(other, .output, mask: { $0 }) == nil)
        }
    }

    @Test(
        "characters that steer a terminal or turn the order of others are made visible",
        arguments: [
            ("plain\n\ttext ä €", "plain\n\ttext ä €"), ("\u{1b}[2J", "␛[2J"), ("a\rb", "a␍b"), ("a\r\nb", "a\nb"),
            ("\r\r\n", "␍\n"), ("\u{7f}\u{0}\u{8}", "␡␀␈"), ("\u{9b}31m", "\u{fffd}31m"),
            ("\u{202e}gnp.exe\u{2066}", "\u{fffd}gnp.exe\u{fffd}"), ("\u{2028}\u{feff}", "\u{fffd}\u{fffd}"), ("", ""),
        ])
    func harmless(text: String, shown: String) {
        #expect(text.harmless == shown)
    }
}
