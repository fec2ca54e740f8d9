import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// Where results go, and what they look like.
@Suite(.serialized, .timeLimit(.minutes(2))) struct OutputTests {
    private static let small = "value\n1\n2\n1\n2\n1\n"

    private func json(_ arguments: String..., input: String = "") async throws -> JSONValue {
        let outcome = try await Program.run(arguments, input: input)
        #expect(outcome.code == 0, "\(outcome)")
        return try JSONValue(parsing: outcome.output)
    }

    // MARK: Shapes

    @Test("score gives each row its score, p-value, verdict and expectation")
    func scoreShape() async throws {
        let result = try await json(
            "score", "-", "--format", "json", "--alpha", "0.01", "--detector", "mad", input: ExitCodeTests.spike)
        #expect(result["file"]?.string == "-" && result["detector"]?.string == "mad")
        let rows = try #require(result["rows"]?.array)
        #expect(rows.count == 200)
        let names = ["index", "value", "score", "p_value", "anomaly", "expected", "lower", "upper"]
        #expect(Set(try #require(rows.first?.object).keys) == Set(names))
        #expect(rows[150]["anomaly"]?.int == 1)
    }

    @Test("score says on request what raised the scores of rows beyond the alert line, and scores causally")
    func reasons() async throws {
        let values = (0..<600).map { "\($0 % 24)\($0 == 450 ? "00" : "")" }.joined(separator: "\n")
        let input = "value\n" + values + "\n"
        let explained = try await json("score", "-", "--format", "json", "--explain", input: input)
        let rows = try #require(explained["rows"]?.array)
        #expect(explained["detector"]?.string == "auto")
        #expect(rows[450]["anomaly"]?.int == 1)
        #expect(rows[450]["reason"]?.string?.hasPrefix("values over 8 rows ") == true, "\(rows[450])")
        #expect(rows[100]["anomaly"]?.int == 0 && rows[100]["reason"] == .null)

        let causal = try await json("score", "-", "--format", "json", "--causal", input: input)
        #expect(causal["detector"]?.string == "auto:causal=strict")
        let beginning = "value\n" + values.split(separator: "\n").prefix(300).joined(separator: "\n") + "\n"
        let part = try await json("score", "-", "--format", "json", "--causal", input: beginning)
        let scores = { (result: JSONValue) in (result["rows"]?.array ?? []).map { $0["score"]?.double } }
        #expect(scores(part) == Array(scores(causal).prefix(300)) && scores(part).count == 300)

        let wrong = try await Program.run(["score", "-", "--causal", "--detector", "knn"], input: input)
        #expect(wrong.code == 2 && wrong.error.contains("--causal is for auto, not for knn"), "\(wrong)")
    }

    @Test("evaluate gives results and a summary")
    func evaluateShape() async throws {
        let folder = try TemporaryDirectory()
        let rows = (0..<300).map { "\($0 % 3 + ($0 == 200 ? 90 : 0)),\($0 == 200 ? 1 : 0)" }
        let file = try folder.file("a.csv", "value,label\n" + rows.joined(separator: "\n") + "\n")
        let result = try await json("evaluate", file, "--format", "json", "--detector", "mad")
        let row = try #require(result["results"]?.array?.first?.object)
        let names: Set = [
            "file", "detector", "rows", "window", "vus_pr", "vus_roc", "auc_pr", "auc_roc", "f1", "seconds",
        ]
        #expect(names.isSubset(of: row.keys), "\(row.keys)")
        #expect(result["summary"]?.array?.first?["detector"]?.string == "mad")
    }

    @Test("evaluate: a file that cannot be read gets a row, and the rest goes on")
    func evaluateBadFile() async throws {
        let folder = try TemporaryDirectory()
        let good = try folder.file("good.csv", "value,label\n" + String(repeating: "1,0\n2,1\n", count: 50))
        let bad = try folder.file("bad.csv", "value,label\nx,0\n")
        let result = try await json("evaluate", bad, good, "--format", "json", "--detector", "mad")
        let all = try #require(result["results"]?.array)
        let rows = all.filter { $0["baseline"] == .bool(false) }
        #expect(rows.map { $0["file"]?.string } == [bad, good] && all.count == 6)
        #expect(rows[0]["error"]?.string?.contains("bad.csv:2") == true)
        #expect(rows[1]["error"]?.string == nil)
    }

    @Test("detectors list is an array")
    func detectorsShape() async throws {
        let names = try #require(try await json("detectors", "list", "--format", "json").array).map {
            $0["name"]?.string ?? ""
        }
        #expect(Set(["mad", "seasonal", "knn", "pca", "ewma"]).isSubset(of: names))
    }

    @Test("a parameter's meaning and its range are two clauses")
    func describe() async throws {
        try await Call("detectors", "describe", "ewma", output: ["half of the past; a number from 0.1"]).check()
    }

    @Test("risk features measures a commit")
    func riskShape() async throws {
        let folder = try TemporaryDirectory()
        try folder.file("a.txt", "one\ntwo\n")
        let git = "git -C \(folder.path) -c user.name=a -c user.email=a@b"
        let made = try await Program.shell(
            "\(git) init -q && \(git) add . && \(git) commit -qm first && echo three >> \(folder.path)/a.txt && "
                + "\(git) commit -qam second")
        #expect(made.code == 0, "\(made)")
        let result = try await json("risk", "features", "--repo", folder.path, "--range", "HEAD", "--format", "json")
        #expect(result["change"]?["la"]?.int == 1)
        #expect(result["commits"]?.array?.count == 1)
    }

    @Test("logs parse takes the messages from a column")
    func logColumn() async throws {
        let outcome = try await Program.run(
            ["logs", "parse", "-", "--column", "Content"],
            input: "Id,Content\n1,open file 7\n2,open file 8\n")
        #expect(outcome.code == 0, "\(outcome)")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.first == "LineId,EventId,EventTemplate,ParameterList")
        #expect(lines.count == 3)
    }

    // MARK: Files

    @Test("a report replaces the file that a link leads to, and the link stays")
    func link() async throws {
        let folder = try TemporaryDirectory()
        try folder.file("real", "old")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "real")
        try await Call("score", "-", "-o", folder.path + "/link", input: Self.small).check()
        #expect(folder.read("real").contains("score"))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/link") == "real")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["link", "real"])
    }

    @Test("a pipe gets the result and stays a pipe")
    func pipe() async throws {
        let folder = try TemporaryDirectory()
        let outcome = try await Program.shell(
            "cd \(folder.path) && mkfifo p && (cat p > copy &) && printf 'v\\n1\\n2\\n' | \"$0\" score - -o p "
                + "&& test -p p")
        #expect(outcome.code == 0, "\(outcome)")
    }

    @Test("a device stays a device, and what it cannot take is an error")
    func device() async throws {
        try await Call(
            "score", "-", "-o", "/dev/full", input: Self.small, code: 3,
            error: ["/dev/full: cannot be written: No space left on device"]
        ).check()
        let type = try FileManager.default.attributesOfItem(atPath: "/dev/full")[.type] as? FileAttributeType
        #expect(type == .typeCharacterSpecial)
    }

    static let unwritable = [
        Call(
            "score", "nofile", "-o", "nofolder/x", code: 3, error: ["nofolder/x: the folder nofolder is not there"]),
        Call("score", "nofile", "--report", "a/b/x.html", code: 3, error: ["--report", "the folder a/b is not there"]),
        Call("evaluate", "nofile", "--report", "a/b/x.html", code: 3, error: ["the folder a/b is not there"]),
        Call("score", "nofile", "-o", ".", code: 3, error: [".: is a folder"]),
    ]

    @Test("a file that cannot be written is found before the input is read", arguments: unwritable)
    func unwritableFile(call: Call) async throws { try await call.check() }

    @Test("a result that standard output does not take is an error")
    func fullOutput() async throws {
        for call in ["score - < f", "detectors list", "logs parse f"] {
            let folder = try TemporaryDirectory()
            try folder.file("f", Self.small)
            let outcome = try await Program.shell("cd \(folder.path) && \"$0\" \(call) > /dev/full")
            #expect(outcome.code == 3, "\(call): \(outcome)")
            #expect(outcome.error == "auspex: standard output: No space left on device\n")
        }
    }

    @Test("a reader that goes away is no error")
    func brokenPipe() async throws {
        let outcome = try await Program.shell("\"$0\" detectors list | true; \"$0\" detectors list | head -n 1")
        #expect(outcome.code == 0 && outcome.error.isEmpty, "\(outcome)")
        #expect(outcome.output.hasPrefix("NAME"))
    }

    @Test("a report is written, though the reader of the rows goes away")
    func reportBeforeRows() async throws {
        let folder = try TemporaryDirectory()
        let rows = (0..<20_000).map { "\($0 % 7)\n" }.joined()
        let (input, report) = (try folder.file("in.csv", "value\n" + rows), folder.path + "/r.html")
        let outcome = try await Program.shell(
            "\"$0\" score '\(input)' --detector mad --format csv --report '\(report)' | head -n 1")
        #expect(outcome.output.hasPrefix("index,value"), "\(outcome)")
        #expect(FileManager.default.fileExists(atPath: report))
    }
}
