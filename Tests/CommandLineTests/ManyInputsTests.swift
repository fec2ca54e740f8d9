import AuspexTesting
import Foundation
import Testing

/// `score` with several inputs, large inputs, and a terminal.
@Suite(.serialized, .timeLimit(.minutes(4))) struct ManyInputsTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func inputs() throws -> [String] {
        var paths = try (0..<6).map { number in
            let rows = (0..<(number == 0 ? 3_000 : 300)).map { "\($0 * (7 + number) % 13)" }.joined(separator: "\n")
            return try folder.file("\(number).csv", "value\n" + rows + "\n")
        }
        paths.insert(try folder.file("bad.csv", "v\n1\nx\n"), at: 2)
        return paths
    }

    @Test("whatever the number of jobs, rows, errors and exit code are the same, in the order of the inputs")
    func jobs() async throws {
        let paths = try inputs()
        let call = ["score"] + paths + ["--detector", "knn", "--format", "csv", "--jobs"]
        let single = try await Program.run(call + ["1"])
        #expect(single.code == 3 && single.error.contains("bad.csv:3:1"), "\(single.error)")
        #expect(single.output.split(separator: "\n").count == 3_001 + 5 * 301)
        for jobs in ["2", "8"] {
            let several = try await Program.run(call + [jobs])
            #expect(several.output == single.output && several.error == single.error && several.code == 3)
        }
        let small = try await Program.run(call + ["8", "--max-memory", "40k"])
        #expect(
            small.code == 3 && small.error.contains("0.csv: about 3000 rows; 'knn' needs at least"), "\(small.error)")
        #expect(small.output.split(separator: "\n").count == 5 * 301)
    }

    @Test("a number of jobs that is none is told")
    func wrongJobs() async throws {
        try await Call("score", "x", "--jobs", "0", code: 2, error: ["--jobs 0 must be 1 or more"]).check()
    }

    @Test("standard input given twice is empty the second time, as in any pipeline")
    func twice() async throws {
        let outcome = try await Program.run(
            ["score", "-", "-", "--detector", "mad", "--format", "csv", "--jobs", "4"], input: "v\n1\n2\n")
        #expect(outcome.code == 3 && outcome.error.contains("-: is empty"), "\(outcome)")
        #expect(outcome.output.split(separator: "\n").count == 3)
    }

    @Test("a pipe that has a name is read by whoever opens it first, and loses no row")
    func namedPipe() async throws {
        let outcome = try await Program.shell(
            """
            cd '\(folder.path)'; mkfifo p; seq 1000 > numbers; (cat numbers > p) &
            "$0" score p --detector mad --format csv | wc -l; wait $!; echo "writer $?"
            """)
        #expect(outcome.output == "1001\nwriter 0\n", "\(outcome)")
    }

    // MARK: On a terminal

    /// Gives a program a terminal; part of every Debian.
    private static let script = "/usr/bin/script"
    private static var hasScript: Bool { FileManager.default.isExecutableFile(atPath: script) }

    /// What a terminal shows while the command runs.
    private func shown(_ command: String, terminal: String = "xterm") async throws -> String {
        let outcome = try await Program.shell(
            "cd '\(folder.path)'; TERM=\(terminal) NO_COLOR= \(Self.script) -qec \"'$0' \(command)\" /dev/null")
        #expect(outcome.code == 0 || outcome.code == 3, "\(outcome)")
        return outcome.output
    }

    @Test("a bar counts the inputs where rows go elsewhere", .enabled(if: hasScript, "needs \(script)"))
    func bar() async throws {
        _ = try inputs()
        let shown = try await shown("score 0.csv 1.csv bad.csv 2.csv --detector mad --format csv > out")
        for count in [" 0/4 0:0", " 2/4 0:0", " 4/4 0:0"] {
            #expect(shown.contains(count), "\(shown.debugDescription)")
        }
        // The error stands on a line of its own.
        #expect(shown.contains("\r\u{1b}[Kauspex: bad.csv:3:1: "), "\(shown.debugDescription)")
        #expect(folder.read("out").split(separator: "\n").count == 3_001 + 2 * 301)
        #expect(!folder.read("out").contains("\u{1b}"))
    }

    @Test("rows on the same terminal are not mixed with a bar", .enabled(if: hasScript, "needs \(script)"))
    func sameTerminal() async throws {
        _ = try inputs()
        let shown = try await shown("score 0.csv 1.csv --detector mad --format csv")
        let rows = try #require(shown.range(of: "index,value,score"))
        #expect(shown[..<rows.lowerBound].hasSuffix("\r\u{1b}[K"), "\(shown.prefix(300).debugDescription)")
        #expect(!shown[rows.upperBound...].contains("\u{1b}[36m"))
        #expect(!(try await self.shown("score 1.csv --detector mad > out", terminal: "dumb")).contains("\u{1b}"))
    }

    @Test("a large input that is scored row by row shows rows and bytes", .enabled(if: hasScript, "needs \(script)"))
    func large() async throws {
        // 64 MiB, mostly zeros of one number: long in bytes, short in rows.
        let made = try await Program.shell(
            "cd '\(folder.path)'; { echo v; yes 1.$(printf '%04000d' 0) | head -n 17000; } > large.csv")
        #expect(made.code == 0, "\(made)")
        let shown = try await shown("score large.csv --detector ewma --format csv -o out.csv")
        #expect(
            shown.contains(".csv: scoring, ") && shown.contains(" MiB of 64.9 MiB"), "\(shown.debugDescription)")
        #expect(shown.contains(" rows, "))
        #expect(folder.read("out.csv").split(separator: "\n").count == 17_001)
    }
}
