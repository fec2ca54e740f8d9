import AuspexDetection
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexExternal

/// One program after another, so that none waits for a processor until its time is over.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ExternalDetectorTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private static let table: Table? = try? Table(
        columns: [[1, 2, .nan], [4, 1e-7, 1e300]], names: ["a", "b\"c"],
        times: [0, 60_000, 120_000].map { Timestamp(milliseconds: $0) })

    /// A detector that is a script for the shell.
    private func script(_ text: String, options: String = "") throws -> any BatchDetector {
        // Read by the shell, not run: another test's child may still hold the file open for writing, and what is open for
        // writing cannot be run.
        let path = try folder.file("detector", text)
        var registry = DetectorRegistry()
        try registry.registerPrograms()
        return try registry.makeBatch("exec:\(options)/bin/sh '\(path)'")
    }

    private func scores(_ detector: any BatchDetector, training: Range<Int>? = nil) throws -> DetectorOutput {
        let table = try #require(Self.table)
        return try detector.fit(table, training: training).scores(table)
    }

    private func failure(_ text: String, options: String = "") throws -> String {
        let detector = try script(text, options: options)
        return try #require(throws: DetectorError.self) { try scores(detector) }.description
    }

    // MARK: What goes in and out

    @Test("a program reads the table, and missing values are null")
    func question() throws {
        let copy = folder.path + "/copy"
        let output = try scores(
            try script("cat > '\(copy)'\nfor i in 1 2 3; do echo \"{\\\"score\\\":$i}\"; done"), training: 0..<2)
        #expect(output.scores == [1, 2, 3])
        #expect(output.expectations == nil)
        #expect(
            try String(contentsOfFile: copy, encoding: .utf8) == """
                {"version":1,"rows":3,"columns":["a","b\\"c"],"training":[0,2],"timed":true}
                {"index":0,"time":0,"values":[1.0,4.0]}
                {"index":1,"time":60000,"values":[2.0,1e-07]}
                {"index":2,"time":120000,"values":[null,1e+300]}

                """)
    }

    @Test("the header has null for what is not known")
    func plainQuestion() throws {
        let copy = folder.path + "/copy"
        let table = try Table(columns: [[5]])
        _ = try script("cat > '\(copy)'; echo '{\"score\":1}'").fit(table, training: nil).scores(table)
        #expect(
            try String(contentsOfFile: copy, encoding: .utf8) == """
                {"version":1,"rows":1,"columns":["value"],"training":null,"timed":false}
                {"index":0,"time":null,"values":[5.0]}

                """)
    }

    @Test("another table than that of the fit follows it, and only its rows are answered for")
    func anotherTable() throws {
        let detector = try script("grep index | sed 's/.*values.:.\\(.*\\)..$/{\"score\":\\1}/'")
        let model = try detector.fit(try Table(columns: [[1, 2]]), training: 0..<1)
        #expect(try model.scores(try Table(columns: [[3, 4, 5]])).scores == [3, 4, 5])
        #expect(throws: DetectorError.widthMismatch(fitted: 1, given: 2)) {
            try model.scores(try Table(columns: [[1], [2]]))
        }
    }

    @Test("a program that reads nothing, or answers only at its end, answers all the same")
    func readsNothing() throws {
        let rows = 100_000
        let table = try Table(columns: [(0..<rows).map(Double.init)])
        let closing = try script("exec <&-\nyes '{\"score\":1}' | head -n \(rows)")
        #expect(try closing.fit(table, training: nil).scores(table).scores.count == rows)
        let late = try script("cat > /dev/null\nyes '{\"score\":2}' | head -n \(rows)")
        #expect(try late.fit(table, training: nil).scores(table).scores == Array(repeating: 2, count: rows))
    }

    @Test("what a program says to people is not in the way, however much it is")
    func floodsErrors() throws {
        let output = try scores(
            try script("yes complaint | head -c 3000000 >&2\nyes '{\"score\":1}' | head -n 3"))
        #expect(output.scores == [1, 1, 1])
    }

    @Test("remarks become notes and the reach")
    func remarks() throws {
        let detector = try script("echo '{\"note\":\"few rows\",\"reach\":7}'; yes '{\"score\":1}' | head -n 3")
        let output = try scores(detector)
        #expect(output.notes == ["few rows"] && output.reach == 7)
    }

    @Test("a process that a program leaves behind is not waited for")
    func leftover() throws {
        let output = try scores(try script("sleep 60 &\nyes '{\"score\":1}' | head -n 3"))
        #expect(output.scores == [1, 1, 1])
    }

    @Test("no rows need no program")
    func noRows() throws {
        let table = try Table(columns: [[]])
        #expect(try script("exit 3").fit(table, training: nil).scores(table).scores.isEmpty)
    }

    // MARK: What goes wrong

    static let faults: [(script: String, options: String, parts: [String])] = [
        ("echo oops >&2; exit 3", "", ["ended with exit code 3", "its last words:\noops"]),
        ("kill -9 $$", "", ["was ended by signal 9"]),
        ("sleep 60", "timeout=0.2 ", ["was not done after 0.2 seconds", "timeout=SECONDS"]),
        ("trap '' TERM INT; while :; do sleep 60; done", "timeout=0.2 ", ["was not done after 0.2 seconds"]),
        ("exec >&- 2>&-; sleep 60", "timeout=0.2 ", ["was not done after 0.2 seconds"]),
        ("echo hello; sleep 60", "", ["line 1 of its output: \"hello\" is not JSON"]),
        ("yes '{\"score\":1}' | head -n 2", "", ["answered for 2 of 3 rows"]),
        ("yes '{\"score\":1}'", "", ["line 4 of its output: one score more than there are rows, which are 3"]),
        ("echo '{\"score\":1}'; echo '{\"score\":NaN}'", "", ["line 2 of its output", "NaN is no number in JSON"]),
        ("echo '{\"score\":-1}'", "", ["line 1 of its output: score is -1"]),
        ("head -c 100000 /dev/zero | tr '\\0' x", "", ["line 1 of its output: longer than 65536 bytes"]),
        ("yes '{\"note\":\"n\"}'", "", ["line 1001 of its output: more than 1000 remarks"]),
        ("yes ''", "", ["wrote more than 1060864 bytes"]),
        ("printf 'a\\033[31m\\n' >&2; exit 1", "", ["its last words:\na [31m"]),
        ("exit 0", "", ["answered for 0 of 3 rows"]),
    ]

    @Test("whatever a program does wrong is told, with its last words", arguments: faults)
    func fault(text: String, options: String, parts: [String]) throws {
        let description = try failure(text, options: options)
        for part in parts { #expect(description.contains(part), "\(description)") }
    }

    @Test("a program that cannot be started is told with what would help")
    func notStarted() throws {
        var registry = DetectorRegistry()
        try registry.registerPrograms()
        let plain = try folder.file("plain", "echo")
        let noLine = try folder.file("noline", "\u{1}\u{2}")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: noLine)
        for (name, part) in [
            ("/no/such", "No such file or directory; give its path"), ("no-such-program", "No such file or directory"),
            (plain, "Permission denied; allow it with chmod +x"), (noLine, "Exec format error; a script needs"),
            (folder.path, "Permission denied"),
        ] {
            let detector = try registry.makeBatch("exec:\(name)")
            let error = #expect(throws: DetectorError.self) { try scores(detector) }
            #expect(error?.description.contains("\(name) cannot be started: \(part)") == true, "\(error!)")
        }
    }

    @Test("at the end of its time the whole group of a program is gone")
    func group() throws {
        let mark = folder.path + "/pid"
        _ = try failure("sleep 61 & echo $! > '\(mark)'; wait", options: "timeout=0.5 ")
        let pid = try #require(pid_t(try String(contentsOfFile: mark, encoding: .utf8).dropLast()))
        // The signal is sent, and takes effect when the process is next on a processor. Then it is gone, or dead and not yet
        // cleared away by init.
        func isAlive() -> Bool {
            let state = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8))?.split(separator: " ")[2]
            return state != nil && state != "Z"
        }
        for _ in 0..<100_000 where isAlive() { sched_yield() }
        #expect(!isAlive())
    }

    @Test("programs can be ended from outside")
    func endAll() async throws {
        let programs = RunningPrograms()
        let mark = folder.path + "/fifo"
        #expect(mkfifo(mark, 0o600) == 0)
        var registry = DetectorRegistry()
        try registry.registerPrograms(programs)
        let path = try folder.file("d", "#!/bin/sh\necho > '\(mark)'\nsleep 60\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        let detector = try registry.makeBatch("exec:\(path)")
        let thread = Thread {
            // Returns once the program has begun.
            _ = try? FileHandle(forReadingAtPath: mark)?.readToEnd()
            programs.endAll()
        }
        thread.start()
        let error = #expect(throws: DetectorError.self) { try scores(detector) }
        #expect(error?.description.contains("was ended by signal 9") == true, "\(error?.description ?? "")")
    }

    // MARK: In Python

    /// The example in the article on programs.
    static func python() throws -> String {
        let article = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Auspex/Auspex.docc/Programs.md")
        let parts = try String(contentsOf: article, encoding: .utf8).components(separatedBy: "```python\n")
        return try #require(parts.last?.components(separatedBy: "```").first)
    }
    static var hasPython: Bool {
        ["/usr/bin", "/usr/local/bin"].contains { FileManager.default.isExecutableFile(atPath: $0 + "/python3") }
    }

    @Test(
        "the Python detector of the article finds what is strange", .enabled(if: hasPython, "python3 is not installed"))
    func inPython() throws {
        let path = try folder.file("mad.py", try Self.python())
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        var registry = DetectorRegistry()
        try registry.registerPrograms()
        let detector = try registry.makeBatch("exec:\(path)")
        let series = GeneratedSeries(seed: 1)
        let table = try Table(columns: [series.values])
        let output = try detector.fit(table, training: nil).scores(table)
        #expect(try #require(series.areaUnderCurve(output.scores)) > 0.9)
        #expect(output.expectations?.count == table.rows)
    }
}
