import AuspexRunbooks
import AuspexSignals
import AuspexStore
import Foundation

/// How many changes of runs a second are on disk, against what SQLite itself does with rows of the same size on the same
/// disk in the same minute.
///
///     Journal [--directory .] [--commits 6000] [--rounds 5] [--audit 1000000]
///
/// Writes a line of JSON for 1 and for 16 runs at once, and for one run of a thousand steps: changes a second through the
/// journal, with its audit, and transactions a second that write the same three rows and do nothing else, each the median
/// of the rounds, which alternate. Then how long the audit takes to be verified.
@main
struct Journal {
    private static let usualSteps = 50
    private static let manySteps = 1_000

    var directory = "."
    var commits = 6_000
    var rounds = 5
    var audit = 1_000_000

    static func main() async throws {
        do {
            try await measureAll()
        } catch let misuse as Misuse {
            FileHandle.standardError.write(Data("\(misuse.description)\n".utf8))
            exit(2)
        }
    }

    private static func measureAll() async throws {
        var journal = Journal()
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            switch argument {
            case "--directory": journal.directory = arguments.popFirst() ?? "."
            case "--commits": journal.commits = try number(&arguments, argument)
            case "--rounds": journal.rounds = try number(&arguments, argument)
            case "--audit": journal.audit = try number(&arguments, argument)
            default: throw Misuse(description: "there is no option \(argument)")
            }
        }
        for (runs, steps) in [(1, usualSteps), (16, usualSteps), (1, manySteps)] {
            try await journal.measure(runs: runs, steps: steps)
        }
        try await journal.measureAudit()
    }

    private struct Misuse: Error, CustomStringConvertible {
        var description: String
    }

    private static func number(_ arguments: inout ArraySlice<String>, _ option: String) throws -> Int {
        guard let text = arguments.popFirst(), let number = Int(text), number > 0 else {
            throw Misuse(description: "\(option) wants a whole number over 0")
        }
        return number
    }

    private struct Result: Encodable {
        var runsAtOnce: Int
        var stepsOfARun: Int
        var journalPerSecond: Int
        var rawPerSecond: Int
        var ratio: Double
        /// Of the last quarter of a run's changes to the first.
        var lastQuarterToFirst: Double
        var bytesOfARow: RowSizes
    }

    private func measure(runs: Int, steps: Int) async throws {
        let courses = try await Course.make(steps: steps, atLeast: commits, runsAtOnce: runs)
        var journal: [Double] = []
        var raw: [Double] = []
        var slowdowns: [Double] = []
        var sizes = RowSizes()
        for _ in 0..<rounds {
            try await withScratch { path in
                let store = try Store(directory: path, clock: StoppedClock())
                let journalOfStore = SQLiteRunJournal(store: store)
                for run in courses.flatMap({ $0 }) {
                    _ = try await journalOfStore.insert(run.record, audit: Course.created)
                }
                let measured = try await Course.write(courses, to: journalOfStore)
                journal.append(measured.perSecond)
                slowdowns.append(measured.lastQuarterToFirst)
                try store.close()
                sizes = try RowSizes(of: path + "/" + Store.fileName)
            }
            try await withScratch { path in
                let count = courses.joined().map(\.commits.count).reduce(0, +)
                raw.append(
                    try await RawTransactions(path: path, sizes: sizes).perSecond(count: count, writers: runs))
            }
        }
        let result = Result(
            runsAtOnce: runs, stepsOfARun: steps, journalPerSecond: Int(Self.median(journal)),
            rawPerSecond: Int(Self.median(raw)), ratio: Self.median(journal) / Self.median(raw),
            lastQuarterToFirst: Self.median(slowdowns), bytesOfARow: sizes)
        try Self.print(result)
    }

    private struct AuditResult: Encodable {
        var auditEntries: Int
        var verifySeconds: Double
        var exportSeconds: Double
        var peakGrowthKilobytes: Int
    }

    private func measureAudit() async throws {
        try await withScratch { path in
            let store = try Store(directory: path, clock: StoppedClock())
            let audit = AuditLog(store: store)
            let detail = JSONValue.object([
                "path": .string("steps/act"), "attempt": .int(1), "effect": .string("idempotent"),
                "state": .string("done"), "key": .string(String(repeating: "0", count: 32)),
            ])
            // Many at once, which share a transaction.
            let writers = 256
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<writers {
                    let share = self.audit / writers + (writer < self.audit % writers ? 1 : 0)
                    group.addTask {
                        for _ in 0..<share {
                            try await audit.append(
                                kind: "run.step.result", runID: "r\(writer)", detail: detail,
                                at: Timestamp(milliseconds: 0))
                        }
                    }
                }
                try await group.waitForAll()
            }
            Memory.resetPeak()
            let before = Memory.peakKilobytes()
            let clock = ContinuousClock()
            let verify = try await clock.measure { try await audit.verify() }
            let export = try await clock.measure {
                var last: Int64 = 0
                while let end = try await audit.entries(after: last).last?.sequence { last = end }
            }
            try Self.print(
                AuditResult(
                    auditEntries: self.audit, verifySeconds: verify / .seconds(1), exportSeconds: export / .seconds(1),
                    peakGrowthKilobytes: Memory.peakKilobytes() - before))
            try store.close()
        }
    }

    /// Calls `body` with a new directory, which is removed afterwards.
    private func withScratch(_ body: (String) async throws -> Void) async throws {
        let path = URL(filePath: directory).appending(path: "journal-benchmark-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }

    private static func print(_ result: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        FileHandle.standardOutput.write(try encoder.encode(result) + Data("\n".utf8))
    }
}

/// A clock that stands still.
struct StoppedClock: WallClock {
    func now() -> Timestamp { Timestamp(milliseconds: 0) }
}

/// What this process takes.
enum Memory {
    /// Begins to count the most memory anew.
    static func resetPeak() { try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8) }

    /// The most memory since then.
    static func peakKilobytes() -> Int {
        let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = text?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }
}
