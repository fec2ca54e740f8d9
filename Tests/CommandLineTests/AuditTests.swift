import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct AuditTests {
    @Test("the audit of a directory is verified, exported and shown; an anchor outside keeps it to what it was")
    func directory() async throws {
        let site = try LocalSite()
        _ = try await site.run("step", "step", "step", "done", "step")
        let anchor = site.folder.path + "/anchor.json"
        let first = try await Program.run(["audit", "verify", "--data", site.data, "--anchor", anchor])
        #expect(first.code == 0, "\(first)")
        #expect(first.output.contains(" entries, each as it was written; the last has hash "))
        let second = try await Program.run(["audit", "verify", "--data", site.data, "--anchor", anchor])
        #expect(second.code == 0 && second.output.contains("is the one that \(anchor) knows"), "\(second)")

        let entries = try await site.audit()
        #expect(entries.compactMap { $0["sequence"]?.int } == (1...entries.count).map(Int64.init))
        #expect(entries.first?["kind"]?.string == "run.created")
        let run = try #require(entries.first?["runID"]?.string)
        let some = try await Program.run(["audit", "export", "--data", site.data, "--after", "2", "--run", run])
        #expect(some.output.split(separator: "\n").count == entries.count { $0["runID"]?.string == run } - 2)
        let tail = try await Program.run(["audit", "tail", "--data", site.data, "-n", "1"])
        #expect(tail.output.contains("run.verified"), "\(tail)")

        let stored = try JSONValue(parsing: site.folder.read("anchor.json"))
        let sequence = try #require(stored["sequence"]?.int)
        try site.folder.file("rewritten.json", #"{"sequence":\#(sequence),"hash":"00"}"#)
        try site.folder.file("cut.json", #"{"sequence":\#(sequence + 1),"hash":"00"}"#)
        try await Call(
            "audit", "verify", "--data", site.data, "--anchor", site.folder.path + "/rewritten.json", code: 1,
            error: ["audit entry \(sequence) has the hash ", "and had 00", "rewritten"]
        ).check()
        try await Call(
            "audit", "verify", "--data", site.data, "--anchor", site.folder.path + "/cut.json", code: 1,
            error: ["the audit ends with entry \(sequence), and had \(sequence + 1) entries already"]
        ).check()
        #expect(site.folder.read("cut.json").contains("\(sequence + 1)"), "a bad audit is no anchor")
    }

    @Test("a directory without a database, an anchor that is none, and a wrong number are told")
    func wrongInput() async throws {
        let folder = try TemporaryDirectory()
        try await Call("audit", "verify", "--data", folder.path, code: 3, error: ["it holds no auspex.sqlite"]).check()
        let anchor = try folder.file("anchor", "hello")
        try await Call(
            "audit", "verify", "--data", folder.path, "--anchor", anchor, code: 3, error: ["is no anchor of an audit"]
        ).check()
        try await Call("audit", "tail", "-n", "0", code: 2, error: ["--number 0"]).check()
        try await Call("audit", "export", "--after", "-1", code: 2).check()
        try await Call(
            "audit", "verify", "--data", "x", "--server", "http://127.0.0.1:1", code: 2, error: ["exclude each other"]
        ).check()
    }

    /// Answers as a server does with these entries.
    private func server(_ entries: [JSONValue]) throws -> LoopbackServer {
        try LoopbackServer(
            .by { request in
                let after = request.firstMatch(of: /after=(\d+)/).flatMap { Int64($0.1) } ?? 0
                return LoopbackServer.ok(
                    JSONValue.array(entries.filter { ($0["sequence"]?.int ?? 0) > after }).canonicalText)
            })
    }

    @Test("a server's audit is held against itself here, so that the server need not be trusted")
    func server() async throws {
        let site = try LocalSite()
        _ = try await site.run("abort")
        var entries = try await site.audit()
        let good = try server(entries)
        try await Call(
            "audit", "verify", "--server", "http://127.0.0.1:\(good.port)",
            output: ["\(entries.count) entries, each as it was written"]
        ).check()
        var members = try #require(entries[1].object)
        members["detail"] = .object(["by": .string("nobody")])
        entries[1] = .object(members)
        let bad = try server(entries)
        try await Call(
            "audit", "verify", "--server", "http://127.0.0.1:\(bad.port)", code: 1,
            error: ["audit entry 2 does not follow from the one before it"]
        ).check()
        let short = try server(Array(entries.dropFirst()))
        try await Call(
            "audit", "verify", "--server", "http://127.0.0.1:\(short.port)", code: 1,
            error: ["audit entry 1 is missing"]
        ).check()
        withExtendedLifetime((good, bad, short)) {}
    }
}
