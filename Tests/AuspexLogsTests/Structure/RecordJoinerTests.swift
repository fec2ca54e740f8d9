import AuspexSignals
import Testing

@testable import AuspexLogs

@Suite struct RecordJoinerTests {
    /// `+` for lines that go on, `-` for those that begin a record.
    private func marks(_ lines: [String], timed: (String) -> Bool = { $0.first?.isNumber ?? false }) -> String {
        var joiner = RecordJoiner()
        return lines.map { line in
            joiner.continues(Array(line.utf8).span, hasTimestamp: timed(line)) ? "+" : "-"
        }.joined()
    }

    @Test("a Java trace goes on")
    func java() {
        #expect(
            marks([
                "12:00 ERROR request failed", "java.lang.IllegalStateException: no", "\tat a.B.c(B.java:1)",
                "Caused by: java.io.IOException: gone", "\tat a.D.e(D.java:2)", "\t... 12 more", "12:01 INFO next",
            ]) == "--+++++".replacing("--+++++", with: "--++++-"))
    }

    @Test("once nearly all records have a timestamp, a line without one goes on")
    func untimed() {
        let records = (0..<30).map { "12:\($0) INFO fine" }
        #expect(
            marks(records + ["java.lang.Error: no", "and more of it", "12:59 INFO on"])
                == String(repeating: "-", count: 30) + "++-")
        // Without such a past it may be a record.
        #expect(marks(["plain one", "plain two", "plain three"]) == "---")
    }

    @Test("a Python trace ends with the line that names the error")
    func python() {
        #expect(
            marks([
                "ERROR in app", "Traceback (most recent call last):", "  File \"a.py\", line 1, in <module>", "    f()",
                "ValueError: bad", "INFO next",
            ]) == "--+++-")
    }

    @Test(
        "what a runtime writes past the program's own logging begins a record, also where all others have a timestamp")
    func lastCries() {
        let records = (0..<30).map { "12:\($0) INFO fine" }
        let panic = [
            "panic: runtime error: index out of range", "", "goroutine 1 [running]:", "main.main()", "12:59 on",
        ]
        #expect(marks(records + panic) == String(repeating: "-", count: 30) + "-+++-")
        let python = ["Traceback (most recent call last):", "  File \"a.py\", line 1", "ValueError: bad", "12:59 on"]
        #expect(marks(records + python) == String(repeating: "-", count: 30) + "-++-")
        #expect(marks(records + ["Segmentation fault (core dumped)"]).last == "-")
    }

    @Test("programs that indent their records have records all the same")
    func indented() {
        var stream = LogStream()
        var joiner = RecordJoiner()
        for second in 10..<40 {
            let line = Array("  2026-03-01T10:00:\(second)Z  INFO app: request \(second) done".utf8)
            #expect(stream.update(line.span, joining: &joiner)?.template == "request <*> done")
        }
    }

    @Test("a Python trace is known by the error at its end, a record by its first line that says anything")
    func pythonCause() {
        var stream = LogStream()
        func template(_ body: String) -> String {
            stream.update(LogRecord(time: Timestamp(milliseconds: 0), body: body)).template
        }
        let trace = "Traceback (most recent call last):\n  File \"a.py\", line 7, in f\n    g()\n"
        #expect(template(trace + "ValueError: bad") == "Traceback (most recent call last): Caused by: ValueError")
        #expect(template(trace + "KeyError: 'x'") == "Traceback (most recent call last): Caused by: KeyError")
        #expect(template("\n\n  it failed after 3 ms\nmore") == "it failed after <*> ms")
        #expect(template("12:00:00 ERROR\njava.io.IOException: gone\n\tat a.b") == "java.io.IOException: gone")
        #expect(template("\n") == "")
    }

    @Test("a record has a bound, so that a file of indented lines does not become one")
    func bound() {
        let lines = ["first"] + Array(repeating: " more", count: 600)
        let marks = marks(lines)
        #expect(marks.filter { $0 == "-" }.count == 3)
        #expect(marks.prefix(RecordJoiner.mostLines).dropFirst().allSatisfy { $0 == "+" })
    }

    @Test("a record of several lines is known by its first and by the root cause")
    func records() {
        var stream = LogStream()
        func record(_ id: Int, _ cause: String) -> LogRecord {
            LogRecord(
                time: Timestamp(milliseconds: 0), severity: "ERROR",
                body:
                    "request \(id) failed\njava.lang.Error: x\n\tat a.b(C.java:\(id))\nCaused by: \(cause): y\n\tat d.e(F.java:3)"
            )
        }
        let first = stream.update(record(1, "java.io.IOException"))
        let second = stream.update(record(2, "java.io.IOException"))
        let third = stream.update(record(3, "java.lang.OutOfMemoryError"))
        #expect(first.templateID == second.templateID)
        #expect(first.template == "request <*> failed Caused by: java.io.IOException")
        #expect(third.templateID != first.templateID)
        #expect(stream.update(LogRecord(time: Timestamp(milliseconds: 0), body: "a 1 b\nmore")).template == "a <*> b")
    }
}
