import AuspexSignals
import AuspexTesting
import Testing

/// Logs from the command line, from one command to the next.
@Suite(.serialized, .timeLimit(.minutes(2))) struct LogsTests {
    private static let before = (0..<40).map { "2026-03-01T10:00:\(10 + $0)Z INFO web: request \($0) took 3 ms\n" }
        .joined()
    private static let after =
        (0..<40).map { "2026-03-01T11:00:\(10 + $0)Z INFO web: request \($0) took 4 ms\n" }.joined()
        + "2026-03-01T11:01:00Z ERROR web: no route to shard 7\n\tat a.b(C.java:1)\n"

    private func folder() throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        try folder.file("a.log", Self.before)
        try folder.file("b.log", Self.after)
        return folder
    }

    @Test("diff tells what is new, writes a page, and can fail a pipeline")
    func diff() async throws {
        let folder = try folder()
        let (a, b, page) = (folder.path + "/a.log", folder.path + "/b.log", folder.path + "/out.html")
        let outcome = try await Program.run(["logs", "diff", a, b, "--report", page])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.contains("no route to shard <*>") && !outcome.output.contains("request <*>"))
        #expect(outcome.error.contains("1 new"))
        let html = folder.read("out.html")
        #expect(html.contains("no route to shard") && html.hasPrefix("<!DOCTYPE html>"))
        try await Call("logs", "diff", a, b, "--fail-on", "new", code: 1, output: ["new"]).check()
        try await Call("logs", "diff", a, a, "--fail-on", "any", code: 0).check()
    }

    @Test("templates that one log has taught are no news in another and keep their ids")
    func known() async throws {
        let folder = try folder()
        let listing = try await Program.run(["logs", "templates", folder.path + "/a.log", "--format", "ndjson"])
        let first = try JSONValue(parsing: String(listing.output.split(separator: "\n")[0]))
        try folder.file("known.ndjson", listing.output)
        let parsed = try await Program.run(
            ["logs", "parse", folder.path + "/b.log", "--known", folder.path + "/known.ndjson", "--format", "ndjson"])
        let row = try JSONValue(parsing: String(parsed.output.split(separator: "\n")[0]))
        #expect(row["EventId"]?.string == first["EventId"]?.string && row["EventId"]?.string != nil)
        try folder.file("broken.ndjson", listing.output + "{\"EventId\":\"xyz\",\"EventTemplate\":\"a\"}\n")
        try await Call(
            "logs", "parse", "-", "--known", folder.path + "/broken.ndjson", input: "a\n", code: 3,
            error: ["broken.ndjson:2", "16 hexadecimal digits", "xyz"]
        ).check()
    }

    @Test("a record has OpenTelemetry's names, and a trace no record of its own")
    func otel() async throws {
        let folder = try folder()
        let outcome = try await Program.run(["logs", "parse", folder.path + "/b.log", "--format", "otel"])
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 41)
        let last = try JSONValue(parsing: String(lines[40]))
        #expect(last["attributes"]?["log.record.template"]?.string == "no route to shard <*>")
        #expect(last["severity_text"]?.string == "ERROR")
    }

    @Test(
        "bytes that are no text, no line at all, a line without end: something useful is said, and nothing breaks",
        arguments: [
            ("", 0, ""), ("\u{0}\u{0}\u{0}", 1, "1 lines hold NULs"), ("no end", 1, ""),
            ("\u{1b}[31mred\u{1b}[0m\r\n", 1, "steer a terminal"),
            (String(repeating: "long ", count: 40_000), 1, "too long and cut"),
        ])
    func badInput(text: String, rows: Int, note: String) async throws {
        for command in ["parse", "score"] {
            let outcome = try await Program.run(["logs", command, "-"], input: text)
            #expect(outcome.code == 0, "\(outcome.error)")
            #expect(outcome.output.split(separator: "\n").count == rows + 1)
            if !note.isEmpty { #expect(outcome.error.contains(note), "\(outcome.error)") }
        }
    }

    @Test("sessions are judged where it is said what one is")
    func sessions() async throws {
        var text = ""
        func line(_ number: Int, _ message: String) {
            text +=
                "2026-03-01T\(10 + number / 3_600):\(10 + number / 60 % 50):\(10 + number % 50)Z INFO a: \(message)\n"
        }
        for id in 0..<120 { for step in ["is accepted", "is stored", "is done"] { line(id, "job_\(id)0 \(step)") } }
        for step in ["is accepted", "is stored", "is stored", "is stored", "is stored"] {
            line(121, "job_9990 \(step)")
        }
        let outcome = try await Program.run(
            ["logs", "score", "-", "--session", "job_", "--only-new", "--format", "ndjson"], input: text)
        #expect(outcome.output.contains("unusual_session") && outcome.output.contains("session 9990"), "\(outcome)")
    }

    @Test("labelled sessions are measured, beside what flagging everything gives")
    func evaluate() async throws {
        let folder = try TemporaryDirectory()
        var csv = "BlockId,Label,EventSequence\n"
        for number in 0..<200 {
            let isBad = number % 20 == 19
            csv += "b\(number),\(isBad ? 1 : 0),\(isBad ? "E1 E9" : "E1 E2 E3")\n"
        }
        try folder.file("sessions.csv", csv)
        let outcome = try await Program.run(["logs", "evaluate", folder.path + "/sessions.csv", "--format", "csv"])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.contains(",counts,") && outcome.output.contains(",all,"))
        try await Call("logs", "evaluate", folder.path + "/nothing", code: 3, error: ["nothing"]).check()
    }
}
