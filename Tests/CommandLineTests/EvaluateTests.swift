import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// What `auspex evaluate` makes of good and bad files.
@Suite(.serialized, .timeLimit(.minutes(2))) struct EvaluateTests {
    /// A series with one labelled peak.
    private static let good =
        "value,label\n" + (0..<200).map { "\($0 % 5 + ($0 == 120 ? 50 : 0)),\($0 == 120 ? 1 : 0)\n" }.joined()

    /// Files with something wrong, and what is said of each after its name.
    private static let bad: [(name: String, text: String, said: String)] = [
        ("empty.csv", "", ": is empty; a table needs a header line and at least one row"),
        ("header.csv", "value,label\n", ": has a header but no row; add at least one row of values"),
        ("one-calm.csv", "value,label\n1,0\n", ": no row is labelled anomalous"),
        (
            "one-wild.csv", "value,label\n1,1\n",
            ": every row is labelled anomalous; metrics need at"
        ),
        (
            "text.csv", "value,label\n1,0\n2,0\nhigh,1\n",
            ":4:1: column \"value\": \"high\" is not a number; write"
        ),
        ("unlabelled.csv", "value\n1\n2\n", ": it has no labels; add a last column \"label\" with 1 for an anomaly"),
        (
            "label.csv", "value,label\n1,0\n2,2\n",
            ":3:3: column \"label\": \"2\" is not a label; write 1 for an anomaly"
        ),
        ("nan.csv", "value,label\nnan,0\n,1\n", ": every value is missing; give at least one column with numbers"),
        ("ragged.csv", "value,label\n1,0\n2\n", ":3:2: the row has 1 field where the header has 2"),
        ("7_UCR_Anomaly_x_1_2_3.txt", "1\n2\nx\n4\n", ":3: \"x\" is not a number; write decimal numbers"),
        ("m_test.txt", "1,2\n3,4\n", ""),
        ("m_test_label.txt", "0\n2\n", ":2: \"2\" is not a label; write 1 for an anomaly and 0 for none, one a line"),
        ("p_test.pkl", "x", ": a pickle is a program that runs when it is read; save the array with numpy.save"),
    ]

    private func folder(_ files: [(name: String, text: String)]) throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        for file in files { try folder.file(file.name, file.text) }
        return folder
    }

    @Test("each bad file is told with its place and what would be right, and the rest goes on")
    func badFiles() async throws {
        let folder = try folder(Self.bad.map { ($0.name, $0.text) } + [("zz.csv", Self.good)])
        let outcome = try await Program.run(["evaluate", folder.path, "--detector", "mad"])
        #expect(outcome.code == 0, "\(outcome)")
        for file in Self.bad where !file.said.isEmpty {
            let said = "\(folder.path)/\(file.name)\(file.said)"
            #expect(outcome.output.contains(said), "no '\(said)' in \(outcome.output)")
        }
        // What is wrong beside a file is told once, and not for every detector.
        #expect(outcome.output.components(separatedBy: "m_test.txt: ").count == 2)
        let table = outcome.output.split(separator: "\n")
        #expect(table.contains { $0.hasPrefix("\(folder.path)/zz.csv") && $0.contains(" 200 ") })
        #expect(table.contains { $0.hasPrefix("mad ") && $0.contains(" 200 ") })
    }

    @Test("one bad file alone is an error of the input")
    func alone() async throws {
        for file in Self.bad where !file.said.isEmpty && file.name != "m_test_label.txt" {
            let folder = try folder([(file.name, file.text)])
            let outcome = try await Program.run(["evaluate", folder.path, "--detector", "mad", "--format", "json"])
            #expect(outcome.code == 3, "\(file.name): \(outcome)")
            #expect(outcome.error.contains("no file could be measured"), "\(outcome.error)")
            let result = try JSONValue(parsing: outcome.output)
            #expect(result["results"]?.array?.allSatisfy { $0["vus_pr"] == .null } == true)
        }
    }

    @Test("a folder without a data file is an error that names it and says what to give")
    func noData() async throws {
        let folder = try folder([("notes.md", "x")])
        try await Call(
            "evaluate", folder.path, code: 3,
            error: ["no file to evaluate in \(folder.path); give labelled .csv or .csv.gz files"]
        ).check()
    }

    @Test("a table that takes more memory than is allowed gets a row with both numbers, and the rest goes on")
    func memory() async throws {
        let long = "value,label\n" + (0..<10_000).map { "\($0 % 7),\($0 == 500 ? 1 : 0)\n" }.joined()
        let folder = try folder([("a.csv", Self.good), ("b.csv", Self.good), ("long.csv", long)])
        let call = ["evaluate", folder.path, "--detector", "mad", "--jobs", "4", "--max-memory"]
        let outcome = try await Program.run(call + ["100k"])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(
            outcome.output.contains(
                "long.csv: about 10000 rows; 'mad' needs at least 859 KiB of memory for them, and 100 KiB are allowed"),
            "\(outcome.output)")
        let alone = try await Program.run(["evaluate", folder.path + "/long.csv", "--max-memory", "100k"])
        #expect(alone.code == 3 && alone.output.contains("'auto' needs at least 859 KiB"), "\(alone)")
        let enough = try await Program.run(call + ["1g"])
        #expect(enough.code == 0 && !enough.output.contains("needs at least"), "\(enough)")
    }

    static let wrongCalls = [
        Call("evaluate", "x", "--jobs", "0", code: 2, error: ["--jobs 0 must be 1 or more"]),
        Call("evaluate", "x", "--jobs", "many", code: 2, error: ["many"]),
        Call("evaluate", "Sources", "--suite", "nab", code: 3, error: ["Sources is not the Numenta Anomaly Benchmark"]),
        Call("evaluate", "x", "--detector", "random", code: 3, error: ["unknown detector 'random'"]),
    ]

    @Test("a wrong call is told before any work", arguments: wrongCalls)
    func wrongCall(call: Call) async throws { try await call.check() }

    @Test("baselines stand beside the detectors, or are left out, whatever the number of jobs")
    func baselines() async throws {
        let folder = try folder([("a/x.csv", Self.good), ("b/y.csv", Self.good)])
        let call = ["evaluate", folder.path, "--detector", "mad", "--format", "json", "--jobs"]
        var texts: [String] = []
        for jobs in ["1", "4"] {
            let outcome = try await Program.run(call + [jobs])
            let result = try JSONValue(parsing: outcome.output)
            let summary = try #require(result["summary"]?.array)
            #expect(summary.map { $0["detector"]?.string } == ["mad", "random", "zscore"])
            #expect(summary.map { $0["baseline"] } == [.bool(false), .bool(true), .bool(true)])
            #expect(summary[0]["files"]?.int == 2 && summary[0]["rows"]?.int == 400)
            #expect(result["sets"]?.array?.map { $0["set"]?.string } == ["a", "b"])
            texts.append(outcome.output.split(separator: "\n").filter { !$0.contains("seconds") }.joined())
        }
        #expect(texts[0] == texts[1])
        let bare = try await Program.run(call + ["2", "--no-baselines"])
        #expect(try JSONValue(parsing: bare.output)["summary"]?.array?.count == 1)
    }

    @Test("without a terminal there is no bar")
    func noBar() async throws {
        let folder = try folder([("x.csv", Self.good)])
        let outcome = try await Program.run(["evaluate", folder.path, "--detector", "mad"])
        #expect(outcome.code == 0 && outcome.error.isEmpty, "\(outcome)")
    }

    /// Gives a program a terminal; part of every Debian.
    private static let script = "/usr/bin/script"

    @Test(
        "on a terminal a bar shows how many files are done, in colour unless NO_COLOR says no, and nothing on a dumb one",
        .enabled(if: FileManager.default.isExecutableFile(atPath: script), "needs \(script)"),
        arguments: [("xterm", "", true, true), ("xterm", "1", true, false), ("dumb", "", false, false)])
    func bar(terminal: String, noColour: String, isShown: Bool, isColoured: Bool) async throws {
        let folder = try folder([("x.csv", Self.good)])
        let outcome = try await Program.shell(
            "TERM=\(terminal) NO_COLOR=\(noColour) \(Self.script) -qec \"'$0' evaluate '\(folder.path)' --detector mad "
                + "> /dev/null\" /dev/null")
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.contains(" 0/1 0:0") == isShown && outcome.output.contains(" 1/1 0:0") == isShown)
        #expect(outcome.output.contains("\u{1b}[36m") == isColoured)
        #expect(outcome.output.hasSuffix(isShown ? "\r\u{1b}[K" : ""), "\(outcome.output.debugDescription)")
    }
}
